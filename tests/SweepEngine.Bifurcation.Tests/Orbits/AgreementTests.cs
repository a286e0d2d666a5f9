using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

// What a simulation comes to is on a stable branch, at random drives and parameters. The two have nothing in common but the equations: integration with a section, and collocation.
public class AgreementTests
{
    private const int Curves = 10, Drives = 50;

    [Theory]
    [InlineData("hodgkin_huxley", "I_app", 0, 200, "g_Na", "g_K")]
    [InlineData("morris_lecar", "I_app", 0, 300, "g_Ca", "g_K")]
    [InlineData("connor_stevens", "I_app", 0, 50, "g_Na", "g_A")]
    [InlineData("wang_buzsaki", "I_app", 0, 20, "g_Na", "g_K")]
    [InlineData("fitzhugh_nagumo", "I", 0, 2, "a", "b")]
    public void Simulated_attractors_lie_on_stable_branches(string name, string drive, double lowest, double highest, string first, string second)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), [first, second, drive]);
        SmoothSystem system = new(code, drive);
        Random random = new(7);
        double[] parameters = [.. Enumerable.Range(0, Curves).SelectMany(_ => new[] { Near(first), Near(second), 0 })];
        double unit = system.DriveScale;
        Diagram[] diagrams = new DiagramKernel(code, drive).Curves(parameters, lowest * unit, highest * unit);

        AttractorStart[] starts = [.. Enumerable.Range(0, Curves * Drives).Select(i => new AttractorStart(
            [parameters[i / Drives * 3], parameters[(i / Drives * 3) + 1], (lowest + (random.NextDouble() * (highest - lowest))) * unit]))];
        Attractor[] attractors = new AttractorSearch(system).Find(starts);
        List<string> wrong = [];
        int unsettled = 0;
        for (int i = 0; i < starts.Length; i++)
        {
            double at = starts[i].Parameters[2];
            bool known = attractors[i].Kind switch
            {
                AttractorKind.Rest => Stable(diagrams[i / Drives], BranchKind.Equilibria, at).Any(pair =>
                    IsBetween(attractors[i].State[system.Voltage], pair.A.State[system.Voltage], pair.B.State[system.Voltage], 0.05 * system.Scale[system.Voltage])),
                AttractorKind.Cycle => Stable(diagrams[i / Drives], BranchKind.Cycles, at).Any(pair =>
                    IsBetween(attractors[i].Orbit!.Period, pair.A.Period, pair.B.Period, 0.01 * attractors[i].Orbit!.Period)),
                _ => ++unsettled > 0,
            };
            if (!known)
            {
                wrong.Add(FormattableString.Invariant($"{first} {parameters[i / Drives * 3]} {second} {parameters[(i / Drives * 3) + 1]}: {attractors[i].Kind} at {at / unit}, period {attractors[i].Orbit?.Period}, {diagrams[i / Drives].Status}"));
            }
        }

        Assert.Contains(attractors, each => each.Kind == AttractorKind.Rest);
        Assert.Contains(attractors, each => each.Kind == AttractorKind.Cycle);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.InRange(unsettled, 0, starts.Length / 100);

        double Near(string parameter) => model.Parameter(parameter)!.Default.SI * (0.95 + (0.1 * random.NextDouble()));
    }

    // Neighbouring points of stable branches with the drive between them.
    private static IEnumerable<(BranchPoint A, BranchPoint B)> Stable(Diagram diagram, BranchKind kind, double drive) =>
        diagram.Branches.Where(branch => branch.Kind == kind).SelectMany(branch => branch.Points.Zip(branch.Points.Skip(1)))
            .Where(pair => (pair.First.Unstable == 0 || pair.Second.Unstable == 0) && IsBetween(drive, pair.First.Drive, pair.Second.Drive, 0));

    private static bool IsBetween(double value, double a, double b, double slack) => Math.Min(a, b) - slack <= value && value <= Math.Max(a, b) + slack;
}
