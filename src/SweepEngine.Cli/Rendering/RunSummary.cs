using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>What a run ends with, for people.</summary>
internal static class RunSummary
{
    /// <summary>What is in the way, and the next step.</summary>
    /// <returns>Null when the sweep is complete.</returns>
    public static string? Problem(RunEnd end) => end.ExitCode switch
    {
        ExitCode.Interrupted => $"Interrupted: {Kept(end)}. Run the same command again to go on.",
        ExitCode.Incomplete => $"{end.Outcome.Reason}\nIncomplete: {Kept(end)}.",
        _ => null,
    };

    /// <summary>Prints the summary to standard output, problems to standard error.</summary>
    public static void Write(RunEnd end)
    {
        if (Problem(end) is { } problem)
        {
            Console.Error.WriteLine(problem);
            return;
        }
        if (end.IsUnmerged)
        {
            Console.Out.WriteLine($"{end.Start.Spec.Name}: all {Words.Count(end.Start.Spec.Grid.CurveCount, "curve")} are committed, "
                + $"{Words.Count(end.Outcome.Computed)} of them by this process in {Words.Duration(end.Elapsed)}.\n    next step: sweep merge {end.Start.Output}");
            return;
        }
        SweepManifest manifest = end.Manifest!;
        WriteHowItWent(end);
        WriteStatus(manifest, end.FailedPoints, end.Start.Output);
        WriteTables(manifest, end.Start.Output);
        if (FICurves.Read(manifest, end.Start) is { } picture)
        {
            Console.Out.WriteLine();
            foreach (string line in picture.Draw()) Console.Out.WriteLine(line);
        }
        if (manifest.Diagrams is { } diagrams)
        {
            Console.Out.WriteLine($"\nDiagrams of {Words.Count(manifest.Curves, "curve")}: {string.Join(", ", diagrams.Select(each => $"{Words.Count(each.Value)} {each.Key}"))}.");
            DiagramListing.Write(CurveDiagram.Read(end.Start.Output, manifest, DiagramListing.MiddleCurve(end.Start.Spec.Grid)));
        }
        Console.Out.WriteLine($"\nAsk DuckDB, for example:\n  {DuckDbQuery.FirstLook(manifest, end.Start.Spec.Swept, end.Start.Output)}");
    }

    private static string Kept(RunEnd end)
    {
        long curves = end.Start.Spec.Grid.CurveCount, kept = end.Outcome.Reused + end.Outcome.Computed;
        return $"{Words.Count(kept)} of {Words.Count(curves, "curve")} are kept in {end.Start.Output}";
    }

    private static void WriteHowItWent(RunEnd end)
    {
        (long reused, long computed) = (end.Outcome.Reused, end.Outcome.Computed);
        if (end.IsMerge)
        {
            Console.Out.WriteLine($"{end.Start.Spec.Name} is complete: {Words.Count(end.Manifest!.Points, "point")} in {Words.Count(end.Manifest.Curves, "curve")}, "
                + $"merged in {Words.Duration(end.Elapsed)}.");
            return;
        }
        if (computed == 0)
        {
            Console.Out.WriteLine($"{end.Start.Spec.Name} is complete already, nothing had to be computed: "
                + $"{Words.Count(end.Manifest!.Points, "point")} in {Words.Count(end.Manifest.Curves, "curve")}.");
            return;
        }
        long points = computed * end.Start.Spec.Grid.PointsPerCurve;
        Console.Out.WriteLine($"{end.Start.Spec.Name} is complete: {Words.Count(points, "point")} in {Words.Count(computed, "curve")} computed in "
            + $"{Words.Duration(end.Elapsed)} ({Words.PerSecond(points / end.Elapsed.TotalSeconds)}).");
        if (reused > 0) Console.Out.WriteLine($"  {Words.Count(reused, "curve")} of an earlier run were reused.");
    }

    private static void WriteStatus(SweepManifest manifest, long failed, string output)
    {
        if (manifest.Status.Count > 0) Console.Out.WriteLine($"  {string.Join(", ", manifest.Status.Select(each => $"{Words.Count(each.Value)} {each.Key}"))}");
        if (manifest.Status.ContainsKey(PointStatus.NotConverged.Text()))
            Console.Out.WriteLine("  not_converged: firing did not settle; rate is the mean over the second half of the time followed, the rest holds.");
        if (failed > 0)
            Console.Out.WriteLine($"  The measures of {Words.Count(failed, "failed point")} are NULL. To list them:\n    {DuckDbQuery.FailedPoints(output)}");
    }

    private static void WriteTables(SweepManifest manifest, string output)
    {
        Console.Out.WriteLine();
        string[] folders = [.. manifest.Tables.Select(table => Path.Combine(output, table.Name) + Path.DirectorySeparatorChar)];
        int width = folders.Max(folder => folder.Length), digits = manifest.Tables.Max(table => Words.Count(table.Rows).Length);
        foreach ((string folder, ManifestTable table) in folders.Zip(manifest.Tables))
        {
            Console.Out.WriteLine($"  {folder.PadRight(width)}  {Words.Count(table.Rows).PadLeft(digits)} rows  "
                + $"{Words.Bytes(table.Files.Sum(file => file.Bytes)),8}  {table.Columns.Count} columns");
        }
    }
}
