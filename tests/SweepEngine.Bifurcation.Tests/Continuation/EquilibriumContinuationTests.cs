using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Models;
using Xunit.Abstractions;

namespace SweepEngine.Bifurcation.Tests;

public class EquilibriumContinuationTests(ITestOutputHelper output)
{
    public static TheoryData<string> Forms => [.. All.Keys];

    private static readonly Dictionary<string, Func<int, NormalForm>> All = new()
    {
        ["fold"] = seed => NormalForm.Fold(seed % 2 == 0 ? 1 : -1),
        ["transcritical"] = _ => NormalForm.Transcritical,
        ["supercritical pitchfork"] = _ => NormalForm.Pitchfork(-1),
        ["subcritical pitchfork"] = _ => NormalForm.Pitchfork(1),
        ["supercritical Hopf"] = _ => NormalForm.Hopf(-1),
        ["subcritical Hopf"] = _ => NormalForm.Hopf(1, 0.7),
        ["generalised Hopf"] = seed => NormalForm.Bautin(seed % 2 == 0 ? 1 : -1),
        ["beside a generalised Hopf"] = seed => NormalForm.Bautin(-1, seed % 2 == 0 ? 0.01 : -0.01),
        ["beside a cusp"] = seed => NormalForm.Cusp(seed % 2 == 0 ? 1 : -1, seed % 3 == 0 ? 0.5 : -0.5),
        ["cusp"] = seed => NormalForm.Cusp(seed % 2 == 0 ? 1 : -1, 0),
        ["beside a Bogdanov-Takens"] = seed => NormalForm.BogdanovTakens(seed % 2 == 0 ? 1 : -1, seed % 3 == 0 ? 0.5 : -0.5),
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Bifurcations_of_a_normal_form_are_found_in_any_coordinates_and_no_others(string name)
    {
        for (int seed = 0; seed < 14; seed++)
        {
            NormalForm form = All[name](seed);
            int core = form.Derivatives.Count, dimension = Math.Max(core, 2 + (seed % 7)), unstable = seed % 3 == 2 ? Math.Min(1, dimension - core) : 0;
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, dimension, seed, unstable);
            Diagram diagram = new EquilibriumContinuation(embedded.System()).Find([0], embedded.Offset - 1, embedded.Offset + 1);
            string found = $"{name}, seed {seed}, {dimension} states:\n{string.Join('\n', diagram.Points.Select(each => $"{each.Kind} at p = {each.Drive - embedded.Offset:R}, unstable {each.UnstableBefore} to {each.UnstableAfter}, residual {each.Residual:E1}, coefficient {each.Coefficient}"))}"
                + $"\n{string.Join('\n', diagram.Branches.Select(each => $"branch from {each.Start} to {each.End}, {each.Points.Count} points"))}\n{diagram.Status}";
            output.WriteLine(found);

            Assert.True(diagram.Status == "complete", found);
            Assert.True(form.Known.Count == diagram.Points.Count, found);
            foreach (KnownPoint known in form.Known)
            {
                BifurcationPoint point = diagram.Points.MinBy(each => Math.Abs(each.Drive - embedded.Offset - known.P))!;
                Assert.True(point.Kind == known.Kind, found);
                Assert.True(Math.Abs(point.Drive - embedded.Offset - known.P) < 1e-10, found);
                Assert.True(point.Residual < 1e-12, found);
                double[] x = embedded.FromStates(point.State);
                for (int i = 0; i < dimension; i++)
                {
                    Assert.True(Math.Abs(x[i] - (i < core ? known.X[i] : 0)) < 1e-7, found);
                }

                if (known.Kind == BifurcationKind.Hopf)
                {
                    Assert.True(known.Sign == 0 ? point.IsSupercritical is null : point.IsSupercritical == known.Sign < 0, found);
                    Assert.True(Math.Abs((2 * Math.PI / point.Period / 1e3) - known.Omega) < 1e-10, found);
                }
            }
        }
    }

