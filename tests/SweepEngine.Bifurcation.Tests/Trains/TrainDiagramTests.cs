using SweepEngine.Equations;
using SweepEngine.Lanes;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation.Tests;

public class TrainDiagramTests
{
    private static readonly string[] BurstingAdex = ["V_reset=-47.4", "tau_w=40", "b=100"];

    [Fact]
    public void Lif_begins_at_its_rheobase_and_has_its_closed_rate()
    {
        // (V_th − E_L)/R; f = 1/(tau_ref + tau_m ln((E_L + RI − V_reset)/(E_L + RI − V_th))).
        Diagram diagram = Of("lif", 0, 500);
        Assert.Equal(Diagram.Complete, diagram.Status);
        Assert.Equal([BranchKind.Equilibria, BranchKind.Cycles], diagram.Branches.Select(branch => branch.Kind));
        BifurcationPoint rheobase = Assert.Single(diagram.Points);
        Assert.Equal(BifurcationKind.ThresholdCrossing, rheobase.Kind);
        Near(200, rheobase.Drive * 1e12, 1e-12);
        Near(-50, rheobase.State[0] * 1e3, 1e-12);
        Branch rest = diagram.Branches[0], trains = diagram.Branches[1];
        Assert.Equal((BranchEnd.Range, BranchEnd.ThresholdCrossing), (rest.Start, rest.End));
        Assert.All(rest.Points, point => Assert.True(point.State[0] <= -50e-3 * (1 - 1e-12)));
        Assert.Equal((BranchEnd.ThresholdCrossing, BranchEnd.Range), (trains.Start, trains.End));
        Assert.Equal((rheobase.Drive, double.PositiveInfinity), (trains.Points[0].Drive, trains.Points[0].Period));
        Assert.Equal(500e-12, trains.Points[^1].Drive, 1e-24);
        foreach (BranchPoint point in trains.Points.Skip(1))
        {
            double drop = -70 + point.Drive * 1e11;
            Near((2 + 10 * Math.Log((drop + 80) / (drop + 50))) * 1e-3, point.Period, point.Drive > 200.1e-12 ? 1e-10 : 1e-6);
            Assert.Equal((0, 1), (point.Unstable, point.Spikes));
            Near(-80e-3, point.Lowest, 1e-14);
        }
    }

    [Fact]
    public void Qif_begins_at_its_fold_with_a_period_of_one_over_a_root()
    {
        // C dV/dt = k (V − E_L)(V − V_c) + I, k = g_L/(V_c − E_L): the integral of 1/(k x² + δ) around the fold, δ = I − k (V_c − E_L)²/4.
        Diagram diagram = Of("qif", 0, 500);
        Assert.Equal(Diagram.Complete, diagram.Status);
        Assert.Equal([BifurcationKind.Fold, BifurcationKind.SaddleNodeOnCycle], diagram.Points.Select(point => point.Kind).Order());
        Assert.All(diagram.Points, point => Near(50, point.Drive * 1e12, 1e-10));
        Branch trains = diagram.Branches.Single(branch => branch.Kind == BranchKind.Cycles);
        Assert.Equal((BranchEnd.SaddleNodeOnCycle, BranchEnd.Range), (trains.Start, trains.End));
        double k = 10e-9 / 20e-3;
        foreach (BranchPoint point in trains.Points.Skip(1))
        {
            double root = Math.Sqrt(k / (point.Drive - 50e-12)), expected = 100e-12 / k * root * (Math.Atan(85e-3 * root) - Math.Atan(-15e-3 * root));
            Near(expected, point.Period, point.Drive > 51e-12 ? 1e-9 : 1e-4);
        }

        BranchPoint first = trains.Points[1];
        Near(Math.PI * 100e-12 / Math.Sqrt(k), first.Period * Math.Sqrt(first.Drive - 50e-12), 1e-2);
    }

    [Fact]
    public void Qif_that_is_reset_above_its_threshold_is_bistable_down_to_a_homoclinic_orbit()
    {
        // Below the fold it fires on where it is reset above the unstable equilibrium, to I = −k (V_reset − E_L)(V_reset − V_c).
        Diagram diagram = Of("qif", -200, 300, "V_reset=-44");
        Assert.Equal(Diagram.Complete, diagram.Status);
        BifurcationPoint end = diagram.Points.Single(point => point.Kind == BifurcationKind.Homoclinic);
        Near(-10.5, end.Drive * 1e12, 1e-8);
        Assert.Equal(double.PositiveInfinity, end.Period);
        Assert.Equal([BifurcationKind.Homoclinic, BifurcationKind.Fold], diagram.Points.Select(point => point.Kind));
    }

