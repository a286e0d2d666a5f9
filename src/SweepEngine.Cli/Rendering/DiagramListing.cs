using Spectre.Console;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>The bifurcations of one curve as a table on the terminal.</summary>
internal static class DiagramListing
{
    private const int MostRows = 20;

    /// <summary>The curve at the middle of all axes.</summary>
    public static long MiddleCurve(ParameterGrid grid) =>
        grid.PointAt([.. grid.Groups.SelectMany(group => group.Select(axis => group[0] == grid.Drive ? 0 : (axis.Count - 1) / 2))]) / grid.PointsPerCurve;

    /// <summary>Writes it to standard output.</summary>
    public static void Write(CurveDiagram diagram)
    {
        string where = diagram.Setting.Count == 0 ? diagram.Model : string.Join(", ", diagram.Setting.Select(each => $"{each.Name} = {Words.Number(each.Value.Value)} {each.Value.Unit}".TrimEnd()));
        Console.Out.WriteLine($"Bifurcations at {where} ({diagram.Status}):{(diagram.Marks.Count == 0 ? " none." : "")}");
        if (diagram.Marks.Count == 0) return;
        Table table = Screen.Table(" ", ">" + Titled(diagram.Drive, diagram.DriveUnit), ">" + Titled("lowest", diagram.VoltageUnit), ">" + Titled("highest", diagram.VoltageUnit), ">period [ms]", "criticality", ">unstable");
        foreach (DiagramMark mark in diagram.Marks.Take(MostRows))
        {
            table.AddTexts("  " + mark.Kind, mark.Drive.ToString("G9", System.Globalization.CultureInfo.InvariantCulture), Words.Number(mark.Minimum), Words.Number(mark.Maximum), mark.Period is { } period ? Words.Number(period) : "-",
                mark.Criticality ?? "-", $"{mark.UnstableBefore} → {mark.UnstableAfter}");
        }
        Screen.Console.Write(table);
        if (diagram.Marks.Count > MostRows) Console.Out.WriteLine($"  and {Words.Count(diagram.Marks.Count - MostRows)} more");
    }

    private static string Titled(string name, string unit) => unit is "" or "1" ? name : $"{name} [{unit}]";
}
