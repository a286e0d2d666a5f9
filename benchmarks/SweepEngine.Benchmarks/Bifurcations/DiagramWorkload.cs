namespace SweepEngine.Benchmarks.Bifurcations;

/// <summary>A diagram that the engine and other programs compute. Numbers are in the model's display units.</summary>
/// <param name="Name">Its name in the page.</param>
/// <param name="Model">The model of the library.</param>
/// <param name="Fixed">Parameters that are not the library's.</param>
/// <param name="Reference">Name of the equation file in benchmarks/reference.</param>
/// <param name="ReferenceParameters">What that reads from its file <c>parameters</c>; empty for none.</param>
/// <param name="States">Number of states.</param>
/// <param name="Lowest">Lower end of the drive's range.</param>
/// <param name="Highest">Upper end.</param>
/// <param name="Varied">Two parameters and their ranges, for a sweep of many diagrams.</param>
public sealed record DiagramWorkload(
    string Name, string Model, IReadOnlyDictionary<string, string> Fixed, string Reference, string ReferenceParameters, int States, double Lowest, double Highest,
    IReadOnlyList<(string Parameter, double Low, double High)> Varied)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<DiagramWorkload> All { get; } =
    [
        new("Hodgkin-Huxley", "hodgkin_huxley", new Dictionary<string, string>(), "hodgkin_huxley", "", 4, 0, 200, [("g_Na", 110, 130), ("g_K", 33, 39)]),
        MorrisLecar("Hopf set", 4.4, 2, 30, 0.04),
        MorrisLecar("SNIC set", 4, 12, 17.4, 1 / 15.0),
        MorrisLecar("homoclinic set", 4, 12, 17.4, 0.23),
    ];

    private static DiagramWorkload MorrisLecar(string name, double g_Ca, double V_3, double V_4, double phi) => new(
        $"Morris-Lecar, {name}", "morris_lecar",
        new Dictionary<string, string> { ["g_Ca"] = Text($"{g_Ca} mS/cm^2"), ["V_3"] = Text($"{V_3} mV"), ["V_4"] = Text($"{V_4} mV"), ["phi"] = Text($"{phi:R}") },
        "morris_lecar", Text($"{g_Ca} {V_3} {V_4} {phi:R}"), 2, 0, 300, [("g_L", 1.9, 2.1), ("g_K", 7.8, 8.2)]);

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>A bifurcation as a program reports it, in the model's display units.</summary>
/// <param name="Kind">Its abbreviation.</param>
/// <param name="Drive">The drive.</param>
/// <param name="Period">The period; NaN of folds of equilibria, infinite at the end of a branch in a homoclinic orbit.</param>
public sealed record ReportedPoint(string Kind, double Drive, double Period);

/// <summary>A program's diagram.</summary>
/// <param name="Program">The program and its settings.</param>
/// <param name="Points">What it reports.</param>
/// <param name="Seconds">Processor time of one diagram [s].</param>
/// <param name="Remark">How it ended.</param>
public sealed record ReportedDiagram(string Program, IReadOnlyList<ReportedPoint> Points, double Seconds, string Remark);