    // Hodgkin-Huxley: machine-proved (doi:10.5281/zenodo.23047046); FitzHugh-Nagumo: v² = 1 − 0.064; others: computed twice independently in high precision for this project.
    [Theory]
    [InlineData("hodgkin_huxley", "I_app", 0, 200, "HB 9.7754379953931264 +0.01479364813100808; HB 154.5224336658080 -0.00472850269507399")]
    [InlineData("fitzhugh_nagumo", "I", -1, 3, "HB 0.33128133745475 +0.971971; HB 1.4187186625453 +0.971971")]
    [InlineData("morris_lecar", "I_app", -50, 300, "HB 93.857618373725 +; HB 212.01881610037 +")]
    public void Models_of_the_library_bifurcate_where_they_are_known_to(string name, string drive, double lowest, double highest, string expected)
    {
        Diagram diagram = Find(name, drive, lowest, highest, []);
        Unit unit = ModelLibrary.Find(name)!.Parameter(drive)!.Unit;
        Assert.Equal("complete", diagram.Status);
        string[] points = expected.Split("; ");
        Assert.Equal(points.Length, diagram.Points.Count);
        foreach ((string text, BifurcationPoint point) in points.Zip(diagram.Points))
        {
            string[] parts = text.Split(' ');
            Assert.Equal(parts[0], point.Kind.Text());
            double place = double.Parse(parts[1], CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(unit.FromSI(point.Drive) - place) <= 1e-13 * Math.Abs(highest - lowest), $"{text}: {unit.FromSI(point.Drive):R}");
            Assert.Equal(parts[2][0] == '-', point.IsSupercritical);
            if (parts[2].Length > 1)
            {
                // As many digits as are given.
                double coefficient = double.Parse(parts[2], CultureInfo.InvariantCulture);
                Assert.True(Math.Abs(point.Coefficient - coefficient) <= (parts[2].Length > 12 ? 1e-11 : 1e-6) * Math.Abs(coefficient), $"{text}: {point.Coefficient:R}");
            }
        }
    }

    [Fact]
    public void The_rheobase_of_Connor_and_Stevens_is_a_fold()
    {
        Diagram diagram = Find("connor_stevens", "I_app", -10, 60, []);
        BifurcationPoint rheobase = diagram.Points[^1];
        Assert.Equal((BifurcationKind.Fold, 0, 1), (rheobase.Kind, rheobase.UnstableBefore, rheobase.UnstableAfter));
        Assert.Equal(8.1140533148443, rheobase.Drive / 1e-2, 1e-12);
    }

    [Fact]
    public void Cells_that_are_not_coupled_bifurcate_as_if_they_were_alone()
    {
        // The second cell, which is not driven, has three equilibria: all of the first one appears beside each.
        Diagram alone = Find("wang_buzsaki", "I_app", -2, 60, []), pair = Find("gap_junction", "I_app", -2, 60, new() { ["g_gap"] = 0 });
        Assert.Equal("complete", pair.Status);
        Assert.Equal([BifurcationKind.Fold, BifurcationKind.Hopf], alone.Points.Select(point => point.Kind));
        Assert.Equal(6, pair.Points.Count);
        for (int i = 0; i < pair.Points.Count; i++)
        {
            BifurcationPoint single = alone.Points[i / 3];
            Assert.Equal(single.Kind, pair.Points[i].Kind);
            Assert.Equal(single.Drive, pair.Points[i].Drive, 1e-12 * 0.6);
            Assert.Equal(single.State[0], pair.Points[i].State[0], 1e-10);
        }
    }

    [Fact]
    public void Closed_branches_and_branches_apart_are_found()
    {
        // A circle around p = 0.1, x = 0.2 with radius 0.3, and a line above it.
        Diagram diagram = Find(Read("((x - 0.2)^2 + (p - 0.1)^2 - 0.09)*(x - 2)"), -1, 1);
        Assert.Equal("complete", diagram.Status);
        Assert.Equal(2, diagram.Branches.Count);
        Branch circle = Assert.Single(diagram.Branches, each => each.End == BranchEnd.Closed);
        Assert.All(circle.Points, point => Assert.Equal(0.09, Math.Pow(point.State[0] - 0.2, 2) + Math.Pow(point.Drive - 0.1, 2), 1e-12));
        Assert.Equal([BifurcationKind.Fold, BifurcationKind.Fold], diagram.Points.Select(point => point.Kind));
        Assert.Equal(-0.2, diagram.Points[0].Drive, 1e-12);
        Assert.Equal(0.4, diagram.Points[1].Drive, 1e-12);
    }