    [Theory]
    [InlineData(0.02, 0.2, -65, 8)]
    [InlineData(0.02, 0.2, -55, 4)]
    [InlineData(0.03, 0.22, -60, 6)]
    public void Izhikevich_has_its_fold_its_Hopf_point_and_fires_down_to_its_invariant_parabola(double a, double b, double c, double d)
    {
        // oracles: fold at (5 − b)²/0.16 − 140, Hopf point where 0.08 v + 5 = a. The parabola u = 0.04 v² + β v + γ with β = 5 + a/2 is invariant where
        // I = (b − β/2)(a − β)/0.08 − 140: there the manifold on which the neuron leaves rest leads to the saddle, on one side of it to spikes and on the other back to rest.
        Diagram diagram = Of("izhikevich", 0, 30, $"a={a}", $"b={b}", $"c={c}", $"d={d}");
        BifurcationPoint fold = diagram.Points.Single(point => point.Kind == BifurcationKind.Fold), hopf = diagram.Points.Single(point => point.Kind == BifurcationKind.Hopf);
        Near((5 - b) * (5 - b) / 0.16 - 140, fold.Drive, 1e-10);
        double v = (a - 5) / 0.08;
        Near(b * v - (0.04 * v * v + 5 * v + 140), hopf.Drive, 1e-10);
        Branch trains = diagram.Branches.First(branch => branch.Kind == BranchKind.Cycles);
        double beta = 5 + a / 2;
        Assert.Equal(BranchEnd.Border, trains.Start);
        Near((b - beta / 2) * (a - beta) / 0.08 - 140, trains.Points[0].Drive, 1e-9);
        Assert.Equal(0, trains.Points[0].Unstable);
    }

    [Fact]
    public void Izhikevich_of_2007_begins_at_its_rheobase()
    {
        // oracles: 51.428571 pA; I = k (v_t − v_r + b/k)²/4 − …, analytic: the fold of k(v − v_r)(v − v_t) − b(v − v_r) + I.
        Diagram diagram = Of("izhikevich_2007", 0, 500);
        Assert.Equal(Diagram.Complete, diagram.Status);
        BifurcationPoint onset = diagram.Points.Single(point => point.Kind == BifurcationKind.SaddleNodeOnCycle);
        Near(0.7 * Math.Pow(20 - 2 / 0.7, 2) / 4, onset.Drive * 1e12, 1e-10);
        Assert.Equal(51.428571, onset.Drive * 1e12, 1e-6);
    }

    [Theory]
    [InlineData("lif_adapt", 0, 1000)]
    [InlineData("lif_refractory", 0, 1000)]
    [InlineData("mihalas_niebur", 0, 400, "A_1=200", "A_2=-30")]
    [InlineData("adex", 0, 2000)]
    [InlineData("adex", 0, 2000, "V_reset=-48", "b=100")]
    [InlineData("izhikevich_2007", 0, 500)]
    [InlineData("eif", 0, 3)]
    public void The_simulated_rate_is_that_of_a_stable_branch(string name, double lowest, double highest, params string[] settings)
    {
        Diagram diagram = Of(name, lowest, highest, settings);
        ModelCode code = Code(name, settings);
        Unit unit = code.Model.Parameter(code.Swept[0])!.Unit;
        var random = new Random(5);
        BranchPoint[] stable = [.. diagram.Branches.Where(branch => branch.Kind == BranchKind.Cycles).SelectMany(branch => branch.Points).Where(point => point.Unstable == 0 && point.Period < 0.4)];
        BranchPoint[] picked = random.GetItems(stable, 25);
        PointTable simulated = Simulated(code, [.. picked.Select(point => point.Drive)]);
        double[] rates = simulated.Rate;
        int same = 0;
        for (int i = 0; i < picked.Length; i++)
        {
            // Without a period that repeats there is no rate to compare.
            if (simulated.Status[i] != PointStatus.Ok)
            {
                continue;
            }

            double expected = picked[i].Spikes / picked[i].Period;
            double apart = Math.Abs(expected - rates[i]) / rates[i];
            same += apart <= 1e-7 ? 1 : 0;
            // Beside a bifurcation simulation settles slowly, and says too early that it has.
            if (apart <= 1e-5)
            {
                continue;
            }

            // Another branch is stable there as well, or rest is.
            double[] predicted = Predicted(diagram, picked[i].Drive);
            Assert.True(predicted.Any(rate => Math.Abs(rate - rates[i]) <= 0.01 * rates[i] && Math.Abs(rate - expected) > 0.02 * expected),
                $"{name} at {unit.FromSI(picked[i].Drive):R}: simulated {rates[i]:R}, on the branch {expected:R}, predicted {string.Join(", ", predicted)}");
        }

        Assert.True(same >= 15, $"{same} of 25");
    }

