using SweepEngine.Bifurcation;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>What the measures <c>bifurcations</c> and <c>branches</c> bring along, and whether they fit the rest of a sweep.</summary>
internal static class BifurcationsReader
{
    /// <summary>The word of the measure.</summary>
    public const string Word = "bifurcations";

    /// <summary>The word of the measure that also writes down branches.</summary>
    public const string BranchesWord = "branches";

    /// <summary>Both measures.</summary>
    public const SweepMeasures Both = SweepMeasures.Bifurcations | SweepMeasures.Branches;

    private const string LeaveOut = "leave out bifurcations and branches";

    /// <summary>Measures with those that they need: branches lie between bifurcations, and the measured excitability needs the onset of firing.</summary>
    /// <param name="measures">What the file asks for.</param>
    public static SweepMeasures Complete(SweepMeasures measures)
    {
        if (measures.HasFlag(SweepMeasures.Branches))
            measures |= SweepMeasures.Bifurcations;
        return measures.HasFlag(SweepMeasures.Bifurcations) && (measures & (SweepMeasures.FI | SweepMeasures.Rate)) != 0 ? measures | SweepMeasures.Rheobase : measures;
    }

    /// <summary>Reports why there are no bifurcations.</summary>
    /// <param name="file">The sweep file.</param>
    /// <param name="model">The model, with everything that is added to it; null when it is wrong.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="stimulus">Kind of the stimulus; null when it is wrong.</param>
    /// <param name="groups">The axes of the grid.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    public static void Check(
        YamlMap file, ModelDefinition? model, SweepMeasures measures, string? stimulus, IReadOnlyList<IReadOnlyList<Axis>> groups, Findings findings)
    {
        if (!measures.HasFlag(SweepMeasures.Bifurcations))
            return;
        TextPlace place = file["measure"]!.Place;
        if (measures.HasFlag(SweepMeasures.Response))
            findings.Add(place, "bifurcations are those under a constant drive, and response cannot be measured in one sweep with them", hint: "write measure: [fi, bifurcations], or [response]");
        if (stimulus is not (null or "step"))
        {
            findings.Add(place, "there are no bifurcations unless the stimulus is a step, whose drive is constant", Finding.Quote(stimulus), hint: LeaveOut);
            return; // the course is a part of the model then
        }

        if (groups.SelectMany(group => group).FirstOrDefault(axis => axis.Parameter == file.Text("drive")?.Value) is { Count: 1 } drive)
            findings.Add(file.Text("drive")!.Place, $"the drive {drive.Parameter} has no range in which bifurcations could be", "1 value", "2 or more values", $"give the axis of {drive.Parameter} two different ends");
        if (model is null || measures.HasFlag(SweepMeasures.Response))
            return;
        if (DiagramKernel.Hindrance(model) is { } hindrance)
            findings.Add(place, $"{char.ToLowerInvariant(hindrance[0])}{hindrance[1..].TrimEnd('.')}, so there are no bifurcations to be found", hint: LeaveOut);
        foreach (StateVariable state in model.States)
        {
            if (DiagramTable.Reserved.Contains(state.Name))
                findings.Add(place, $"the variable {state.Name} of the model {model.Name} has the name of another column of the tables", Finding.Quote(state.Name), hint: "give it another name in the model");
        }
    }
}
