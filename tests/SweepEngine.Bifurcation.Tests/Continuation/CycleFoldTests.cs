using SweepEngine.Equations;
using SweepEngine.Models;
using Xunit.Abstractions;

namespace SweepEngine.Bifurcation.Tests;

public class CycleFoldTests(ITestOutputHelper output)
{
    private static readonly BifurcationKind[] All = [BifurcationKind.Fold, BifurcationKind.Hopf, BifurcationKind.FoldOfCycles];

    // r' = r(p + q r² + s r⁴): folds of cycles where p = q²/(4 s) and r² = −q/(2 s), from the generalised Hopf point at p = q = 0 on.
    [Theory]
    [InlineData(-1, true)]
    [InlineData(-1, false)]
    [InlineData(1, true)]
    [InlineData(1, false)]
    public void Folds_of_cycles_begin_in_a_generalised_Hopf_point_as_the_normal_form_says(int sign, bool fromHopf)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            double q = -0.4 * sign;
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(NormalForm.Bautin(sign, q), 2 + (2 * seed), seed, seed == 2 ? 1 : 0);
            BifurcationPoint hopf = new EquilibriumContinuation(System(embedded)).Find([0, q], embedded.Offset - 1, embedded.Offset + 1).Points.Single();
            TwoParameterDiagram found = fromHopf ? Follow(embedded, All, q, hopf) : Follow(embedded, [BifurcationKind.FoldOfCycles], q, Cycle(embedded, q * q / (4 * sign), q, Math.Sqrt(0.2)));
            string text = Text(embedded, found, seed);
            TwoParameterCurve curve = found.Curves.Single(each => each.Kind == BifurcationKind.FoldOfCycles);
            TwoParameterPoint point = Assert.Single(found.Points);
            Assert.True(found.Status == "complete" && found.Curves.Count == (fromHopf ? 2 : 1), text);
            Assert.True(point.Kind == BifurcationKind.GeneralizedHopf && Math.Abs(point.Drive - embedded.Offset) < 1e-10 && Math.Abs(point.Parameter) < 1e-10, text);
            Assert.True((curve.Start, curve.End) is (BranchEnd.Hopf, BranchEnd.Range) or (BranchEnd.Range, BranchEnd.Hopf), text);
            Assert.Equal(-0.9 * sign, curve.Points.MaxBy(each => Math.Abs(each.Parameter)).Parameter, 1e-12);
            foreach (TwoParameterCurvePoint each in curve.Points)
            {
                Assert.True(Math.Abs(each.Drive - embedded.Offset - (each.Parameter * each.Parameter / (4 * sign))) < 1e-10, $"{each.Parameter} {each.Drive - embedded.Offset}\n{text}");
                Assert.Equal(2000, each.Omega, 1e-6);
                double[] x = embedded.FromStates(each.State);
                Assert.Equal(-each.Parameter / (2 * sign), (x[0] * x[0]) + (x[1] * x[1]), 1e-6);
                Assert.Equal(seed == 2 ? 1 : 0, each.Unstable);
            }
        }
    }

    // r' = −r(p + q x + s x³), x = r² − 1: folds of cycles where q = −3 s x² and p = 2 s x³, a cusp at p = q = 0.
    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_cusp_of_cycles_is_found_in_any_coordinates(int sign)
    {
        for (int seed = 0; seed < 3; seed++)
        {
            const double x = 0.4;
            double q = -3 * sign * x * x;
            NormalForm form = new("cusp_of_cycles", NormalForm.Rotation($"-(p + q*(x1^2 + x2^2 - 1) + ({sign})*(x1^2 + x2^2 - 1)^3)", 2), [], q);
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, 2 + (2 * seed), seed);
            BifurcationPoint[] starts = [.. new[] { x, -x }.Select(each => Cycle(embedded, 2 * sign * each * each * each, q, Math.Sqrt(1 + each)))];
            TwoParameterDiagram found = Follow(embedded, All, q, starts);
            string text = Text(embedded, found, seed);
            Assert.True(found.Status == "complete", text);
            TwoParameterCurve curve = Assert.Single(found.Curves);
            Assert.True(curve.Kind == BifurcationKind.FoldOfCycles && curve.Start == BranchEnd.Range && curve.End == BranchEnd.Range, text);
            TwoParameterPoint point = Assert.Single(found.Points);
            Assert.True(point.Kind == BifurcationKind.CuspOfCycles && Math.Abs(point.Drive - embedded.Offset) < 1e-10 && Math.Abs(point.Parameter) < 1e-10, text);
            foreach (TwoParameterCurvePoint each in curve.Points)
            {
                double p = each.Drive - embedded.Offset;
                Assert.True(Math.Abs((p * p) - (-4 * sign * Math.Pow(each.Parameter, 3) / 27)) < 1e-10, $"{each.Parameter} {p}\n{text}");
            }
        }
    }

    [Fact]
    public void The_fold_of_the_fast_Morris_Lecar_equations_is_the_published_one()
    {
        // A. Dhooge, W. Govaerts and Yu. A. Kuznetsov, ACM Trans. Math. Softw. 29 (2003) 141, and the manual of MatCont: y = 0.0845695 at z = 0.1; beside it a Hopf point at y = 0.075658.
        Findings findings = new();
        ModelDefinition model = ModelReader.Read("""
            model: fast_morris_lecar
            voltage: v
            equations: |
              dv/dt = (y - 0.5*(v + 0.5) - 2*w*(v + 0.7) - (1 + tanh((v + 0.01)/0.15))/2*(v - 1))/(1 ms)
              dw/dt = 1.15*((1 + tanh((v - z)/0.145))/2 - w)*cosh((v - 0.1)/0.29)/(1 ms)
            states:
              v: {unit: 1, start: 0.04722}
              w: {unit: 1, start: 0.32564}
            parameters:
              y: {default: 0.11}
              z: {default: 0.1}
            """, "fast.yaml", findings)!;
        SmoothSystem system = new(ModelCode.Compile(model, new Dictionary<string, double>(), ["y", "z"]), "y");
        BifurcationPoint[] hopf = [.. new EquilibriumContinuation(system).Find([0, 0.1], -0.1, 0.3).Points.Where(each => each.Kind == BifurcationKind.Hopf)];
        Assert.Equal(0.075658, Assert.Single(hopf).Drive, 1e-6);
        // From the Hopf point over the generalised one to the fold at the z where it began.
        TwoParameterDiagram found = new TwoParameterContinuation(system, "z").Follow(hopf, All, [0, 0.1], (-0.1, 0.3), (-0.2, 0.1));
        TwoParameterCurve curve = found.Curves.Single(each => each.Kind == BifurcationKind.FoldOfCycles);
        TwoParameterCurvePoint fold = new[] { curve.Points[0], curve.Points[^1] }.Single(each => Math.Abs(each.Parameter - 0.1) < 1e-12);
        Assert.Equal(0.08456948, fold.Drive, 1e-8);
    }

    [Fact]
    public void A_closed_curve_of_folds_of_cycles_is_followed_once_around()
    {
        // r' = −r(x² + p² + q² − 0.25), x = r² − 1: cycles are a sphere, their folds its equator x = 0.
        NormalForm form = new("sphere", NormalForm.Rotation("0.25 - (x1^2 + x2^2 - 1)^2 - p^2 - q^2", 2), [], 0.3);
        EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, 3, 1);
        TwoParameterDiagram found = Follow(embedded, All, 0.3, Cycle(embedded, 0.4, 0.3, 1), Cycle(embedded, -0.4, 0.3, 1));
        string text = Text(embedded, found, 1);
        TwoParameterCurve curve = Assert.Single(found.Curves);
        Assert.True(curve.End == BranchEnd.Closed && found.Points.Count == 0 && found.Status == "complete", text);
        Assert.All(curve.Points, each => Assert.Equal(0.25, ((each.Drive - embedded.Offset) * (each.Drive - embedded.Offset)) + (each.Parameter * each.Parameter), 1e-10));
    }

    [Theory]
    [InlineData("hodgkin_huxley", 200, "g_K", 18, 72, new[] { 0.2, 0.6 })]
    [InlineData("morris_lecar", 300, "g_Ca", 2, 8, new[] { 0.1, 0.9 })]
    [InlineData("morris_lecar", 300, "V_3", -20, 30, new[] { 0.3, 0.9 })]
    public void Folds_of_cycles_are_those_that_are_found_along_the_drive_alone(string name, double highest, string second, double least, double most, double[] places)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app", second]);
        Unit unit = model.Parameter("I_app")!.Unit, other = model.Parameter(second)!.Unit;
        DiagramKernel kernel = new(code, "I_app");
        double range = unit.ToSI(highest);
        Diagram Along(double value) => kernel.Curves([0, value], 0, range)[0];

        double[] parameters = [0, model.Parameter(second)!.Default.SI];
        Diagram start = Along(parameters[1]);
        TwoParameterDiagram found = new TwoParameterContinuation(new SmoothSystem(code, "I_app"), second).Follow(start.Points, [BifurcationKind.FoldOfCycles], parameters, (0, range), (other.ToSI(least), other.ToSI(most)));
        Assert.Equal("complete", found.Status);
        Assert.All(found.Curves, each => Assert.Equal(BifurcationKind.FoldOfCycles, each.Kind));
        foreach (BifurcationPoint fold in start.Points.Where(each => each.Kind == BifurcationKind.FoldOfCycles))
        {
            Assert.Contains(found.Curves, curve => curve.Points.Zip(curve.Points.Skip(1)).Any(piece => (piece.First.Parameter - parameters[1]) * (piece.Second.Parameter - parameters[1]) <= 0
                && (piece.First.Drive - fold.Drive) * (piece.Second.Drive - fold.Drive) <= 0 && Math.Abs((2 * Math.PI / piece.First.Omega / fold.Period) - 1) < 0.2));
        }

        foreach (TwoParameterCurve curve in found.Curves)
        {
            foreach (double place in places)
            {
                TwoParameterCurvePoint point = curve.Points.Skip((int)(place * curve.Points.Count)).First(each => !found.Points.Any(special => special.Parameter == each.Parameter));
                BifurcationPoint fold = Along(point.Parameter).Points.Where(each => each.Kind == BifurcationKind.FoldOfCycles).MinBy(each => Math.Abs((each.Period * point.Omega / (2 * Math.PI)) - 1) + (Math.Abs(each.Drive - point.Drive) / range))!;
                output.WriteLine($"{second} = {point.Parameter / other.ToSI(1):R}: I_app = {point.Drive / unit.ToSI(1):R} and {fold.Drive / unit.ToSI(1):R}, {Math.Abs((fold.Drive / point.Drive) - 1):E1}; T = {2e3 * Math.PI / point.Omega} and {fold.Period * 1e3}");
                Assert.Equal(1, fold.Drive / point.Drive, 1e-8);
                Assert.Equal(1, fold.Period * point.Omega / (2 * Math.PI), 1e-4);
                Assert.Equal(fold.Eigenvalues.OrderBy(each => (each - 1).Magnitude).Skip(1).Count(each => each.Magnitude > 1), point.Unstable);
            }
        }
    }

    [Theory]
    [InlineData(0.04, 1)]
    [InlineData(0.066667, 2)]
    public void Towards_a_homoclinic_orbit_a_curve_ends_while_folds_can_still_be_told(double phi, int curves)
    {
        // Nearer, all cycles are folds to rounding, and cusps among them are made up.
        ModelCode code = ModelCode.Compile(ModelLibrary.Find("morris_lecar")!, new Dictionary<string, double> { ["V_3"] = 12e-3, ["V_4"] = 17.4e-3, ["phi"] = phi }, ["I_app", "g_Ca"]);
        SmoothSystem system = new(code, "I_app");
        Diagram start = new EquilibriumContinuation(system).Find([0, 40], -0.5, 1.5);
        TwoParameterDiagram found = new TwoParameterContinuation(system, "g_Ca").Follow(start.Points, All, [0, 40], (-0.5, 1.5), (10, 100));
        Assert.Equal("complete", found.Status);
        TwoParameterCurve[] folds = [.. found.Curves.Where(each => each.Kind == BifurcationKind.FoldOfCycles)];
        Assert.Equal(curves, folds.Length);
        Assert.All(folds, each => Assert.Equal((BranchEnd.Hopf, BranchEnd.LongPeriod), (each.Start, each.End)));
        Assert.All(folds, each => Assert.True(each.Points[^1].Omega < each.Points[0].Omega / 4));
        Assert.Equal(curves, found.Points.Count(each => each.Kind == BifurcationKind.GeneralizedHopf));
        Assert.DoesNotContain(found.Points, each => each.Kind == BifurcationKind.CuspOfCycles);
    }

    private static SmoothSystem System(EmbeddedNormalForm embedded) => new(ModelCode.Compile(embedded.Model, new Dictionary<string, double>(), ["I_app", "q"]), "I_app");

    private static TwoParameterDiagram Follow(EmbeddedNormalForm embedded, BifurcationKind[] kinds, double q, params BifurcationPoint[] starts) =>
        new TwoParameterContinuation(System(embedded), "q").Follow(starts, kinds, [0, q], (embedded.Offset - 1, embedded.Offset + 1), (-0.9, 0.9));

    // The cycle of a radius as a fold, roughly: on a few points of the circle.
    private static BifurcationPoint Cycle(EmbeddedNormalForm embedded, double p, double q, double radius)
    {
        const int intervals = 30, degree = 4;
        double[][] states = [.. Enumerable.Range(0, (intervals * degree) + 1).Select(i => 2 * Math.PI * (i % (intervals * degree)) / (intervals * degree)).Select(angle => embedded.ToStates([radius * Math.Cos(angle), radius * Math.Sin(angle)]))];
        CycleOrbit orbit = new(embedded.Offset + p, Math.PI * 1e-3, [.. Enumerable.Range(0, intervals + 1).Select(i => (double)i / intervals)], degree, [.. states.SelectMany(each => each)]);
        return new BifurcationPoint
        {
            Kind = BifurcationKind.FoldOfCycles,
            Branch = 0,
            Drive = orbit.Drive,
            Period = orbit.Period,
            State = states[0],
            Orbit = orbit,
            Eigenvalues = [],
            Residual = 0,
            UnstableBefore = 0,
            UnstableAfter = 0,
        };
    }

    private static string Text(EmbeddedNormalForm embedded, TwoParameterDiagram found, int seed) =>
        $"seed {seed}:\n" + string.Join('\n', found.Points.Select(each => $"{each.Kind} at p = {each.Drive - embedded.Offset:R}, q = {each.Parameter:R}"))
        + $"\n{string.Join('\n', found.Curves.Select(each => $"{each.Kind} from {each.Start} to {each.End}, {each.Points.Count} points, q = {each.Points[0].Parameter} to {each.Points[^1].Parameter}"))}\n{found.Status}";
}