    [Fact]
    public void Branches_that_cross_twice_are_followed_once()
    {
        // A parabola crosses a line at p = ±0.5.
        Diagram diagram = Find(Read("(x - p^2)*(x - 0.25)"), -1, 1);
        Assert.Equal("complete", diagram.Status);
        Assert.Equal(2, diagram.Branches.Count);
        Assert.Equal([BifurcationKind.BranchPoint, BifurcationKind.BranchPoint], diagram.Points.Select(point => point.Kind));
        Assert.Equal(-0.5, diagram.Points[0].Drive, 1e-12);
        Assert.Equal(0.5, diagram.Points[1].Drive, 1e-12);
    }

    [Fact]
    public void A_circle_through_branch_points_is_closed()
    {
        Diagram diagram = Find(Read("(x^2 + p^2 - 0.25)*(x - p)"), -1, 1);
        Assert.Equal("complete", diagram.Status);
        Assert.Equal(2, diagram.Branches.Count);
        Assert.Equal([BifurcationKind.Fold, BifurcationKind.BranchPoint, BifurcationKind.BranchPoint, BifurcationKind.Fold], diagram.Points.Select(point => point.Kind));
        Assert.Equal([-0.5, -Math.Sqrt(0.125), Math.Sqrt(0.125), 0.5], diagram.Points.Select(point => Math.Round(point.Drive, 12)), (a, b) => Math.Abs(a - b) < 1e-11);
    }

    [Theory]
    [InlineData("p - x^2", "p - y^2")]
    [InlineData("p*x - x^3", "p*y - y^3")]
    public void Where_two_bifurcations_coincide_none_is_made_up(string first, string second)
    {
        Diagram diagram = Find(Read(first, second), -1, 1);
        Assert.All(diagram.Points, point => Assert.True(Math.Abs(point.Drive) < 1e-6, $"{point.Kind} at {point.Drive}"));
    }

    [Fact]
    public void Neutral_saddles_are_no_Hopf_points()
    {
        // Eigenvalues p ± 1 of a saddle: their sum is 0 at p = 0.
        Diagram diagram = Find(Read("p*x + y", "x + p*y"), -0.9, 0.9);
        Assert.Empty(diagram.Points);
        Assert.Equal("complete", diagram.Status);
    }

    [Fact]
    public void Equilibria_that_are_not_isolated_are_no_branch()
    {
        // x + y does not change.
        Diagram diagram = Find(Read("p*y - x", "x - p*y"), 0.5, 2);
        Assert.Equal("equilibria_not_isolated", diagram.Status);
        Assert.Empty(diagram.Branches);
    }

    [Fact]
    public void A_bifurcation_whose_place_cannot_be_found_is_told()
    {
        // Where the equations jump the stability changes, but no eigenvalue is imaginary.
        Diagram diagram = Find(Read("if(p > 0.137, 0.5, -0.5)*x - y", "x"), -1, 1);
        Assert.StartsWith("point_lost_at 0.13", diagram.Status, StringComparison.Ordinal);
        Assert.Empty(diagram.Points);
    }

    [Fact]
    public void The_same_curve_gives_the_same_bits()
    {
        Diagram first = Find("connor_stevens", "I_app", -10, 60, [], 8), second = Find("connor_stevens", "I_app", -10, 60, [], 1);
        Assert.Equal(first.Points.Select(point => point.Drive), second.Points.Select(point => point.Drive));
        Assert.Equal(first.Branches.SelectMany(branch => branch.Points).SelectMany(point => point.State), second.Branches.SelectMany(branch => branch.Points).SelectMany(point => point.State));
    }

