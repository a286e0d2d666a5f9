using System.CommandLine;
using SweepEngine.Cluster;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep status</c>.</summary>
internal static class StatusCommand
{
    private const int ShownPoints = 10;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a sweep, as results/NAME" };
        var command = new DetailedCommand("status", "Say how far a sweep is, from its folder alone.",
            """
            Also while another process computes it; changes nothing.

            Example: sweep status results/adaptation-atlas
            """)
        {
            folder,
        };
        command.SetAction(parsed => Print(parsed.GetRequiredValue(folder)));
        return command;
    }

    /// <summary>There is no sweep in a folder.</summary>
    public static WrongInputException NoSweep(string directory) => new(
        $"no sweep was begun in {directory}: it has no sweep.json\n    next step: give the folder that 'sweep run' names, such as results/NAME");

    private static void Print(string directory)
    {
        OutputFolder sweep = OutputFolder.TryRead(directory) ?? throw NoSweep(directory);
        SweepManifest? manifest = SweepManifest.TryRead(directory);
        bool held = OutputLock.IsHeld(directory);
        IReadOnlyList<SharingProcess> sharing = ClaimFolder.Processes(directory);
        long committed = manifest is null ? PartStore.Committed(directory).Total : sweep.Curves;

        Line("sweep", $"{sweep.Sweep} (engine {sweep.EngineVersion})");
        Line("content hash", sweep.ContentHash);
        Line("state", (manifest, held) switch
        {
            (not null, _) => "complete",
            (_, true) => "a process computes it now",
            _ when committed == sweep.Curves => "everything is committed; 'sweep merge' makes the tables",
            _ when sharing.Any(process => !process.IsGone) => "processes of 'run --shard' compute it, see below",
            _ => "incomplete; 'sweep run' with its sweep file goes on",
        });
        Line("committed", $"{Words.Count(committed)} of {Words.Count(sweep.Curves, "curve")} ({Percent(committed, sweep.Curves)}), "
            + $"{Words.Count(sweep.Points, "point")} in all");
        foreach (string table in sweep.Tables ?? ["points", "curves"])
            Line($"table {table}", Table(Path.Combine(directory, table)));
        if (manifest is not null)
        {
            if (manifest.Status.Count > 0)
                Line("status", string.Join(", ", manifest.Status.Select(each => $"{Words.Count(each.Value)} {each.Key}")));
            if (manifest.Diagrams is { } diagrams)
                Line("diagrams", string.Join(", ", diagrams.Select(each => $"{Words.Count(each.Value)} {each.Key}")));
        }
        if (sharing.Count > 0) PrintProcesses(directory, sweep, sharing);
        PrintJournal(directory, held);
    }

    // Signs of life are held against each other by content; the time of the file is for people.
    private static void PrintProcesses(string directory, OutputFolder sweep, IReadOnlyList<SharingProcess> sharing)
    {
        var shape = new SweepShape(sweep.Curves, 1, sweep.CurvesPerShard);
        RangeSet committed = PartStore.Committed(directory);
        ILookup<string, ShardClaim> held = ClaimFolder.Claims(directory)
            .GroupBy(claim => claim.Claim.Shard).Select(claims => claims.Last())
            .Where(claim => !committed.Contains(shape.Shard(claim.Claim.Shard))).ToLookup(claim => claim.Holder ?? "", claim => claim.Claim);
        Line("processes", $"{Words.Count(sharing.Count)}, of which {Words.Count(sharing.Count(process => process.IsGone))} ended in order");
        foreach (SharingProcess process in sharing.Where(process => !process.IsGone || held.Contains(process.Name)))
        {
            Line($"  {(process.IsGone ? "ended" : $"sign {process.Sign}")}", $"{process.Name}"
                + (process.IsGone ? "" : $", {Words.Duration(process.Age)} old")
                + (held.Contains(process.Name) ? $", holds {string.Join(", ", held[process.Name].Take(ShownPoints).Select(claim => shape.Shard(claim.Shard)))}" : ""));
        }
        if (sharing.Any(process => !process.IsGone)) Line("", "A process whose sign stays the same for its lease (a minute) is dead; others take over what it holds.");
    }

    private static string Table(string folder)
    {
        FileInfo[] files = Directory.Exists(folder) ? new DirectoryInfo(folder).GetFiles("*.parquet") : [];
        return $"{Words.Count(files.Length, "finished file")}, {Words.Bytes(files.Sum(file => file.Length))}";
    }

    private static void PrintJournal(string directory, bool held)
    {
        long runs = 0, attempts = 0, skipped = 0;
        var ends = new SortedDictionary<WorkEnd, long>();
        WorkHistory history = WorkHistory.Read(Counted(), openAttemptsWereLost: !held);
        Line("journal", $"{Words.Count(runs, "run")}, {Words.Count(attempts, "attempt")}"
            + string.Concat(ends.Where(end => end.Key > WorkEnd.Same).Select(end => $", {Words.Count(end.Value)} {end.Key.ToString().ToLowerInvariant()}"))
            + (skipped > 0 ? $"; {Words.Count(skipped, "line")} cannot be read" : ""));
        if (history.CrashedPoints.Count > 0)
        {
            Line("crashed points", string.Join(", ", history.CrashedPoints.Take(ShownPoints).Select(Words.Count))
                + (history.CrashedPoints.Count > ShownPoints ? $" and {Words.Count(history.CrashedPoints.Count - ShownPoints)} more" : ""));
        }
        foreach (PastTrouble trouble in history.Troubles.Where(trouble => trouble.Failed).Take(ShownPoints))
            Line("failed", $"{(trouble.Kind == WorkKind.Probe ? trouble.Points : trouble.Curves)}: {trouble.Message}");

        IEnumerable<JournalRecord> Counted()
        {
            foreach (JournalRecord record in JournalFile.AllIn(directory).SelectMany(path => JournalFile.Read(path, _ => skipped++)))
            {
                if (record is JournalRecord.Started) runs++;
                if (record is JournalRecord.Attempted) attempts++;
                if (record is JournalRecord.Ended ended) ends[ended.End] = ends.GetValueOrDefault(ended.End) + 1;
                yield return record;
            }
        }
    }

    private static string Percent(long part, long whole) => $"{100 * part / whole} %";

    private static void Line(string name, string text) => Console.Out.WriteLine($"{name,-20}{text}");
}
