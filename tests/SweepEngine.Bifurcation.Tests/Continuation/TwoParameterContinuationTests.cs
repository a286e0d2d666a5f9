using SweepEngine.Equations;
using SweepEngine.Models;
using Xunit.Abstractions;

namespace SweepEngine.Bifurcation.Tests;

public class TwoParameterContinuationTests(ITestOutputHelper output)
{
    private static readonly BifurcationKind[] Equilibria = [BifurcationKind.Fold, BifurcationKind.Hopf];

    public static TheoryData<string> Forms => [.. All.Keys];

    // Forms with p and q, the value of q where curves begin, and the special point, which is at p = q = 0, with what its coefficients must be.
    private static readonly Dictionary<string, (NormalForm Form, BifurcationKind Kind, Func<IReadOnlyList<double>, bool> Holds)> All = new()
    {
        ["cusp-"] = (NormalForm.Cusp(-1, 0.5), BifurcationKind.Cusp, c => c[0] < 0),
        ["cusp+"] = (NormalForm.Cusp(1, -0.5), BifurcationKind.Cusp, c => c[0] > 0),
        ["Bogdanov-Takens-"] = (NormalForm.BogdanovTakens(-1, -0.5), BifurcationKind.BogdanovTakens, c => c[0] * c[1] < 0),
        ["Bogdanov-Takens+"] = (NormalForm.BogdanovTakens(1, -0.5), BifurcationKind.BogdanovTakens, c => c[0] * c[1] > 0),
        ["generalised Hopf-"] = (NormalForm.Bautin(-1, 0.5), BifurcationKind.GeneralizedHopf, c => c[0] < 0),
        ["generalised Hopf+"] = (NormalForm.Bautin(1, 0.5), BifurcationKind.GeneralizedHopf, c => c[0] > 0),
        ["fold-Hopf, s = 1"] = (FoldHopf(1, -1.5), BifurcationKind.FoldHopf, c => c[0] == 1 && Math.Abs(c[1] + 1.5) < 1e-6),
        ["fold-Hopf, s = -1"] = (FoldHopf(-1, 0.7), BifurcationKind.FoldHopf, c => c[0] == -1 && Math.Abs(c[1] - 0.7) < 1e-6),
        ["Hopf-Hopf"] = (DoubleHopf(-1, 0.4, -2.5, -0.8), BifurcationKind.DoubleHopf, c => Math.Abs(c[0] - (0.4 / -0.8)) < 1e-6 && Math.Abs(c[1] - (-2.5 / -1)) < 1e-6),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Special_points_are_found_in_any_coordinates_and_no_others(string name)
    {
        for (int seed = 0; seed < 7; seed++)
        {
            (NormalForm form, BifurcationKind kind, Func<IReadOnlyList<double>, bool> holds) = All[name];
            int core = form.Derivatives.Count, dimension = Math.Max(core, 2 + (seed % 7)), unstable = seed % 3 == 2 ? Math.Min(1, dimension - core) : 0;
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, dimension, seed, unstable);
            SmoothSystem system = new(ModelCode.Compile(embedded.Model, new Dictionary<string, double>(), ["I_app", "q"]), "I_app");
            Diagram diagram = new EquilibriumContinuation(system).Find([0, form.Q], embedded.Offset - 1, embedded.Offset + 1);
            TwoParameterDiagram found = new TwoParameterContinuation(system, "q").Follow(diagram.Points, Equilibria, [0, form.Q], (embedded.Offset - 1, embedded.Offset + 1), (-0.9, 0.9));
            string text = $"{name}, seed {seed}, {dimension} states, {diagram.Points.Count} starts:\n" + string.Join('\n', found.Points.Select(each => $"{each.Kind} at p = {each.Drive - embedded.Offset:R}, q = {each.Parameter:R}: {string.Join(' ', each.Coefficients)}"))
                + $"\n{string.Join('\n', found.Curves.Select(each => $"{each.Kind} from {each.Start} to {each.End}, {each.Points.Count} points"))}\n{found.Status}";
            output.WriteLine(text);

            Assert.True(found.Status == "complete", text);
            Assert.True(found.Points.Count == 1, text);
            TwoParameterPoint point = found.Points[0];
            Assert.True(point.Kind == kind && Math.Abs(point.Drive - embedded.Offset) < 1e-9 && Math.Abs(point.Parameter) < 1e-9 && holds(point.Coefficients), text);
        }
    }