    [Theory]
    [InlineData("hodgkin_huxley", "I_app", -20, 250, "g_Na g_K g_L E_K E_L")]
    [InlineData("morris_lecar", "I_app", -100, 300, "g_Ca g_K g_L V_3 V_4 phi")]
    [InlineData("connor_stevens", "I_app", -20, 60, "g_Na g_K g_A E_L")]
    [InlineData("wang_buzsaki", "I_app", -5, 60, "g_Na g_K g_L phi")]
    [InlineData("fitzhugh_nagumo", "I", -2, 3, "epsilon a b")]
    public void Following_branches_and_enumerating_an_explicit_curve_agree(string name, string drive, double lowest, double highest, string varied)
    {
        const int curves = 12;
        ModelDefinition model = ModelLibrary.Find(name)!;
        string[] swept = [drive, .. varied.Split(' ')];
        SmoothSystem system = new(ModelCode.Compile(model, new Dictionary<string, double>(), swept), drive);
        Unit unit = model.Parameter(drive)!.Unit;
        var random = new Random(5);
        double[] parameters = [.. Enumerable.Range(0, curves).SelectMany(_ => swept.Select(each => model.Parameter(each)!.Default.SI * (0.85 + (0.3 * random.NextDouble()))))];
        Diagram[] enumerated = new EquilibriumDiagrams(system, unit.ToSI(lowest), unit.ToSI(highest)).Curves(parameters);
        EquilibriumContinuation continuation = new(system);
        for (int curve = 0; curve < curves; curve++)
        {
            Diagram followed = continuation.Find(parameters.AsSpan(curve * swept.Length, swept.Length), unit.ToSI(lowest), unit.ToSI(highest));
            static string Show(Diagram diagram) => diagram.Status + string.Concat(diagram.Points.Select(point => $"\n  {point.Kind} {point.Drive:R} {point.UnstableBefore} {point.UnstableAfter} {point.Coefficient}"));
            string text = $"curve {curve}\nfollowed {Show(followed)}\nenumerated {Show(enumerated[curve])}";
            Assert.True(followed.Status == "complete" && followed.Points.Count == enumerated[curve].Points.Count, text);
            foreach ((BifurcationPoint a, BifurcationPoint b) in followed.Points.Zip(enumerated[curve].Points))
            {
                Assert.True(a.Kind == b.Kind && a.IsSupercritical == b.IsSupercritical && Math.Abs(a.Drive - b.Drive) <= 1e-12 * unit.ToSI(highest - lowest), text);
                Assert.True(Math.Min(a.UnstableBefore, a.UnstableAfter) == Math.Min(b.UnstableBefore, b.UnstableAfter) && Math.Abs(a.UnstableAfter - a.UnstableBefore) == Math.Abs(b.UnstableAfter - b.UnstableBefore), text);
                Assert.True(Math.Abs(a.Coefficient - b.Coefficient) <= 1e-7 * Math.Abs(a.Coefficient), text);
            }
        }
    }

    private static Diagram Find(string name, string drive, double lowest, double highest, Dictionary<string, double> values, int? width = null)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        Unit unit = model.Parameter(drive)!.Unit;
        return new EquilibriumContinuation(new SmoothSystem(ModelCode.Compile(model, values, [drive], width), drive)).Find([0], unit.ToSI(lowest), unit.ToSI(highest));
    }

    private static Diagram Find(ModelDefinition model, double lowest, double highest) =>
        new EquilibriumContinuation(new SmoothSystem(ModelCode.Compile(model, new Dictionary<string, double>(), ["p"]), "p")).Find([0], lowest, highest);

    // Equations of x, or of x and y, over p [1/ms].
    private static ModelDefinition Read(params string[] derivatives)
    {
        var findings = new Findings();
        string[] names = ["x", "y"];
        string text = $"model: test\nequations: |\n{string.Concat(derivatives.Select((each, i) => $"  d{names[i]}/dt = ({each})/(1 ms)\n"))}"
            + $"states:\n{string.Concat(derivatives.Select((_, i) => $"  {names[i]}: {{unit: 1, start: 0.3}}\n"))}parameters:\n  p: {{default: 0}}\n";
        return ModelReader.Read(text, "test.yaml", findings) ?? throw new InvalidOperationException(findings.ToString());
    }
}