    [Theory]
    [InlineData("adex", 0, 1500, 4)]
    [InlineData("izhikevich", -5, 30, 3)]
    [InlineData("izhikevich_2007", 0, 400, 4)]
    [InlineData("mihalas_niebur", 0, 400, 6)]
    [InlineData("qif", -100, 400, 4)]
    [InlineData("lif_refractory", 0, 800, 4)]
    public void At_random_parameters_and_drives_simulation_goes_to_what_is_stable(string name, double lowest, double highest, int sets)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        string drive = model.Parameter("I_app") is null ? "I" : "I_app";
        var random = new Random(7);
        int compared = 0, same = 0;
        for (int set = 0; set < sets; set++)
        {
            // Potentials by 3 mV, all else by 40 %; the currents that spikes of mihalas_niebur leave are none by default.
            string[] settings =
            [
                .. model.Parameters.Where(parameter => parameter.Name != drive).Select(parameter =>
                {
                    double value = parameter.Name switch
                    {
                        "A_1" => 1500 * random.NextDouble(),
                        "A_2" => -80 * random.NextDouble(),
                        _ when parameter.Unit.ToString() == "mV" && Math.Abs(parameter.Default.Value) >= 20 => parameter.Default.Value + 6 * (random.NextDouble() - 0.5),
                        _ => parameter.Default.Value * (0.6 + 0.8 * random.NextDouble()),
                    };
                    return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{parameter.Name}={value:R}");
                }),
            ];
            Diagram diagram = Of(name, lowest, highest, settings);
            ModelCode code = Code(name, settings);
            double[] drives = [.. Enumerable.Range(0, 12).Select(_ => model.Parameter(drive)!.Unit.ToSI(lowest + (highest - lowest) * random.NextDouble()))];
            PointTable simulated = Simulated(code, drives);
            for (int i = 0; i < drives.Length; i++)
            {
                if (simulated.Status[i] == PointStatus.Ok)
                {
                    compared++;
                    same += Predicted(diagram, drives[i]).Any(rate => Math.Abs(rate - simulated.Rate[i]) <= 0.02 * simulated.Rate[i] + 0.05) ? 1 : 0;
                }
            }
        }