    [Theory]
    [InlineData("Bogdanov-Takens-")]
    [InlineData("Bogdanov-Takens+")]
    [InlineData("fold-Hopf, s = 1")]
    [InlineData("fold-Hopf, s = -1")]
    [InlineData("Hopf-Hopf")]
    public void Each_curve_through_a_special_point_leads_to_the_others(string name)
    {
        NormalForm form = All[name].Form;
        for (int seed = 0; seed < 2; seed++)
        {
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, form.Derivatives.Count + (2 * seed), seed);
            SmoothSystem system = new(ModelCode.Compile(embedded.Model, new Dictionary<string, double>(), ["I_app", "q"]), "I_app");
            Diagram diagram = new EquilibriumContinuation(system).Find([0, form.Q], embedded.Offset - 1, embedded.Offset + 1);
            TwoParameterDiagram From(IEnumerable<BifurcationPoint> starts) =>
                new TwoParameterContinuation(system, "q").Follow(starts, Equilibria, [0, form.Q], (embedded.Offset - 1, embedded.Offset + 1), (-0.9, 0.9));
            string[] Lines(TwoParameterDiagram found) => [.. found.Curves.Select(curve => string.Join(' ', new[] { curve.Points[0], curve.Points[^1] }.Select(point => $"{curve.Kind} {Math.Round(point.Drive, 7) + 0.0} {Math.Round(point.Parameter, 7) + 0.0}").Order())).Order()];
            string[] all = Lines(From(diagram.Points));
            Assert.Equal(2, all.Length);
            foreach (BifurcationPoint start in diagram.Points)
            {
                TwoParameterDiagram found = From([start]);
                Assert.Equal(all, Lines(found));
                Assert.Single(found.Points);
            }
        }
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void The_second_Lyapunov_coefficient_is_that_of_the_normal_form(int dimension)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            int sign = seed % 2 == 0 ? 1 : -1;
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(NormalForm.Bautin(sign), dimension, seed);
            SmoothSystem system = embedded.System();
            double[] state = embedded.ToStates([]), parameters = [embedded.Offset];
            double l2 = new TwoParameterForms(system, state, parameters).SecondLyapunov(2000);

