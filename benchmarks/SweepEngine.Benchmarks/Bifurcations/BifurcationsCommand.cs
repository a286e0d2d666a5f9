using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using SweepEngine.Benchmarks.Peers;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Benchmarks.Bifurcations;

/// <summary>
/// <c>bifurcations</c>: computes diagrams of equilibria and cycles with the engine and, where it is installed, with AUTO-07p, and writes values and times side by side to
/// benchmarks/results/&lt;cpu&gt;/bifurcations.md.
/// </summary>
public static class BifurcationsCommand
{
    private static readonly int[] s_intervals = [50, 70, 85, 100, 300], s_newton = [5, 7];

    /// <summary>Runs the command.</summary>
    /// <param name="args">Perhaps the number of diagrams in a sweep, 1000 by default; with 0 only the single ones are computed, and nothing is written.</param>
    /// <returns>0, or 2 for wrong arguments.</returns>
    public static int Run(string[] args)
    {
        int many = 1000;
        if (args.Length > 1 || (args.Length == 1 && !(int.TryParse(args[0], CultureInfo.InvariantCulture, out many) && many >= 0)))
        {
            Console.Error.WriteLine("bifurcations: give perhaps the number of diagrams in a sweep: bifurcations 1000");
            return 2;
        }

        var page = new StringBuilder();
        page.AppendLine(CultureInfo.InvariantCulture, $"""
            # Bifurcation diagrams beside AUTO-07p

            Written by `dotnet run -c Release --project benchmarks/SweepEngine.Benchmarks -- bifurcations` on
            {PeersPage.Processor}, one thread. A diagram has the equilibria and the cycles of the range, with all bifurcations; time is processor time.

            - SweepEngine: {RuntimeInformation.FrameworkDescription}; alone (median of {Repetitions}), the first one with what the just-in-time compiler takes, and per diagram of a sweep of {many} parameter sets on one core. No
              settings. *Same work*: without the branches of doubled cycles, which AUTO-07p is not asked for.
            - AUTO-07p: the distribution's package, usual settings (NCOL 4, EPSL and EPSU 1e-7, EPSS 1e-5, DSMAX 5; ITNW 5 or 7, whichever finds more, else whichever is faster), with finite differences, from each Hopf point that no branch has reached. It runs on past Hopf points and along ever longer periods: only what comes before counts, as if a person had known where to stop;
              the start of its processes (about 5 ms) is in its time, a mean of {AutoProgram.Repetitions} runs. Numbers are in display units of the models; *difference* is from the engine's value.
            - *Error*: the largest one of folds of cycles (of equilibria: of Hopf points), relative to the drive, from what the engine finds on meshes {Refinement} times as fine.
            """);
        foreach (DiagramWorkload workload in DiagramWorkload.All)
        {
            Write(page, workload, many);
        }

        Console.WriteLine(page);
        if (many > 0)
        {
            string folder = Path.Combine(PeersCommand.Reference, "..", "results", PeersPage.ProcessorFolder);
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, "bifurcations.md"), page.ToString());
        }

        return 0;
    }

    private const int Repetitions = 15;

    private const int Refinement = 3;

    private const string NotFound = "not found";

    private static void Write(StringBuilder page, DiagramWorkload workload, int many)
    {
        Engine whole = new(workload, 1, followsDoublings: true), same = new(workload, 1, followsDoublings: false);
        ReportedDiagram first = whole.Alone(1), ours = whole.Alone(Repetitions), sameWork = same.Alone(Repetitions), reference = new Engine(workload, Refinement, followsDoublings: false).Alone(1);
        List<ReportedDiagram> others = [];
        string folder = Directory.CreateTempSubdirectory("bifurcations").FullName;
        try
        {
            if (AutoProgram.Compile(workload, folder) is { } auto)
            {
                // Of two usual settings the one that finds more of the points, of equal ones the faster one.
                others.AddRange(s_intervals.Select(intervals => s_newton.Select(newton => auto.Run(intervals, newton))
                    .OrderBy(diagram => Missed(ours.Points, diagram.Points)).ThenBy(diagram => diagram.Seconds).First()));
            }
            else
            {
                page.AppendLine("\nAUTO-07p is missing (Debian: apt-get install auto-07p gfortran).");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        page.AppendLine(CultureInfo.InvariantCulture, $"\n## {workload.Name}, drive from {workload.Lowest} to {workload.Highest}\n");
        page.AppendLine("| program | time per diagram [ms] | error of LPC | of HB | ends |\n|---|--:|--:|--:|---|");
        WriteRow("SweepEngine, alone", ours, ours.Seconds);
        WriteRow("SweepEngine, alone, the first one", first, first.Seconds);
        WriteRow("SweepEngine, alone, same work", sameWork, sameWork.Seconds);
        if (many > 0)
        {
            WriteRow($"SweepEngine, of {many}", ours, whole.Each(many));
            WriteRow($"SweepEngine, of {many}, same work", sameWork, same.Each(many));
        }

        foreach (ReportedDiagram other in others)
        {
            WriteRow(other.Program, other, other.Seconds);
        }

        void WriteRow(string program, ReportedDiagram diagram, double seconds) => page.AppendLine(CultureInfo.InvariantCulture,
            $"| {program} | {1000 * seconds:0.0} | {Error("LPC", reference, diagram)} | {Error("HB", reference, diagram)} | {diagram.Remark} |");

        page.AppendLine(CultureInfo.InvariantCulture, $"\n| | drive | period [ms] |{string.Concat(others.Select(other => $" {other.Program}: difference |"))}\n|---|--:|--:|{string.Concat(others.Select(_ => "--:|"))}");
        List<ReportedPoint>[] left = [.. others.Select(other => other.Points.Where(point => point.Drive >= workload.Lowest).ToList())];
        foreach (ReportedPoint point in ours.Points)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {point.Kind} | {point.Drive:0.000000000} | {point.Period:0.000000} |{string.Concat(left.Select(points => $" {Difference(point, points)} |"))}");
        }

        for (int i = 0; i < others.Count; i++)
        {
            foreach (ReportedPoint point in left[i])
            {
                page.AppendLine(CultureInfo.InvariantCulture, $"| {point.Kind} | | |{string.Concat(others.Select((_, k) => k == i ? $" {point.Drive:0.00000000}, period {point.Period:0.0000} |" : " |"))}");
            }
        }
    }

    private static int Missed(IReadOnlyList<ReportedPoint> points, IEnumerable<ReportedPoint> others)
    {
        List<ReportedPoint> left = [.. others];
        return points.Count(point => Difference(point, left) == NotFound);
    }

    // Of the nearest point of the same kind, which counts once; empty where there is none.
    private static string Difference(ReportedPoint point, List<ReportedPoint> points)
    {
        ReportedPoint? nearest = points.Where(other => other.Kind == point.Kind && IsNear(point, other)).MinBy(other => Math.Abs(other.Drive - point.Drive));
        if (nearest is null)
        {
            return NotFound;
        }

        points.Remove(nearest);
        return (nearest.Drive - point.Drive).ToString("0.0e-0", CultureInfo.InvariantCulture);
    }

    // The largest one, relative.
    private static string Error(string kind, ReportedDiagram reference, ReportedDiagram diagram)
    {
        double[] errors = [.. reference.Points.Where(point => point.Kind == kind).Select(point => diagram.Points.Where(other => other.Kind == kind && IsNear(point, other)).Select(other => Math.Abs((other.Drive / point.Drive) - 1))
            .DefaultIfEmpty(double.NaN).Min())];
        int missed = errors.Count(double.IsNaN);
        return missed > 0 ? $"{missed} not found" : errors.Length == 0 ? "" : errors.Max().ToString("0.0e-0", CultureInfo.InvariantCulture);
    }

    private static bool IsNear(ReportedPoint point, ReportedPoint other) =>
        Math.Abs(other.Drive - point.Drive) < 1e-4 * (1 + Math.Abs(point.Drive)) && !(Math.Abs((other.Period / point.Period) - 1) > 0.01);

    private static double Time(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }

    // The engine with a workload.
    private sealed class Engine
    {
        private readonly DiagramWorkload _workload;
        private readonly ModelDefinition _model;
        private readonly DiagramKernel _kernel;
        private readonly Unit _drive;
        private readonly double _low, _high;
        private readonly double[] _own;

        public Engine(DiagramWorkload workload, double refinement, bool followsDoublings)
        {
            (_workload, _model) = (workload, ModelLibrary.Find(workload.Model)!);
            var fixedSI = workload.Fixed.ToDictionary(pair => pair.Key, pair => Quantity.TryParse(pair.Value, out Quantity value) ? value.SI : throw new InvalidOperationException(pair.Value));
            ModelCode code = ModelCode.Compile(_model, fixedSI, [.. workload.Varied.Select(varied => varied.Parameter), "I_app"]);
            _kernel = new DiagramKernel(code, "I_app", refinement, followsDoublings);
            _drive = _model.Parameter("I_app")!.Unit;
            (_low, _high) = (_drive.ToSI(workload.Lowest), _drive.ToSI(workload.Highest));
            _own = [.. workload.Varied.Select(varied => fixedSI.GetValueOrDefault(varied.Parameter, _model.Parameter(varied.Parameter)!.Default.SI)), 0];
        }

        // Its own parameters, and the median of the times.
        public ReportedDiagram Alone(int repetitions)
        {
            Diagram diagram = Diagram.Empty;
            double[] times = [.. Enumerable.Range(0, repetitions).Select(_ => Time(() => diagram = _kernel.Curves(_own, _low, _high)[0])).Order()];
            ReportedPoint[] points =
            [
                .. diagram.Points.Select(point => new ReportedPoint(
                    point.Kind.Text(), point.Drive / _drive.ToSI(1), point.Kind is BifurcationKind.Hopf or BifurcationKind.Fold ? double.NaN : 1000 * point.Period)),
            ];
            return new ReportedDiagram("SweepEngine", points, times[repetitions / 2], diagram.Status);
        }

        // Time per diagram of a sweep.
        public double Each(int many)
        {
            var random = new Random(1);
            double[] sets = [.. Enumerable.Range(0, many).SelectMany(_ => _workload.Varied.Select(varied =>
                _model.Parameter(varied.Parameter)!.Unit.ToSI(varied.Low + (random.NextDouble() * (varied.High - varied.Low)))).Append(0))];
            return Time(() => _kernel.Curves(sets, _low, _high)) / many;
        }
    }
}
