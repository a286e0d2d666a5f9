using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Simulation.Tests;

/// <summary>What the return map says, against the train that is followed for as long as it takes.</summary>
public class ReturnMapTests
{
    private const int Count = 1500;

    private static readonly string[] Swept = ["V_reset", "E_K", "g_L", "tau_sra", "g_adapt", "tau_ref", "I_app"];

    private static readonly string[] SweptStarting = [.. Swept, "g_start", "g_rest", "keep"];

    // Adaptation that may start anywhere, relax to anywhere, and of which a spike keeps a part.
    private static readonly ModelDefinition Starting = Neuron.Read(ModelLibrary.Text("lif_adapt")
        .Replace("= -g_sra/tau_sra", "= (g_rest - g_sra)/tau_sra", StringComparison.Ordinal)
        .Replace("g_sra += g_adapt", "g_sra = keep*g_sra + g_adapt", StringComparison.Ordinal)
        .Replace("start: 0 nS", "start: g_start", StringComparison.Ordinal)
        .Replace("parameters:", "parameters:\n  g_start: {default: 0 nS}\n  g_rest: {default: 0 nS}\n  keep: {default: 1}", StringComparison.Ordinal));

    public static TheoryData<int, string, int> Seeds => new()
    {
        { 1, "braking", 400 }, { 2, "braking", 400 }, { 3, "depolarising", 200 }, { 4, "depolarising", 200 }, { 5, "both", 20 }, { 6, "both", 20 }, { 7, "bistable", 100 }, { 8, "bistable", 100 },
    };

    [Theory]
    [InlineData(-1, 0.5, 0.2, true)]
    // It drives V on at threshold, or at reset alone.
    [InlineData(-1, 0.5, -0.2, false)]
    [InlineData(0, 0.5, 0.2, false)]
    [InlineData(0, -0.5, 0.2, true)]
    public void Only_what_works_against_the_upstroke_at_every_level_brakes(double pull, double coupling, double x, bool brakes)
    {
        var point = new AdaptingPoint { Drift = 1, Leak = 1, Rate = 1, Reset = -1, Keep = 1, Pull = pull, Coupling = coupling };
        Assert.True(ReturnMap.IsStraight(point, x));
        Assert.Equal(brakes, ReturnMap.IsBraked(point, x));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void The_map_gives_the_rate_to_which_the_train_goes(int seed, string kind, int least)
    {
        var random = new Random(seed);
        double[] parameters = [.. Enumerable.Range(0, Count).SelectMany(_ => RandomNeuron(random, kind))];
        var settings = new FISettings("I_app", new StepStimulus(2), 1e-9);
        ModelCode code = Neuron.Code(Starting, SweptStarting);
        foreach (Question question in new[] { Question.SteadyRate, Question.Measures })
        {
            PointAnswer[] map = Answers(code, settings, question, parameters, asksMap: true), train = Answers(code, settings, question, parameters, asksMap: false);
            var wrong = new List<string>();
            int compared = 0;
            for (int i = 0; i < Count; i++)
            {
                if (train[i].Status != PointStatus.Ok || map[i].Method != AdaptingSimulation.MethodOfMap)
                {
                    continue;
                }

                compared++;
                if (Math.Abs(map[i].Rate - train[i].Rate) > 1e-7 * train[i].Rate)
                {
                    wrong.Add(FormattableString.Invariant($"{map[i].Rate:R} Hz for {train[i].Rate:R} Hz: {string.Join(", ", parameters[(i * SweptStarting.Length)..((i + 1) * SweptStarting.Length)])}"));
                }
            }

            Assert.True(wrong.Count == 0, $"seed {seed}, {question}: {wrong.Count} of {compared} differ:\n{string.Join('\n', wrong.Take(20))}");
            Assert.InRange(compared, least, Count);
        }
    }

    // Spikes that multiply a conductance that drives: where it has not decayed enough between them, it runs away, and the rate goes to 1/tau_ref; else there is a steady rate
    // far below. Between the two is a fixed point that repels trains, near which some start.
    private static double[] BistableNeuron(Random random)
    {
        double Powers(double low, double high) => low * Math.Pow(high / low, random.NextDouble());
        double g_L = Powers(2e-9, 30e-9), tau_sra = Powers(10e-3, 50e-3), keep = Powers(1.1, 3), tau_m = 100e-12 / g_L;
        double separatrix = 0.4 * g_L / (Math.Pow(keep, tau_sra / tau_m) - 1);
        return
        [
            -80e-3, 20e-3 * random.NextDouble(), g_L, tau_sra, separatrix * Powers(1e-4, 1e-2), 0.01 * tau_sra, g_L * 25e-3 * (1 + Powers(1e-6, 1e-3)), separatrix * Powers(0.1, 30),
            0, keep,
        ];
    }

    // Adaptation below V_reset brakes; above V_th it drives, and neurons may fire at several rates; in between it does both, and the map is not monotone.
    private static double[] RandomNeuron(Random random, string kind)
    {
        double Between(double low, double high) => low + (high - low) * random.NextDouble();
        double Powers(double low, double high) => low * Math.Pow(high / low, random.NextDouble());
        if (kind == "bistable")
        {
            return BistableNeuron(random);
        }

        double V_reset = Between(-90e-3, -52e-3);
        double E_K = kind switch
        {
            "braking" => Between(-110e-3, V_reset),
            "depolarising" => Between(-50e-3, 20e-3),
            _ => Between(V_reset, -50e-3),
        };
        double g_adapt = Powers(0.05e-9, 30e-9);
        return
        [
            V_reset, E_K, Powers(2e-9, 30e-9), Powers(2e-3, 500e-3), g_adapt, Between(0.5e-3, 20e-3), Between(0, 700e-12), random.Next(2) == 0 ? 0 : g_adapt * Between(0, 20),
            random.Next(2) == 0 ? 0 : g_adapt * Between(0, 2), random.Next(2) == 0 ? 1 : Between(0, 1),
        ];
    }

    private static PointAnswer[] Answers(ModelCode code, FISettings settings, Question question, double[] parameters, bool asksMap)
    {
        int count = parameters.Length / code.Swept.Count;
        var answers = new PointAnswer[count];
        foreach (int left in new AdaptingSimulation(AdaptingNeuron.Of(code, settings)!, code, settings) { AsksMap = asksMap }
            .Run(question, parameters, [.. Enumerable.Range(0, count)], answers, default))
        {
            answers[left] = PointAnswer.Without(PointStatus.NotConverged, "left");
        }

        return answers;
    }
}