            // r' = s r⁵/ms with r = 2 |α z| where the eigenvector q is α(1, −i) in the plane of the normal form: Re c₂ = 16 s |α|⁴/ms.
            HopfForm form = new NormalForms(system).Hopf(state, parameters, 2000);
            const double step = 1e-5;
            double[] ahead = embedded.FromStates([.. state.Select((value, i) => value + (step * form.Q[i].Real * system.Scale[i]))]), back = embedded.FromStates([.. state.Select((value, i) => value - (step * form.Q[i].Real * system.Scale[i]))]);
            double square = (((ahead[0] - back[0]) * (ahead[0] - back[0])) + ((ahead[1] - back[1]) * (ahead[1] - back[1]))) / (4 * step * step);
            double expected = 16 * sign * square * square * 1e3 / 2000;
            Assert.True(Math.Abs(l2 - expected) <= 1e-7 * Math.Abs(expected), $"seed {seed}: {l2} for {expected}");
        }
    }

    [Fact]
    public void The_Hopf_points_of_Hodgkin_and_Huxley_depend_on_current_and_leak_as_proved()
    {
        // Every threshold depends on I_app + 0.3 E_L only, in uA/cm^2 and mV (doi:10.5281/zenodo.23047046).
        TwoParameterDiagram diagram = Follow("hodgkin_huxley", "I_app", (0, 200), "E_L", (-70, -40), out _);
        Assert.Equal("complete", diagram.Status);
        Assert.Equal(2, diagram.Curves.Count);
        Assert.Empty(diagram.Points);
        foreach (TwoParameterCurve curve in diagram.Curves)
        {
            double[] sums = [.. curve.Points.Select(point => (point.Drive / 1e-2) + (0.3 * (point.Parameter / 1e-3)))];
            double threshold = (sums[0] + (0.3 * 54.387)) is < 100 ? 9.7754379953931264 : 154.5224336658080;
            Assert.All(sums, sum => Assert.Equal(threshold, sum + (0.3 * 54.387), 1e-11));
        }
    }

    [Theory]
    [InlineData("hodgkin_huxley", "I_app", -20, 400, "g_K", 2, 100)]
    [InlineData("connor_stevens", "I_app", -50, 100, "g_A", 1, 100)]
    [InlineData("morris_lecar", "I_app", -100, 400, "V_3", -20, 40)]
    [InlineData("gap_junction", "I_app", -10, 60, "g_gap", 0, 0.3)]
    public void Points_of_a_curve_are_those_that_are_found_along_the_drive_alone(string name, string drive, double lowest, double highest, string second, double least, double most)
    {
        TwoParameterDiagram diagram = Follow(name, drive, (lowest, highest), second, (least, most), out SmoothSystem system);
        Assert.Equal("complete", diagram.Status);
        ModelDefinition model = ModelLibrary.Find(name)!;
        Unit unit = model.Parameter(drive)!.Unit;
        EquilibriumContinuation along = new(system);
        int compared = 0;
        foreach (TwoParameterCurve curve in diagram.Curves)
        {
            // Not at ends and special points, where coefficients are not defined.
            for (int i = 1; i < curve.Points.Count - 1; i += Math.Max(1, curve.Points.Count / 7))
            {
                TwoParameterCurvePoint point = curve.Points[i];
                if ((curve.Kind == BifurcationKind.Hopf && point.Omega < 10) || diagram.Points.Any(special => special.Parameter == point.Parameter))
                {
                    continue;
                }

                Diagram single = along.Find([0, point.Parameter], unit.ToSI(lowest), unit.ToSI(highest));
                BifurcationPoint found = single.Points.Where(each => each.Kind == curve.Kind).MinBy(each => Math.Abs(each.Drive - point.Drive))!;
                string text = $"{curve.Kind} at {second} = {point.Parameter}: {point.Drive:R} and {found.Drive:R}, {point.Coefficient} and {found.Coefficient}";
                Assert.True(Math.Abs(found.Drive - point.Drive) <= 1e-11 * unit.ToSI(highest - lowest), text);
                Assert.True(Math.Abs(found.Coefficient - point.Coefficient) <= 1e-5 * Math.Abs(found.Coefficient), text);
                Assert.True(found.Eigenvalues.Count(each => each.Real > 1e-6 * found.Eigenvalues.Max(value => value.Magnitude)) == point.Unstable, text);
                compared++;
            }
        }

        Assert.True(compared > 5);
    }

    [Fact]
    public void Special_points_of_Morris_and_Lecar_fulfil_equations_written_by_hand()
    {
        TwoParameterDiagram diagram = Follow("morris_lecar", "I_app", (-100, 400), "V_3", (-20, 40), out _);
        Assert.Equal([BifurcationKind.Cusp, BifurcationKind.BogdanovTakens], diagram.Points.Select(each => each.Kind));
        TwoParameterPoint cusp = diagram.Points[0], point = diagram.Points[1];

        // Of the current at rest over the potential, two derivatives vanish at the cusp.
        double Current(double v) => (4.4 * (1 + Math.Tanh((v + 1.2) / 18)) / 2 * (v - 120)) + (8 * (1 + Math.Tanh((v - (cusp.Parameter / 1e-3)) / 30)) / 2 * (v + 84)) + (2 * (v + 60));
        double top = cusp.State[0] / 1e-3, little = 0.01;
        Assert.Equal(0, Current(top) - (cusp.Drive / 1e-2), 1e-10);
        Assert.Equal(0, (Current(top + little) - Current(top - little)) / (2 * little), 1e-6);
        Assert.Equal(0, (Current(top + little) - (2 * Current(top)) + Current(top - little)) / (little * little), 1e-7);

        // mV, mS/cm^2, uA/cm^2, ms, with the defaults of the model.
        double v = point.State[0] / 1e-3, w = point.State[1], v3 = point.Parameter / 1e-3, current = point.Drive / 1e-2;
        double m = (1 + Math.Tanh((v + 1.2) / 18)) / 2, slopeM = 1 / (36 * Math.Pow(Math.Cosh((v + 1.2) / 18), 2));
        double infinity = (1 + Math.Tanh((v - v3) / 30)) / 2, slopeW = 1 / (60 * Math.Pow(Math.Cosh((v - v3) / 30), 2)), rate = 0.04 * Math.Cosh((v - v3) / 60);
        Assert.Equal(0, infinity - w, 1e-13);
        Assert.Equal(0, current - (4.4 * m * (v - 120)) - (8 * w * (v + 84)) - (2 * (v + 60)), 1e-10);
        double a = -((4.4 * ((slopeM * (v - 120)) + m)) + (8 * w) + 2) / 20, b = -8 * (v + 84) / 20, c = rate * slopeW, d = -rate;
        Assert.Equal(0, a + d, 1e-12);
        Assert.Equal(0, (a * d) - (b * c), 1e-12);
    }

    [Fact]
    public void A_curve_that_closes_is_followed_once_around()
    {
        // Hopf points where p² + q² = 0.25, with x = 0.
        var findings = new Findings();
        ModelDefinition model = ModelReader.Read("model: ring\nequations: |\n  dx/dt = (x*(0.25 - p^2 - q^2) - y - x*(x^2 + y^2))/(1 ms)\n  dy/dt = (y*(0.25 - p^2 - q^2) + x - y*(x^2 + y^2))/(1 ms)\n"
            + "states:\n  x: {unit: 1, start: 0.1}\n  y: {unit: 1, start: 0.1}\nparameters:\n  p: {default: 0}\n  q: {default: 0}\n", "ring.yaml", findings)!;
        SmoothSystem system = new(ModelCode.Compile(model, new Dictionary<string, double>(), ["p", "q"]), "p");
        Diagram start = new EquilibriumContinuation(system).Find([0, 0.1], -1, 1);
        Assert.Equal(2, start.Points.Count);
        TwoParameterDiagram diagram = new TwoParameterContinuation(system, "q").Follow(start.Points, Equilibria, [0, 0.1], (-1, 1), (-1, 1));
        TwoParameterCurve curve = Assert.Single(diagram.Curves);
        Assert.Equal(BranchEnd.Closed, curve.End);
        Assert.Empty(diagram.Points);
        Assert.All(curve.Points, point => Assert.Equal(0.25, (point.Drive * point.Drive) + (point.Parameter * point.Parameter), 1e-13));
        Assert.Equal(curve.Points[0].Drive, curve.Points[^1].Drive, 1e-12);
    }

    private static TwoParameterDiagram Follow(string name, string drive, (double Lowest, double Highest) drives, string second, (double Lowest, double Highest) seconds, out SmoothSystem system)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        system = new SmoothSystem(ModelCode.Compile(model, new Dictionary<string, double>(), [drive, second]), drive);
        Unit unit = model.Parameter(drive)!.Unit, other = model.Parameter(second)!.Unit;
        double[] parameters = [0, model.Parameter(second)!.Default.SI];
        Diagram start = new EquilibriumContinuation(system).Find(parameters, unit.ToSI(drives.Lowest), unit.ToSI(drives.Highest));
        return new TwoParameterContinuation(system, second).Follow(
            start.Points, Equilibria, parameters, (unit.ToSI(drives.Lowest), unit.ToSI(drives.Highest)), (other.ToSI(seconds.Lowest), other.ToSI(seconds.Highest)));
    }

    // x1' = p + x1² + s ρ², ρ' = ρ(q + θ x1): folds at p = 0, where x1 = 0, and Hopf points at x1 = −q/θ, where p = −q²/θ².
    private static NormalForm FoldHopf(int s, double theta) => new("fold_hopf",
        [$"p + x1^2 + ({s})*(x2^2 + x3^2)", FormattableString.Invariant($"x2*(q + ({theta})*x1) - 2*x3"), FormattableString.Invariant($"x3*(q + ({theta})*x1) + 2*x2")], [], 0.3);

    // r1' = r1(p + p11 r1² + p12 r2²), r2' = r2(q + p/2 + p21 r1² + p22 r2²).
    private static NormalForm DoubleHopf(double p11, double p12, double p21, double p22)
    {
        FormattableString first = $"p + ({p11})*(x1^2 + x2^2) + ({p12})*(x3^2 + x4^2)", second = $"q + p/2 + ({p21})*(x1^2 + x2^2) + ({p22})*(x3^2 + x4^2)";
        string a = FormattableString.Invariant(first), b = FormattableString.Invariant(second);
        return new("hopf_hopf", [$"x1*({a}) - 2.7*x2", $"x2*({a}) + 2.7*x1", $"x3*({b}) - x4", $"x4*({b}) + x3"], [], 0.3);
    }
}
