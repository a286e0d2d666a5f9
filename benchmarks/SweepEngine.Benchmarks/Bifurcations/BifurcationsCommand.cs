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
    private static readonly int[] s_intervals = [50, 100, 300], s_newton = [5, 7];

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

            - SweepEngine: {RuntimeInformation.FrameworkDescription}, compiled before; alone (median of {Repetitions}), and per diagram of a sweep of {many} parameter sets on one core. No settings.
            - AUTO-07p: the distribution's package, usual settings (NCOL 4, EPSL and EPSU 1e-7, EPSS 1e-5, DSMAX 5; ITNW 5 or 7, whichever finds more, else whichever is faster), with finite differences, from each Hopf point that no branch has reached. It runs on past Hopf points and along ever longer periods: only what comes before counts, as if a person had known where to stop;
              the start of its processes (about 5 ms) is in its time. Numbers are in display units of the models; *difference* is from the engine's value.
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

    private const int Repetitions = 5;

    private const string NotFound = "not found";

    private static void Write(StringBuilder page, DiagramWorkload workload, int many)
    {
        (ReportedDiagram ours, double each) = Ours(workload, many);
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
        page.AppendLine("| program | time per diagram [ms] | ends |\n|---|--:|---|");
        page.AppendLine(CultureInfo.InvariantCulture, $"| {ours.Program}, alone | {1000 * ours.Seconds:0.0} | {ours.Remark} |");
        if (many > 0)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {ours.Program}, of {many} | {1000 * each:0.00} | |");
        }

        foreach (ReportedDiagram other in others)
        {
            page.AppendLine(CultureInfo.InvariantCulture, $"| {other.Program} | {1000 * other.Seconds:0} | {other.Remark} |");
        }

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
        ReportedPoint? nearest = points.Where(other => other.Kind == point.Kind && Math.Abs(other.Drive - point.Drive) < 1e-4 * (1 + Math.Abs(point.Drive))
            && !(Math.Abs((other.Period / point.Period) - 1) > 0.01)).MinBy(other => Math.Abs(other.Drive - point.Drive));
        if (nearest is null)
        {
            return NotFound;
        }

        points.Remove(nearest);
        return (nearest.Drive - point.Drive).ToString("0.0e-0", CultureInfo.InvariantCulture);
    }

    private static (ReportedDiagram Alone, double Each) Ours(DiagramWorkload workload, int many)
    {
        ModelDefinition model = ModelLibrary.Find(workload.Model)!;
        var fixedSI = workload.Fixed.ToDictionary(pair => pair.Key, pair => Quantity.TryParse(pair.Value, out Quantity value) ? value.SI : throw new InvalidOperationException(pair.Value));
        ModelCode code = ModelCode.Compile(model, fixedSI, [.. workload.Varied.Select(varied => varied.Parameter), "I_app"]);
        Unit drive = model.Parameter("I_app")!.Unit;
        var kernel = new DiagramKernel(code, "I_app");
        double low = drive.ToSI(workload.Lowest), high = drive.ToSI(workload.Highest);
        double[] own = [.. workload.Varied.Select(varied => fixedSI.GetValueOrDefault(varied.Parameter, model.Parameter(varied.Parameter)!.Default.SI)), 0];
        Diagram diagram = kernel.Curves(own, low, high)[0];
        double[] times = [.. Enumerable.Range(0, Repetitions).Select(_ => Time(() => kernel.Curves(own, low, high))).Order()];
        ReportedPoint[] points =
        [
            .. diagram.Points.Select(point => new ReportedPoint(
                point.Kind.Text(), point.Drive / drive.ToSI(1), point.Kind is BifurcationKind.Hopf or BifurcationKind.Fold ? double.NaN : 1000 * point.Period)),
        ];
        double each = double.NaN;
        if (many > 0)
        {
            var random = new Random(1);
            double[] sets = [.. Enumerable.Range(0, many).SelectMany(_ => workload.Varied.Select(varied =>
                model.Parameter(varied.Parameter)!.Unit.ToSI(varied.Low + (random.NextDouble() * (varied.High - varied.Low)))).Append(0))];
            each = Time(() => kernel.Curves(sets, low, high)) / many;
        }

        return (new ReportedDiagram("SweepEngine", points, times[Repetitions / 2], diagram.Status), each);
    }

    private static double Time(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime;
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
