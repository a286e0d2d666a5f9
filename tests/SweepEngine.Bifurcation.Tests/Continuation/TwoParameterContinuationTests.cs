using SweepEngine.Equations;
using Xunit.Abstractions;

namespace SweepEngine.Bifurcation.Tests;

public class TwoParameterContinuationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Forms => [.. All.Keys];

    // Forms with p and q, the value of q where curves begin, and the special point, which is at p = q = 0, with what its coefficients must be.
    private static readonly Dictionary<string, (NormalForm Form, BifurcationKind Kind, Func<IReadOnlyList<double>, bool> Holds)> All = new()
    {
        ["cusp-"] = (NormalForm.Cusp(-1, 0.5), BifurcationKind.Cusp, c => c[0] < 0),
        ["cusp+"] = (NormalForm.Cusp(1, -0.5), BifurcationKind.Cusp, c => c[0] > 0),
        ["Bogdanov-Takens-"] = (NormalForm.BogdanovTakens(-1, -0.5), BifurcationKind.BogdanovTakens, c => c[0] * c[1] < 0),
        ["Bogdanov-Takens+"] = (NormalForm.BogdanovTakens(1, -0.5), BifurcationKind.BogdanovTakens, c => c[0] * c[1] > 0),
        ["generalised Hopf-"] = (NormalForm.Bautin(-1, 0.5), BifurcationKind.GeneralizedHopf, _ => true),
        ["generalised Hopf+"] = (NormalForm.Bautin(1, 0.5), BifurcationKind.GeneralizedHopf, _ => true),
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
            TwoParameterDiagram found = new TwoParameterContinuation(system, "q").Follow(diagram.Points, [0, form.Q], (embedded.Offset - 1, embedded.Offset + 1), (-0.9, 0.9));
            string text = $"{name}, seed {seed}, {dimension} states, {diagram.Points.Count} starts:\n" + string.Join('\n', found.Points.Select(each => $"{each.Kind} at p = {each.Drive - embedded.Offset:R}, q = {each.Parameter:R}: {string.Join(' ', each.Coefficients)}"))
                + $"\n{string.Join('\n', found.Curves.Select(each => $"{each.Kind} from {each.Start} to {each.End}, {each.Points.Count} points"))}\n{found.Status}";
            output.WriteLine(text);

            Assert.True(found.Status == "complete", text);
            Assert.True(found.Points.Count == 1, text);
            TwoParameterPoint point = found.Points[0];
            Assert.True(point.Kind == kind && Math.Abs(point.Drive - embedded.Offset) < 1e-9 && Math.Abs(point.Parameter) < 1e-9 && holds(point.Coefficients), text);
        }
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
