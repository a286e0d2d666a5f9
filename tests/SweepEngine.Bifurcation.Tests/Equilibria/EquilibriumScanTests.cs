using SweepEngine.Equations;
using SweepEngine.Lanes;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests.Equilibria;

public class EquilibriumScanTests
{
    // Parameters spread over wide ranges, so that folds and Hopf points come in many numbers and close pairs.
    private static double[] Random(ModelDefinition model, string[] swept, int curves, int seed)
    {
        Random random = new(seed);
        double[] parameters = new double[curves * (swept.Length + 1)];
        for (int curve = 0; curve < curves; curve++)
        {
            for (int i = 0; i < swept.Length; i++)
            {
                double middle = model.Parameter(swept[i])!.Default.SI, u = (2 * random.NextDouble()) - 1;
                parameters[(curve * (swept.Length + 1)) + i + 1] = swept[i].StartsWith('E') ? middle + (0.01 * u) : middle * (1 + (0.8 * u));
            }
        }

        return parameters;
    }

    private static (ModelCode Code, SteadyCode Steady) Compile(string name, string drive, string[] swept, int? width = null)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), [drive, .. swept], width);
        return (code, SteadyCode.Compile(code, SteadyForm.Of(model, drive)!));
    }

    // Sign changes over thousands of places of each curve, which know nothing of slopes and errors; a pair of roots between two places they cannot see.
    [Theory]
    [InlineData("hodgkin_huxley", "I_app", -20, 300, -160, 80, "g_Na g_K g_L E_Na E_K E_L")]
    [InlineData("morris_lecar", "I_app", -100, 400, -160, 80, "g_Ca g_K g_L V_1 V_2 V_3 V_4 phi")]
    [InlineData("connor_stevens", "I_app", -10, 300, -300, 80, "g_Na g_K g_A g_L E_L E_A")]
    [InlineData("wang_buzsaki", "I_app", -20, 100, -160, 80, "g_Na g_K g_L E_L phi")]
    [InlineData("traub_miles", "I_app", -20, 100, -160, 80, "g_Na g_K g_L E_L")]
    [InlineData("thalamic_rebound", "I_app", -20, 50, -160, 80, "g_T g_h g_Na g_NaP g_K g_L")]
    [InlineData("hindmarsh_rose", "I", -10, 40, -12, 12, "a b c d s")]
    [InlineData("fitzhugh_nagumo", "I", -2, 3, -12, 12, "epsilon a b")]
    public void What_a_dense_search_finds_is_found(string name, string drive, double lowest, double highest, double from, double to, string others)
    {
        const int curves = 40, places = 8001;
        string[] swept = others.Split(' ');
        (ModelCode code, SteadyCode steady) = Compile(name, drive, swept);
        int n = code.Model.States.Count, master = steady.Form.Master, width = swept.Length + 1;
        double unit = code.Model.States[master].Unit.ToSI(1), driveUnit = code.Model.Parameter(drive)!.Unit.ToSI(1);
        (lowest, highest) = (lowest * driveUnit, highest * driveUnit);
        double[] parameters = Random(code.Model, swept, curves, 5);
        EquilibriumScan scan = new(code, steady, lowest, highest);
        scan.Run(parameters);

        CurveProgram program = new(steady, polish: false), polish = new(steady, polish: true);
        double[] y = new double[(master + 1) * places], p = new double[width * places], result = new double[5 * places];
        double[] one = new double[master + 1], values = new double[5], last = new double[3 + (2 * n)];
        int found = 0;
        for (int curve = 0; curve < curves; curve++)
        {
            Assert.True(scan.IsComplete(curve));
            double[] own = parameters[(curve * width)..((curve + 1) * width)];
            for (int j = 0; j < places; j++)
            {
                y[(master * places) + j] = (from + ((to - from) * j / (places - 1))) * unit;
                for (int i = 0; i < width; i++)
                {
                    p[(i * places) + j] = own[i];
                }
            }

            program.Evaluate(y, p, result, places, 0, places);
            for (int j = 0; j + 1 < places; j++)
            {
                if (result[j] < lowest || result[j] > highest || result[j + 1] < lowest || result[j + 1] > highest)
                {
                    continue;
                }

                Seek(BifurcationKind.Fold, 1);
                Seek(BifurcationKind.Hopf, 3);

                void Seek(BifurcationKind kind, int row)
                {
                    double a = y[(master * places) + j], b = y[(master * places) + j + 1];
                    bool before = result[(row * places) + j] >= 0;
                    if (before == result[(row * places) + j + 1] >= 0)
                    {
                        return;
                    }

                    for (int step = 0; step < 60; step++)
                    {
                        one[master] = (a + b) / 2;
                        program.Evaluate(one, own, values, 1, 0, 1);
                        (a, b) = values[row] >= 0 == before ? (one[master], b) : (a, one[master]);
                    }

                    polish.Evaluate(one, own, last, 1, 0, 1);
                    if (kind is BifurcationKind.Fold || last[^1] > 0)
                    {
                        found++;
                        double nearest = scan.Points.Where(each => each.Curve == curve && each.Kind == kind).Select(each => Math.Abs(each.Master - a)).Append(double.PositiveInfinity).Min();
                        Assert.True(nearest <= 1e-7 * unit, $"{kind} at {a / unit} of curve {curve}: {string.Join(' ', own)}");
                    }
                }
            }
        }

        Assert.True(found > curves / 2, $"{found} points: the ranges are badly chosen");
        // Nothing is found twice, and no more than close pairs beyond.
        Assert.Equal(scan.Points.Count, scan.Points.Distinct().Count());
        Assert.InRange(scan.Points.Count(scan.IsInRange), found, found + (curves / 10));
    }

    [Fact]
    public void Every_point_has_an_eigenvalue_on_the_imaginary_axis()
    {
        foreach ((string name, string drive, string[] swept) in new[] { ("connor_stevens", "I_app", new[] { "g_A", "g_K" }), ("pinsky_rinzel", "I_s", ["g_Ca", "g_c"]) })
        {
            (ModelCode code, SteadyCode steady) = Compile(name, drive, swept);
            SmoothSystem system = new(code, drive);
            NormalForms forms = new(system);
            double[] parameters = Random(code.Model, swept, 10, 3), state = new double[system.Dimension + 1], master = new double[steady.Form.Master + 1];
            EquilibriumScan scan = new(code, steady, -10 * system.DriveScale, 200 * system.DriveScale);
            scan.Run(parameters);
            Assert.NotEmpty(scan.Points);
            foreach (EquilibriumPoint point in scan.Points)
            {
                double[] own = parameters[(point.Curve * 3)..((point.Curve + 1) * 3)];
                own[0] = point.Drive;
                master[^1] = point.Master;
                steady.States.Evaluate([], master, own, state, 1, 0, 1);
                var jacobian = forms.Jacobian(state.AsSpan(0, system.Dimension), own);
                double nearest = Spectrum.Of(jacobian).Min(each => Math.Abs(each.Real) + Math.Abs(Math.Abs(each.Imaginary) - point.Omega));
                Assert.True(nearest <= 1e-12 * jacobian.InfinityNorm(), $"{point}: {string.Join(' ', Spectrum.Of(jacobian))}\n{string.Join(' ', own)}\n{string.Join(' ', state)}");
            }
        }
    }

    [Fact]
    public void Every_lane_width_and_every_company_gives_the_same_bits()
    {
        string[] swept = ["g_K", "g_Na"];
        List<EquilibriumPoint>[] all = new List<EquilibriumPoint>[3];
        double[] parameters = [];
        for (int i = 0; i < 3; i++)
        {
            (ModelCode code, SteadyCode steady) = Compile("hodgkin_huxley", "I_app", swept, LaneWidths.All[i]);
            parameters = Random(code.Model, swept, 45, 11);
            EquilibriumScan scan = new(code, steady, -0.1, 3);
            scan.Run(parameters);
            all[i] = [.. scan.Points];

            // Alone, in reverse order.
            for (int curve = 44; curve >= 0; curve -= 4)
            {
                scan.Run(parameters.AsSpan(curve * 3, 3));
                Assert.Equal(all[i].Where(each => each.Curve == curve).Select(each => each with { Curve = 0 }), scan.Points);
            }
        }

        Assert.True(all[0].Count > 20);
        Assert.Equal(all[0], all[1]);
        Assert.Equal(all[0], all[2]);
    }

    private static EquilibriumScan Scan(string equations, string states, double lowest, double highest, double c, double e)
    {
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read($"""
            model: made
            voltage: v
            equations: |
            {equations}
            states:
            {states}
            parameters:
              I: {"{default: 0}"}
              c: {"{default: 0}"}
              e: {"{default: 0}"}
            """, "made.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double> { ["c"] = c, ["e"] = e }, ["I"]);
        EquilibriumScan scan = new(code, SteadyCode.Compile(code, SteadyForm.Of(model, "I")!), lowest, highest);
        scan.Run([0.0]);
        return scan;
    }

    // Samples on either side of the pair have the same signs.
    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void Close_pairs_of_folds_are_found(double half)
    {
        EquilibriumScan scan = Scan("  dv/dt = (I - (v - c)^3/3 + e^2*v)/(1 s)", "  v: {start: 0, unit: 1}", -100, 100, 0.7123, half);
        AssertPair(scan, BifurcationKind.Fold, half);
    }

    // The trace of v and w is e² - (v - c)², their determinant 1 less that.
    [Theory]
    [InlineData(1e-3)]
    [InlineData(1e-6)]
    public void Close_pairs_of_Hopf_points_are_found(double half)
    {
        EquilibriumScan scan = Scan(
            "  dv/dt = (I - (v - c)^3/3 + e^2*v - w + v)/(1 s)\n  dw/dt = (2*v - w)/(1 s)", "  v: {start: 0, unit: 1}\n  w: {start: 0, unit: 1}", -100, 100, 0.7123, half);
        AssertPair(scan, BifurcationKind.Hopf, half);
    }

    private static void AssertPair(EquilibriumScan scan, BifurcationKind kind, double half)
    {
        Assert.Equal([kind, kind], scan.Points.Select(point => point.Kind));
        // What is a difference of squares is known to rounding over its slope.
        double tolerance = 1e-15 + (1e-15 / half);
        Assert.InRange(scan.Points[0].Master, 0.7123 - half - tolerance, 0.7123 - half + tolerance);
        Assert.InRange(scan.Points[1].Master, 0.7123 + half - tolerance, 0.7123 + half + tolerance);
    }

    [Fact]
    public void A_neutral_saddle_is_no_Hopf_point()
    {
        // dv/dt has slope v - 1 in v; the trace is v - 2, the determinant 1 - v + 0.5: at v = 2 it is below 0.
        EquilibriumScan scan = Scan("  dv/dt = (I + v^2/2 - v - w/2)/(1 s)\n  dw/dt = (v - w)/(1 s)", "  v: {start: 0, unit: 1}\n  w: {start: 0, unit: 1}", -100, 100, 0, 0);
        EquilibriumPoint fold = Assert.Single(scan.Points);
        Assert.Equal(BifurcationKind.Fold, fold.Kind);
        Assert.Equal(1.5, fold.Master, 14);
    }

    [Fact]
    public void A_pole_of_the_drive_is_no_way_through_its_range()
    {
        // v = I w, w = v - c: I = v/(v - c).
        EquilibriumScan scan = Scan("  dv/dt = (I*w - v)/(1 s)\n  dw/dt = (v - c - w)/(1 s)", "  v: {start: 0, unit: 1}\n  w: {start: 0, unit: 1}", -5, 5, 0.3, 0);
        Assert.DoesNotContain(scan.Points, scan.IsInRange);
        Assert.True(scan.IsComplete(0));
        scan.Run([0.0], pieces: true);
        Assert.DoesNotContain(scan.Pieces, piece => piece.A.Master < 0.3 && piece.B.Master > 0.3);
    }

    [Fact]
    public void A_corner_of_the_equations_is_no_fold()
    {
        EquilibriumScan scan = Scan("  dv/dt = (I - abs(v - c) - v/2)/(1 s)", "  v: {start: 0, unit: 1}", -5, 5, 0.3, 0);
        Assert.Empty(scan.Points);
        EquilibriumPoint corner = Assert.Single(scan.Corners);
        Assert.Equal(0.3, corner.Master, 6);
        Assert.Equal(0.15, corner.Drive, 6);
    }

    [Fact]
    public void What_the_matrix_gives_is_what_the_polynomial_written_out_gives()
    {
        foreach ((string name, string drive) in new[] { ("hodgkin_huxley", "I_app"), ("connor_stevens", "I_app"), ("pinsky_rinzel", "I_s"), ("fitzhugh_nagumo", "I"), ("gap_junction", "I_app") })
        {
            (ModelCode code, SteadyCode steady) = Compile(name, drive, []);
            double unit = code.Model.States[steady.Form.Master].Unit.ToSI(1);
            foreach (bool polish in new[] { false, true })
            {
                CurveProgram written = new(steady, polish), dense = new(steady, polish, dense: true);
                Assert.Equal(written.OutputCount, dense.OutputCount);
                double[] y = new double[steady.Form.Master + 1], a = new double[written.OutputCount], b = new double[written.OutputCount];
                for (double v = -80.3; v < 0; v += 0.731)
                {
                    y[^1] = v * unit;
                    written.Evaluate(y, [0.0], a, 1, 0, 1);
                    dense.Evaluate(y, [0.0], b, 1, 0, 1);
                    for (int i = 0; i < a.Length; i++)
                    {
                        Assert.True(Math.Abs(a[i] - b[i]) <= 1e-8 * Math.Abs(a[i]), $"{name} {polish} output {i} at {v}: {a[i]:R} {b[i]:R}");
                    }
                }
            }
        }
    }
}
