using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>What one run of a program gave.</summary>
/// <param name="Wall">Time of the computation [s].</param>
/// <param name="Processor">Processor time of the computation, all threads together [s].</param>
/// <param name="Steps">Steps of all points together.</param>
/// <param name="Preparation">Time of what comes before the computation, such as compiling [s]; NaN where it is reported elsewhere.</param>
/// <param name="Rate">1/last interval between spikes of each point [Hz], 0 with fewer than two spikes; of <see cref="SteadyRateProgram"/> its limit.</param>
/// <param name="SpikeCount">Spikes of each point; NaN where they are not counted.</param>
public sealed record PeerRun(double Wall, double Processor, double Steps, double Preparation, double[] Rate, double[] SpikeCount)
{
    /// <summary>Part of the lanes of the engine's registers that held a point; NaN where there are none.</summary>
    public double BusyLanes { get; init; } = double.NaN;
}

/// <summary>A program that computes a workload, at one accuracy.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Accuracy">Its step or tolerance, in words.</param>
public abstract record PeerProgram(Workload Workload, string Name, string Accuracy)
{
    /// <summary>Points that it computes at most, from the start of the list.</summary>
    public virtual int MostPoints => int.MaxValue;

    /// <summary>Computes the points.</summary>
    /// <param name="points">In the units of the axes, shape [points × axes].</param>
    /// <param name="threads">Number of threads.</param>
    /// <param name="folder">Where it may write.</param>
    public abstract PeerRun Run(double[] points, int threads, string folder);

    /// <summary>Runs a command to its end; what it printed.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    protected internal static string Command(string folder, string file, params string[] arguments)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output
            : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)}: {errors.Result}");
    }

    // Numbers that a program printed, and the rows that it wrote.
    private protected static PeerRun Read(string printed, string rates)
    {
        double[] said = Numbers(printed);
        double[] rows = MemoryMarshal.Cast<byte, double>(File.ReadAllBytes(rates)).ToArray();
        return new PeerRun(said[0], said[1], said[2], said.Length > 3 ? said[3] : double.NaN,
            [.. rows.Where((_, i) => i % 2 == 0)], [.. rows.Where((_, i) => i % 2 == 1)]);
    }

    private protected static double[] Numbers(string text) =>
    [
        .. text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(word => double.Parse(word, CultureInfo.InvariantCulture)),
    ];

    private protected static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A program of benchmarks/reference.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Program">Its executable.</param>
/// <param name="Method">Its method, in words.</param>
/// <param name="Way">scalar, simd or avx512.</param>
/// <param name="Step">Its step [ms].</param>
public sealed record CppProgram(Workload Workload, string Program, string Method, string Way, double Step)
    : PeerProgram(Workload, $"C++ {Way}, {Method}", $"{Text(Step)} ms")
{
    /// <inheritdoc/>
    public override PeerRun Run(double[] points, int threads, string folder)
    {
        string input = Path.Combine(folder, "points"), output = Path.Combine(folder, "rates");
        Workload.Write(points, input);
        return Read(Command(folder, Program, Way, input, Text(Step), Text(threads), output), output);
    }
}

/// <summary>Brian 2.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Python">A Python that has Brian.</param>
/// <param name="Script">brian.py.</param>
/// <param name="Method">Brian's name of the method.</param>
/// <param name="Target">cpp_standalone, cython or numpy.</param>
/// <param name="Step">Its step [ms].</param>
public sealed record BrianProgram(Workload Workload, string Python, string Script, string Method, string Target, double Step)
    : PeerProgram(Workload, $"Brian 2 {Target}, {Method}", $"{Text(Step)} ms")
{
    /// <inheritdoc/>
    public override PeerRun Run(double[] points, int threads, string folder)
    {
        string input = Path.Combine(folder, "points"), output = Path.Combine(folder, "rates");
        Workload.Write(points, input);
        string built = Path.Combine(folder, $"{Workload.Name}-{Target}");
        return Read(
            Command(
                folder, Python, "-W", "ignore", Script, Workload.Model, Method, Target, input, Text(Step), Text(threads), output, built),
            output);
    }
}

