using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>
/// <c>shooting</c>: what Newton's method on the map from one period to the next could save at most, beside following the train until its intervals are known to converge.
/// </summary>
/// <remarks>
/// In favour of shooting: its errors are squared by a step, with the factor 1, in units of each variable's range; the best number of steps (1 to 3) and the best period to begin
/// with are known before, as is how many spikes a period has. A step needs the periods of n − 1 changed states, in the plane of the spike, and that of the new state, which tells
/// whether it is the last. Whether the orbit is the one that the train goes to costs nothing. Points where following is cheaper are followed.
/// </remarks>
public static class ShootingCommand
{
    private const double TrainTolerance = 1e-10;
    private static readonly double[] s_tolerances = [1e-6, 1e-10];

    // Drives as in the examples; the trains are long enough to converge where they do.
    private static readonly Workload[] s_workloads =
    [
        new("hodgkin_huxley", [("E_L", -54.4, "mV")], "I_app", 0, 160, "uA/cm^2", 64, 1),
        new("hodgkin_huxley_markov", [], "I_app", 0, 40, "uA/cm^2", 41, 1),
        new("connor_stevens", [], "I_app", -10, 30, "uA/cm^2", 81, 2),
        new("wang_buzsaki", [], "I_app", 0, 20, "uA/cm^2", 81, 2),
        new("traub_miles", [], "I_app", -1, 5, "uA/cm^2", 61, 2),
        new("morris_lecar", [], "I_app", 0, 250, "uA/cm^2", 101, 20),
        new("morris_lecar", [("g_Ca", 4, "mS/cm^2"), ("V_3", 12, "mV"), ("V_4", 17.4, "mV"), ("phi", 0.066667, "1")], "I_app", 0, 150, "uA/cm^2", 101, 20),
        new("morris_lecar", [("g_Ca", 4, "mS/cm^2"), ("V_3", 12, "mV"), ("V_4", 17.4, "mV"), ("phi", 0.23, "1")], "I_app", 30, 50, "uA/cm^2", 101, 20),
        new("fitzhugh_nagumo", [], "I", 0, 1.6, "1", 81, 10),
        new("thalamic_rebound", [("g_T", 1, "mS/cm^2"), ("theta_h", -79, "mV"), ("k_h", 5, "mV"), ("sigma_Na", 6, "mV"), ("g_L", 0.12, "mS/cm^2"), ("E_L", -70, "mV")],
            "I_app", -2, 2, "uA/cm^2", 41, 40),
        new("pinsky_rinzel", [], "I_s", -1, 3, "uA/cm^2", 33, 60),
        new("hindmarsh_rose", [], "I", 0, 4.5, "1", 46, 40),
    ];

    /// <summary>Runs the command.</summary>
    /// <param name="args">Names of models of the list; all of it if there are none.</param>
    /// <returns>0, or 2 for a name that is not in the list.</returns>
    public static int Run(string[] args)
    {
        if (args.FirstOrDefault(name => s_workloads.All(each => each.Model != name)) is { } wrong)
        {
            Console.Error.WriteLine($"shooting: {wrong} is none of {string.Join(", ", s_workloads.Select(each => each.Model).Distinct())}.");
            return 2;
        }

        Console.Out.WriteLine("""
            # What shooting could save

            Written by `dotnet run -c Release --project benchmarks/SweepEngine.Benchmarks -- shooting`. Steps are counted, so the numbers are those of any machine.

            Points that end as soon as their steady rate is known: how many spikes they are followed for, and how many Newton's method on the map from one period to the next would need
            if all that it has to find out were known before: that the train comes to this orbit, how many spikes a period has, when to begin, and when to stop. *Steps saved* is the part of all
            steps of the workload, points that do not fire or do not become periodic among them.

            """);
        Console.Out.WriteLine("| model | tolerance | points that fire | of them periodic | spikes until accepted: mean | median | 90 % | with shooting, at least: mean | steps saved, at most |");
        Console.Out.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (Workload each in s_workloads.Where(each => args.Length == 0 || args.Contains(each.Model)))
        {
            Measure(each);
        }

        return 0;
    }