        // Between two points close to its onset a branch is not straight, and in between bursts there is chaos.
        Assert.True(compared >= 10 * sets && same >= 0.97 * compared, $"{same} of {compared}");
    }

    [Fact]
    public void The_rate_of_lif_adapt_is_that_of_its_exact_path()
    {
        var random = new Random(3);
        for (int i = 0; i < 4; i++)
        {
            string[] settings = [$"tau_sra={50 + 250 * random.NextDouble()}", $"g_adapt={0.2 + 3 * random.NextDouble()}", $"tau_ref={3 * random.NextDouble()}"];
            Diagram diagram = Of("lif_adapt", 0, 1000, settings);
            Branch trains = diagram.Branches.Single(branch => branch.Kind == BranchKind.Cycles);
            BranchPoint[] points = [.. trains.Points.Where(point => point.Drive > 252e-12)];
            double[] rates = Simulated(Code("lif_adapt", settings), [.. points.Select(point => point.Drive)]).Rate;
            for (int j = 0; j < points.Length; j++)
            {
                Near(rates[j], 1 / points[j].Period, 1e-8);
            }
        }
    }

    [Fact]
    public void Bursts_of_adex_have_as_many_spikes_as_in_simulation()
    {
        string[] settings = BurstingAdex;
        Diagram diagram = Of("adex", 600, 1200, settings);
        ModelCode code = Code("adex", settings);
        var map = new SpikeMap(new ResetModel(code, "I_app"));
        map.Take([0]);
        var passage = new Passage(new ResetModel(code, "I_app"));
        var random = new Random(11);
        int compared = 0;
        HashSet<int> periods = [];
        for (int i = 0; i < 60; i++)
        {
            double drive = (640 + 460 * random.NextDouble()) * 1e-12;
            double[] state = new double[2];
            map.Start(drive, state);
            Assert.True(map.RunFrom(state, drive, passage));
            List<double> left = [passage.Next[0]];
            for (int spike = 0; spike < 1500; spike++)
            {
                Assert.True(map.Run([left[^1]], drive, false, passage));
                left.Add(passage.Next[0]);
            }

            int period = Enumerable.Range(1, 12).FirstOrDefault(k => Enumerable.Range(1, k).All(j => Math.Abs(left[^j] - left[^(j + k)]) <= 1e-8 * left[^j]));
            if (period == 0)
            {
                continue;
            }

            compared++;
            periods.Add(period);
            Assert.True(StableSpikes(diagram, drive).Contains(period), $"At {drive * 1e12} pA simulation has {period} spikes in a period, stable branches {string.Join(", ", StableSpikes(diagram, drive))}.");
        }

        Assert.True(compared >= 30);
        Assert.Superset(new HashSet<int> { 1, 2, 3, 4 }, periods);
    }

    [Fact]
    public void Periods_double_where_the_multiplier_is_minus_one_and_the_doubled_branch_is_stable_as_the_coefficient_says()
    {
        Diagram diagram = Of("adex", 600, 1500, BurstingAdex);
        BifurcationPoint[] doublings = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.PeriodDoubling && diagram.Branches[point.Branch].Points[^1].Spikes <= 6)];
        Assert.True(doublings.Length >= 6);
        foreach (BifurcationPoint doubling in doublings)
        {
            Assert.Equal(-1, doubling.Eigenvalues[0].Real, 1e-6);
            Assert.NotEqual(doubling.UnstableBefore, doubling.UnstableAfter);
            Branch doubled = diagram.Branches.Where(branch => branch.Kind == BranchKind.Cycles)
                .MinBy(branch => Math.Min(End(branch.Start, branch.Points[0]), End(branch.End, branch.Points[^1])))!;
            Assert.True(Math.Min(End(doubled.Start, doubled.Points[0]), End(doubled.End, doubled.Points[^1])) <= 1e-9, $"No branch begins at {doubling.Drive * 1e12} pA.");
            IReadOnlyList<BranchPoint> path = End(doubled.Start, doubled.Points[0]) < End(doubled.End, doubled.Points[^1]) ? doubled.Points : [.. doubled.Points.Reverse()];
            if (doubling.IsSupercritical is { } supercritical)
            {
                Assert.True(supercritical == (path[1].Unstable == 0), $"At {doubling.Drive * 1e12:R} pA {supercritical}, {doubling.Coefficient}, {path[1]}");
            }

            double End(BranchEnd end, BranchPoint point) => end != BranchEnd.PeriodDoubling || point.Spikes != 2 * diagram.Branches[doubling.Branch].Points[^1].Spikes ? double.PositiveInfinity
                : Math.Abs(point.Drive / doubling.Drive - 1);
        }
    }

    [Fact]
    public void Trains_of_mihalas_niebur_gain_a_spike_where_they_graze_their_threshold()
    {
        string[] settings = ["A_1=1000", "A_2=-60", "a=5"];
        Diagram diagram = Of("mihalas_niebur", 0, 400, settings);
        BifurcationPoint[] grazings = [.. diagram.Points.Where(point => point.Kind == BifurcationKind.Grazing)];
        Assert.True(grazings.Length >= 3);
        int gained = 0;
        foreach (BifurcationPoint grazing in grazings)
        {
            // The train ends where it grazes, and most often there is one with a further spike beyond.
            int spikes = diagram.Branches[grazing.Branch].Points[^1].Spikes;
            Assert.Contains(spikes, StableSpikes(diagram, grazing.Drive - 0.2e-12));
            Assert.DoesNotContain(spikes, StableSpikes(diagram, grazing.Drive + 0.2e-12));
            gained += StableSpikes(diagram, grazing.Drive + 0.2e-12).Contains(spikes + 1) ? 1 : 0;
        }

        Assert.True(gained >= 3);
    }

    [Theory]
    [InlineData("adex", "V_reset=-48", "b=100")]
    [InlineData("mihalas_niebur", "A_1=500", "A_2=-30")]
    public void The_same_bits_come_out_at_every_width_and_whatever_was_computed_before(string name, params string[] settings)
    {
        string? first = null;
        foreach (int width in LaneWidths.All)
        {
            ModelCode code = Code(name, settings, width);
            Unit unit = code.Model.Parameter(code.Swept[0])!.Unit;
            var trains = new TrainDiagram(code, code.Swept[0]);
            Diagram rest = ScannedRest.Of(code, 0, unit.ToSI(900));
            string found = Text(trains.Of([0], rest, 0, unit.ToSI(900)));
            first ??= found;
            Assert.Equal(first, found);
            trains.Of([0], rest, unit.ToSI(100), unit.ToSI(300));
            Assert.Equal(first, Text(trains.Of([0], rest, 0, unit.ToSI(900))));
        }

        static string Text(Diagram diagram) => string.Join('\n', diagram.Branches.SelectMany(branch => branch.Points.Select(point => $"{branch.Kind} {point.Drive:R} {point.Period:R} {point.Lowest:R} {string.Join(' ', point.State.Select(each => each.ToString("R")))}"))
            .Concat(diagram.Points.Select(point => $"{point.Kind} {point.Drive:R} {point.Period:R} {point.Coefficient:R} {string.Join(' ', point.Eigenvalues.Select(each => $"{each.Real:R}/{each.Imaginary:R}"))}")));
    }

    [Theory]
    [InlineData("hodgkin_huxley", "The model hodgkin_huxley is not reset after a spike.")]
    [InlineData("lif_noise", "The model lif_noise is random.")]
    [InlineData("adex", null)]
    public void A_model_without_trains_says_why(string name, string? hindrance) => Assert.Equal(hindrance, TrainDiagram.Hindrance(ModelLibrary.Find(name)!));

    private static ModelCode Code(string name, string[] settings, int? width = null)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        var values = settings.Select(each => each.Split('=')).ToDictionary(each => each[0], each => model.Parameter(each[0])!.Unit.ToSI(double.Parse(each[1], System.Globalization.CultureInfo.InvariantCulture)));
        return ModelCode.Compile(model, values, [model.Parameter("I_app") is null ? "I" : "I_app"], width);
    }

    private static Diagram Of(string name, double lowest, double highest, params string[] settings)
    {
        ModelCode code = Code(name, settings);
        Unit unit = code.Model.Parameter(code.Swept[0])!.Unit;
        return new DiagramKernel(code, code.Swept[0]).Curves([0], unit.ToSI(lowest), unit.ToSI(highest))[0];
    }

    private static PointTable Simulated(ModelCode code, double[] drives) => new FIKernel(code, new FISettings(code.Swept[0], new StepStimulus(1), 1e-9)).Points(drives, []);

    // Rates of the stable branches at a drive, by interpolation between their points; 0 at rest.
    private static double[] Predicted(Diagram diagram, double drive) =>
        [.. Stable(diagram, drive).Select(each => each.Branch.Kind == BranchKind.Equilibria ? 0 : each.Rate)];

    private static HashSet<int> StableSpikes(Diagram diagram, double drive) =>
        [.. Stable(diagram, drive).Where(each => each.Branch.Kind == BranchKind.Cycles).Select(each => each.Branch.Points[^1].Spikes)];

    private static IEnumerable<(Branch Branch, double Rate)> Stable(Diagram diagram, double drive)
    {
        foreach (Branch branch in diagram.Branches)
        {
            for (int i = 1; i < branch.Points.Count; i++)
            {
                BranchPoint a = branch.Points[i - 1], b = branch.Points[i];
                if ((a.Drive - drive) * (b.Drive - drive) <= 0 && (a.Unstable == 0 || b.Unstable == 0))
                {
                    double part = (drive - a.Drive) / (b.Drive - a.Drive), rateA = a.Spikes / a.Period, rateB = b.Spikes / b.Period;
                    yield return (branch, rateA + part * (rateB - rateA));
                }
            }
        }
    }

    private static void Near(double expected, double actual, double part) => Assert.InRange(actual, expected - part * Math.Abs(expected), expected + part * Math.Abs(expected));
}