/// <summary>XPPAUT, one process for each point, on one thread: its start is part of the time.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Ode">The workload's .ode file.</param>
/// <param name="Step">Its step [ms].</param>
public sealed record XppProgram(Workload Workload, string Ode, double Step)
    : PeerProgram(Workload, "XPPAUT, Runge–Kutta 4", $"{Text(Step)} ms")
{
    /// <inheritdoc/>
    public override int MostPoints => 64;

    /// <inheritdoc/>
    public override PeerRun Run(double[] points, int threads, string folder)
    {
        string[] lines = File.ReadAllLines(Ode);
        int par = Array.FindIndex(lines, line => line.StartsWith("par ", StringComparison.Ordinal)), count = points.Length / 3;
        for (int i = 0; i < count; i++)
        {
            lines[par] = "par " + string.Join(", ", Workload.Axes.Select((axis, k) => $"{axis.Name}={Text(points[3 * i + k])}"));
            File.WriteAllLines(
                Path.Combine(folder, $"{i}.ode"), lines.Select(line => line.Replace("dt=0.01", $"dt={Text(Step)}", StringComparison.Ordinal)));
        }

        // The shell knows the processor time of its children: "0m1.230s 0m0.040s".
        var watch = Stopwatch.StartNew();
        string printed = Command(folder, "sh", "-c",
            $"for i in $(seq 0 {count - 1}); do xppaut $i.ode -silent -outfile $i.dat > xpp.log 2>&1 || exit 1; done; times");
        double[] minutes = Numbers(printed.Trim().Split('\n')[^1].Replace('m', ' ').Replace('s', ' '));
        var run = new PeerRun(watch.Elapsed.TotalSeconds, 60 * (minutes[0] + minutes[2]) + minutes[1] + minutes[3],
            count * Workload.Duration * 1000 / Step, double.NaN, new double[count], new double[count]);
        for (int i = 0; i < count; i++)
        {
            double[] last = Numbers(File.ReadLines(Path.Combine(folder, $"{i}.dat")).Last());
            run.SpikeCount[i] = last[^1];
            run.Rate[i] = last[^1] >= 2 ? 1000 / last[^2] : 0;
        }

        return run;
    }
}

/// <summary>This project's engine, all measures of each point.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Tolerance">Relative error asked for.</param>
public sealed record SweepEngineProgram(Workload Workload, double Tolerance)
    : EngineProgram(Workload, "SweepEngine", string.Create(CultureInfo.InvariantCulture, $"{Tolerance:0e-0}"))
{
    /// <inheritdoc/>
    private protected override FISettings Settings(FISettings settings) => settings with { Tolerance = Tolerance };
}

/// <summary>This project's engine, the steady rate of each point and nothing else.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Tolerance">Relative error asked for.</param>
public sealed record SteadyRateProgram(Workload Workload, double Tolerance)
    : EngineProgram(Workload, "SweepEngine, rate alone", string.Create(CultureInfo.InvariantCulture, $"{Tolerance:0e-0}"))
{
    /// <inheritdoc/>
    private protected override FISettings Settings(FISettings settings) => settings with { Tolerance = Tolerance, RateAlone = true };
}

/// <summary>This project's engine, in the fixed steps of a C++ program.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Method">The method.</param>
/// <param name="Step">Its step [ms].</param>
public sealed record FixedStepProgram(Workload Workload, IntegrationMethod Method, double Step)
    : EngineProgram(Workload, $"SweepEngine in fixed steps, {NameOf(Method)}", $"{Text(Step)} ms")
{
    /// <summary>The C++ program of the same algorithm.</summary>
    /// <param name="build">Where the C++ programs are.</param>
    /// <param name="way">scalar, simd or avx512.</param>
    public CppProgram Counterpart(string build, string way) => new(
        Workload, Path.Combine(build, $"{Workload.Model}_{Method switch { IntegrationMethod.Euler => "euler", IntegrationMethod.RungeKutta4 => "rk4", _ => "exponential" }}"),
        NameOf(Method), way, Step);

    /// <inheritdoc/>
    private protected override FISettings Settings(FISettings settings) => settings with { Method = Method, FixedStep = Step * 1e-3 };

    private static string NameOf(IntegrationMethod method) => method switch
    {
        IntegrationMethod.Euler => "Euler",
        IntegrationMethod.RungeKutta4 => "Runge–Kutta 4",
        _ => "exponential Euler",
    };
}