    private static void Measure(Workload workload)
    {
        ModelDefinition model = ModelLibrary.Find(workload.Model)!;
        ModelCode code = ModelCode.Compile(model, workload.Fixed.ToDictionary(each => each.Name, each => Unit.Parse(each.Unit)!.ToSI(each.Value)), [workload.Drive]);
        List<(double Time, double[] State)>[] trains = [.. Enumerable.Range(0, workload.Count).Select(_ => new List<(double, double[])>())];
        Ask(workload, code, TrainTolerance, Question.Trace, (point, time, state) => trains[point].Add((time, state)));
        foreach (double tolerance in s_tolerances)
        {
            PointAnswer[] answers = Ask(workload, code, tolerance, Question.SteadyRate, null);
            int[] firing = [.. Enumerable.Range(0, workload.Count).Where(i => answers[i].Rate > 0)];
            long[] now = [.. firing.Select(i => answers[i].Train.Count)];
            long?[] least = [.. firing.Select(i => LeastSpikes(trains[i], model.States.Count, tolerance))];
            double[] shot = [.. now.Zip(least, (spikes, bound) => (double)Math.Min(spikes, bound ?? spikes))];
            double steps = answers.Sum(each => (double)each.Steps);
            double saved = firing.Select((point, i) => answers[point].Steps * (1 - shot[i] / now[i])).Sum();
            long[] sorted = [.. now.Order()];
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""
                | {workload.Model}{(workload.Fixed.Length == 0 ? "" : ", " + string.Join(", ", workload.Fixed.Select(p => $"{p.Name} {p.Value}")))} | {tolerance:0e-0} | {now.Length} of {workload.Count} | {least.Count(l => l is not null)} | {now.Average():0.0} | {sorted[now.Length / 2]} | {sorted[now.Length * 9 / 10]} | {shot.Average():0.0} | {saved / steps:0 %} |
                """));
        }
    }

    // As long as they take to be accepted, or, as a trace, for the time that trains are looked at.
    private static PointAnswer[] Ask(Workload workload, ModelCode code, double tolerance, Question question, Action<int, double, double[]>? peak)
    {
        double duration = question == Question.Trace ? workload.Duration : 30 * workload.Duration;
        var settings = new FISettings(workload.Drive, new StepStimulus(duration), tolerance);
        var simulation = new TileSimulation(code, settings, Integrator.Explicit, new Lazy<Linearization>(() => new Linearization(code))) { PeakSeen = peak };
        double unit = Unit.Parse(workload.Unit)!.ToSI(1);
        double[] drives = [.. Enumerable.Range(0, workload.Count).Select(i => unit * (workload.From + (workload.To - workload.From) * i / (workload.Count - 1)))];
        int[] points = [.. Enumerable.Range(0, workload.Count)];
        var answers = new PointAnswer[workload.Count];
        simulation.Run(drives, [.. points.Select(i => (long)i)], new PointList(question, points), answers, CancellationToken.None);
        return answers;
    }

    // Spikes that any shooting needs; null where the train did not become periodic.
    private static long? LeastSpikes(List<(double Time, double[] State)> train, int states, double tolerance)
    {
        if (train.Count < 3 * FISettings.LongestCycle || Cycle(train) is not { } cycle)
        {
            return null;
        }

        double[] end = train[^1].State;
        double[] range = [.. Enumerable.Range(0, states).Select(i => train.Max(spike => Math.Abs(spike.State[i] - end[i])) + 1e-9 * Math.Abs(end[i]))];
        long least = long.MaxValue;
        for (int newton = 1; newton <= 3; newton++)
        {
            // What so many squarings bring below the difference that is taken for agreement.
            double reach = Math.Pow(TileSimulation.AgreementPart * tolerance, Math.Pow(0.5, newton));
            int last = train.Count - 1;
            while (last >= 0 && Distance(train[last].State, train[train.Count - 1 - (train.Count - 1 - last) % cycle].State, range) <= reach)
            {
                last--;
            }

            least = Math.Min(least, last + 2 + newton * states * cycle);
        }

        return least;
    }

    private static double Distance(double[] state, double[] end, double[] range) => state.Select((value, i) => Math.Abs(value - end[i]) / range[i]).Max();

    // Fewest spikes after which the train's last intervals repeat.
    private static int? Cycle(List<(double Time, double[] State)> train)
    {
        double Interval(int back) => train[^(back + 1)].Time - train[^(back + 2)].Time;
        for (int cycle = 1; cycle <= FISettings.LongestCycle; cycle++)
        {
            if (Enumerable.Range(0, cycle).All(i => Math.Abs(Interval(i) - Interval(i + cycle)) <= 1e-6 * Interval(i)))
            {
                return cycle;
            }
        }

        return null;
    }

    private sealed record Workload(
        string Model, (string Name, double Value, string Unit)[] Fixed, string Drive, double From, double To, string Unit, int Count, double Duration);
}
