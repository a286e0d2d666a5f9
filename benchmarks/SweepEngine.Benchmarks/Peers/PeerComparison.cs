namespace SweepEngine.Benchmarks.Peers;

/// <summary>What a program's runs gave together.</summary>
/// <param name="Program">The program.</param>
/// <param name="Points">Points that it computed.</param>
/// <param name="Runs">How often it was run.</param>
/// <param name="Seconds">Median time of the computation [s]: processor time on one thread, wall time on several.</param>
/// <param name="Spread">Half of the range of these times, as a part of the median.</param>
/// <param name="Busy">Lowest ratio of processor time per thread to wall time: well below 1 the machine was not ours alone.</param>
/// <param name="Steps">Steps of all points together.</param>
/// <param name="Preparation">Preparation before the first run [s]; NaN where it is reported elsewhere.</param>
/// <param name="MedianError">Median relative error of the rate.</param>
/// <param name="HighError">99th percentile of the relative error of the rate.</param>
/// <param name="OtherCounts">Part of the points whose number of spikes is not that of the converged solution; NaN where they are not counted.</param>
public sealed record PeerResult(
    PeerProgram Program, int Points, int Runs, double Seconds, double Spread, double Busy, double Steps, double Preparation,
    double MedianError, double HighError, double OtherCounts)
{
    /// <summary>Part of the lanes of the engine's registers that held a point; NaN where there are none.</summary>
    public double BusyLanes { get; init; } = double.NaN;

    /// <summary>Points per second.</summary>
    public double PointsPerSecond => Points / Seconds;
}

/// <summary>The programs on one workload, run in alternation.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Results">In the order of the programs.</param>
/// <param name="Check">The other programs' converged solution against the engine's; null without g++.</param>
public sealed record PeerComparison(Workload Workload, IReadOnlyList<PeerResult> Results, PeerResult? Check)
{
    /// <summary>Tolerance of the engine's converged solution.</summary>
    public const double ConvergedTolerance = 1e-11;

    // Programs that take longer to run or to prepare [s] are run once.
    private const double LongRun = 5;

    /// <summary>Runs the programs: first all of them once, then all of them again, and so on.</summary>
    /// <remarks>
    /// The engine times a spike of a smooth model at its maximum, the other programs at the crossing of the threshold. Where firing has
    /// not settled by the end, the last intervals differ; so each side has a converged solution of its own, and the two are compared.
    /// </remarks>
    /// <param name="workload">The workload.</param>
    /// <param name="programs">The programs.</param>
    /// <param name="check">Computes the converged solution of the other programs; or null, then the engine does.</param>
    /// <param name="points">The points, shape [points × axes].</param>
    /// <param name="threads">Threads of each program.</param>
    /// <param name="repetitions">Runs of each program.</param>
    /// <param name="said">Receives a line for each run.</param>
    public static PeerComparison Of(
        Workload workload, IReadOnlyList<PeerProgram> programs, PeerProgram? check, double[] points, int threads, int repetitions,
        Action<string> said)
    {
        string folder = Directory.CreateTempSubdirectory("peers").FullName;
        try
        {
            PeerRun ours = new SweepEngineProgram(workload, ConvergedTolerance).Run(points, threads, folder);
            PeerRun steady = new SteadyRateProgram(workload, ConvergedTolerance).Run(points, threads, folder);
            PeerRun others = check?.Run(points, threads, folder) ?? ours;
            PeerResult? compared = check is null ? null : Result(check, [others], ours, threads);
            List<PeerRun>[] runs = [.. programs.Select(_ => new List<PeerRun>())];
            for (int repetition = 0; repetition < repetitions; repetition++)
            {
                for (int i = 0; i < programs.Count; i++)
                {
                    PeerProgram program = programs[i];
                    if (repetition > 0 && runs[i][0] is { Wall: > LongRun } or { Preparation: > LongRun })
                    {
                        continue;
                    }

                    int count = Math.Min(points.Length / 3, program.MostPoints);
                    PeerRun run = program.Run(points[..(3 * count)], threads, folder);
                    runs[i].Add(run);
                    said(FormattableString.Invariant(
                        $"{workload.Name} {program.Name}, {program.Accuracy}: {run.Processor / threads:0.0000} s"));
                }
            }

            return new PeerComparison(
                workload,
                [.. programs.Select((program, i) => Result(
                    program, runs[i], program switch { SweepEngineProgram => ours, SteadyRateProgram => steady, _ => others }, threads))],
                compared);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>
    /// Our points per second at an error: the most that one of our tolerances with no larger error reaches, or between two of them by a line in the logarithms of both;
    /// NaN below the error of our tightest tolerance.
    /// </summary>
    /// <typeparam name="TOurs">Which of our programs.</typeparam>
    /// <param name="error">The error.</param>
    /// <param name="of">Which error of a result.</param>
    public double OursAt<TOurs>(double error, Func<PeerResult, double> of)
        where TOurs : EngineProgram
    {
        PeerResult[] ours = [.. Results.Where(result => result.Program is TOurs).OrderByDescending(of)];
        if (ours.Length == 0 || error < of(ours[^1]))
        {
            return double.NaN;
        }

        double fastest = ours.Where(result => of(result) <= error).Max(result => result.PointsPerSecond);
        int above = Array.FindLastIndex(ours, result => of(result) >= error);
        if (above < 0 || above == ours.Length - 1 || of(ours[above + 1]) == 0)
        {
            return fastest;
        }

        double first = Math.Log(of(ours[above])), second = Math.Log(of(ours[above + 1]));
        double part = (Math.Log(error) - first) / (second - first);
        return Math.Max(fastest, Math.Pow(ours[above].PointsPerSecond, 1 - part) * Math.Pow(ours[above + 1].PointsPerSecond, part));
    }

    private static PeerResult Result(PeerProgram program, List<PeerRun> runs, PeerRun converged, int threads)
    {
        PeerRun first = runs[0];
        double[] times = [.. runs.Select(run => threads == 1 ? run.Processor : run.Wall).Order()];
        int count = first.Rate.Length;
        double[] errors =
        [
            .. Enumerable.Range(0, count).Where(i => converged.Rate[i] > 0)
                .Select(i => Math.Abs(first.Rate[i] / converged.Rate[i] - 1)).Order(),
        ];
        return new PeerResult(program, count, runs.Count, times[times.Length / 2], (times[^1] - times[0]) / 2 / times[times.Length / 2],
            runs.Min(run => run.Processor / threads / run.Wall), first.Steps, first.Preparation, errors[errors.Length / 2],
            errors[(int)Math.Ceiling(0.99 * errors.Length) - 1],
            first.SpikeCount.Any(double.IsNaN) ? double.NaN : Enumerable.Range(0, count).Count(i => first.SpikeCount[i] != converged.SpikeCount[i]) / (double)count)
        {
            BusyLanes = first.BusyLanes,
        };
    }
}