/// <summary>This project's engine.</summary>
/// <param name="Workload">The workload.</param>
/// <param name="Name">Its name in the tables.</param>
/// <param name="Accuracy">Its step or tolerance, in words.</param>
public abstract record EngineProgram(Workload Workload, string Name, string Accuracy) : PeerProgram(Workload, Name, Accuracy)
{
    // The just-in-time compiler takes its last look at a method after some calls and a tenth of a second of rest.
    private static readonly TimeSpan s_warming = TimeSpan.FromSeconds(0.3);

    // Runs below this [s] are repeated.
    private const double ShortRun = 0.1;

    private FIKernel[] _kernels = [];

    /// <inheritdoc/>
    public override PeerRun Run(double[] points, int threads, string folder)
    {
        double[] SI = Workload.InSI(points);
        double preparation = Prepare(threads, SI);
        int count = SI.Length / 3;
        // Thread by thread a piece of the list, which is of all kinds of points.
        const int Piece = 64;
        int[][] shares =
        [
            .. Enumerable.Range(0, threads)
                .Select(thread => Enumerable.Range(0, count).Where(i => i / Piece % threads == thread).ToArray()),
        ];
        var tables = new PointTable[threads];
        (long busyBefore, long lanesBefore) = Lanes();
        double first = Compute().Wall;
        double busyLanes = (Lanes().Busy - busyBefore) / (double)(Lanes().All - lanesBefore);
        // A run of some milliseconds is timed as the mean of many.
        int runs = Math.Clamp((int)(ShortRun / first), 1, 100);
        (double wall, double processor) = Compute();
        for (int i = 1; i < runs; i++)
        {
            (double more, double moreProcessor) = Compute();
            (wall, processor) = (wall + more, processor + moreProcessor);
        }

        (double Wall, double Processor) Compute()
        {
            TimeSpan before = Environment.CpuUsage.TotalTime;
            var watch = Stopwatch.StartNew();
            Parallel.For(0, threads, new ParallelOptions { MaxDegreeOfParallelism = threads }, thread =>
                tables[thread] = _kernels[thread].Points([.. shares[thread].SelectMany(i => SI.AsSpan(3 * i, 3).ToArray())], []));
            return (watch.Elapsed.TotalSeconds, (Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        var run = new PeerRun(wall / runs, processor / runs, tables.Sum(table => table.Steps), preparation, new double[count], new double[count])
        {
            BusyLanes = busyLanes,
        };
        for (int thread = 0; thread < threads; thread++)
        {
            PointTable table = tables[thread];
            bool rateAlone = table.Measures is [{ Name: "rate" }];
            double[] last = rateAlone ? table.Rate : table.Numbers[table.Measures.Select(measure => measure.Name).ToList().IndexOf("inv_last_ISI")];
            for (int k = 0; k < shares[thread].Length; k++)
            {
                run.Rate[shares[thread][k]] = double.IsNaN(last[k]) ? 0 : last[k];
                run.SpikeCount[shares[thread][k]] = rateAlone ? double.NaN : table.SpikeCount[k];
            }
        }

        return run;
    }

    private (long Busy, long All) Lanes() => (_kernels.Sum(kernel => kernel.Counters.BusyLanes), _kernels.Sum(kernel => kernel.Counters.Lanes));

    // What is computed, and how.
    private protected abstract FISettings Settings(FISettings settings);

    // Compiles model and kernel, and computes some points until the code is at its best.
    private double Prepare(int threads, double[] SI)
    {
        if (_kernels.Length == threads)
        {
            return double.NaN;
        }

        var watch = Stopwatch.StartNew();
        ModelCode code = ModelCode.Compile(
            ModelLibrary.Find(Workload.Model)!, Workload.Fixed, [.. Workload.Axes.Select(axis => axis.Name)]);
        FISettings settings = Settings(new FISettings(Workload.Axes[0].Name, new StepStimulus(Workload.Duration), 1e-6));
        _kernels = [.. Enumerable.Range(0, threads).Select(_ => new FIKernel(code, settings))];
        foreach (FIKernel kernel in _kernels)
        {
            TimeSpan start = Environment.CpuUsage.TotalTime;
            do
            {
                kernel.Points(SI.AsSpan(0, 3 * Math.Min(64, SI.Length / 3)), []);
            }
            while (Environment.CpuUsage.TotalTime - start < s_warming);
        }

        return watch.Elapsed.TotalSeconds;
    }
}
