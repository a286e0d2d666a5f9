using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>
/// <c>peers</c>: builds the programs of benchmarks/reference, runs them in alternation with the engine, and writes times and errors to
/// benchmarks/results/&lt;cpu&gt;/peers.md.
/// </summary>
public static class PeersCommand
{
    private static readonly double[] s_tolerances = [1e-2, 1e-3, 1e-4, 1e-6, 1e-8, 1e-10];

    // Steps of Runge–Kutta 4 [ms]; the first ones are near the end of its stability.
    private static readonly double[] s_stepsW1 = [2, 1, 0.5, 0.2, 0.1, 0.05], s_stepsW2 = [0.05, 0.02, 0.01, 0.005, 0.0025];

    private static readonly string[] s_targets = ["cpp_standalone", "cython", "numpy"], s_pythons = ["/usr/bin/python3", "python3"];

    /// <summary>The folder benchmarks/reference of the repository that this was built in.</summary>
    public static string Reference { get; } = Path.Combine(Root(), "benchmarks", "reference");

    /// <summary>Runs the command.</summary>
    /// <param name="args">Its options.</param>
    /// <returns>0; 1 where the engine's error is above the tolerance at more than a hundredth of the points; 2 for wrong options.</returns>
    public static int Run(string[] args)
    {
        if (PeersOptions.Read(args, Console.Error.WriteLine) is not { } options)
        {
            return 2;
        }

        string build = Directory.CreateTempSubdirectory("peers-build").FullName;
        try
        {
            var notes = new List<string>();
            bool cpp = TryBuild(build, notes);
            PeerComparison[] comparisons =
            [
                .. new[] { Workload.W1, Workload.W2 }.Select(workload => PeerComparison.Of(
                    workload,
                    [.. Ours(workload), .. FixedSteps(workload), .. cpp ? Cpp(workload, build) : [], .. options.Size == Size.Tiny ? [] : Simulators(workload, notes)],
                    cpp ? Check(workload, build) : null, options.Points(workload), options.Threads, options.Repetitions, Console.Error.WriteLine)),
            ];
            string page = PeersPage.Of(comparisons, options, notes);
            Console.WriteLine(page);
            if (options.Size != Size.Tiny)
            {
                string folder = Path.Combine(Root(), "benchmarks", "results", PeersPage.ProcessorFolder, options.Folder);
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, "peers.md"), page);
                foreach (PeerComparison comparison in comparisons)
                {
                    File.WriteAllText(Path.Combine(folder, PeersPage.PictureOf(comparison.Workload)), WorkPrecisionPicture.Of(comparison));
                }
            }

            PeerResult[] wrong = [.. comparisons.SelectMany(comparison => comparison.Results).Where(IsWrong)];
            foreach (PeerResult result in wrong)
            {
                Console.Error.WriteLine(FormattableString.Invariant(
                    $"{result.Program.Workload.Name} {result.Program.Name}, {result.Program.Accuracy}: 99 % of the errors are below {result.HighError:0.0e-0} only"));
            }

            return wrong.Length == 0 ? 0 : 1;
        }
        finally
        {
            Directory.Delete(build, recursive: true);
        }
    }

    private static bool IsWrong(PeerResult result) => result.HighError > result.Program switch
    {
        SweepEngineProgram ours => ours.Tolerance,
        SteadyRateProgram ours => ours.Tolerance,
        _ => double.PositiveInfinity,
    };

    /// <summary>Compiles the C++ programs.</summary>
    /// <param name="build">Where to.</param>
    /// <param name="notes">Receives the compiler and its time, or what is missing.</param>
    public static bool TryBuild(string build, List<string> notes)
    {
        if (RuntimeInformation.ProcessArchitecture != Architecture.X64)
        {
            notes.Add("C++: left out, the programs are written for x86-64.");
            return false;
        }

        try
        {
            string compiler = PeerProgram.Command(build, "g++", "--version").Split('\n')[0];
            var watch = Stopwatch.StartNew();
            PeerProgram.Command(Reference, "make", $"BUILD={build}");
            notes.Add(FormattableString.Invariant(
                $"C++: {compiler}, -O3 -march=native -ffast-math; compiling all four programs took {watch.Elapsed.TotalSeconds:0} s."));
            return true;
        }
        catch (Win32Exception)
        {
            notes.Add("C++: left out, g++ or make is missing.");
            return false;
        }
    }

    /// <summary>The engine at several tolerances.</summary>
    /// <param name="workload">The workload.</param>
    public static IEnumerable<PeerProgram> Ours(Workload workload) =>
        [.. s_tolerances.Select(tolerance => new SweepEngineProgram(workload, tolerance)), .. s_tolerances.Select(tolerance => new SteadyRateProgram(workload, tolerance))];

    /// <summary>The engine with the algorithms of the C++ programs, where it has them.</summary>
    /// <param name="workload">The workload.</param>
    public static IEnumerable<FixedStepProgram> FixedSteps(Workload workload) => workload == Workload.W1
        ? [new FixedStepProgram(workload, IntegrationMethod.Euler, 0.1)]
        : [new FixedStepProgram(workload, IntegrationMethod.ExponentialEuler, 0.01), new FixedStepProgram(workload, IntegrationMethod.RungeKutta4, 0.02)];

    /// <summary>The C++ programs that this processor can run.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="build">Where they are.</param>
    public static IEnumerable<PeerProgram> Cpp(Workload workload, string build)
    {
        bool W1 = workload == Workload.W1;
        string simple = Path.Combine(build, W1 ? "lif_adapt_euler" : "hodgkin_huxley_exponential");
        CppProgram Simple(string way, double step) => new(workload, simple, W1 ? "Euler" : "exponential Euler", way, step);
        double step = W1 ? 0.1 : 0.01;
        yield return Simple("scalar", step);
        yield return Simple("simd", step);
        if (HasAvx512)
        {
            yield return Simple("avx512", step);
            yield return Simple("avx512", step / 10);
        }

        yield return RungeKutta(workload, build, "scalar", W1 ? 0.5 : 0.02);
        foreach (double fixedStep in !HasAvx512 ? [] : W1 ? s_stepsW1 : s_stepsW2)
        {
            yield return RungeKutta(workload, build, "avx512", fixedStep);
        }
    }

    /// <summary>The converged solution of the programs other than the engine; the steps are powers of two, which add up exactly.</summary>
    /// <param name="workload">The workload.</param>
    /// <param name="build">Where the C++ programs are.</param>
    public static PeerProgram Check(Workload workload, string build) =>
        RungeKutta(workload, build, HasAvx512 ? "avx512" : "scalar", workload == Workload.W1 ? 1.0 / 64 : 1.0 / 512);

    // The flags of what the C++ programs ask for.
    private static bool HasAvx512 => File.Exists("/proc/cpuinfo")
        && File.ReadLines("/proc/cpuinfo").Any(line => line.Contains(" avx512dq", StringComparison.Ordinal));

    private static CppProgram RungeKutta(Workload workload, string build, string way, double step) =>
        new(workload, Path.Combine(build, $"{workload.Model}_rk4"), "Runge–Kutta 4", way, step);

    // Those that are installed.
    private static IEnumerable<PeerProgram> Simulators(Workload workload, List<string> notes)
    {
        bool W1 = workload == Workload.W1;
        double step = W1 ? 0.1 : 0.01;
        string? python = s_pythons.FirstOrDefault(each => BrianVersion(each) is not null);
        if (W1)
        {
            notes.Add(python is null ? "Brian 2: left out, it is missing (Debian: apt-get install python3-brian)."
                : $"Brian 2: {BrianVersion(python)}.");
            notes.Add(HasXpp ? "XPPAUT: the distribution's package, on one thread; in its time is the start of a process for each point."
                : "XPPAUT: left out, it is missing (Debian: apt-get install xppaut).");
        }

        foreach (string target in python is null ? [] : s_targets)
        {
            yield return new BrianProgram(
                workload, python!, Path.Combine(Reference, "brian.py"), W1 ? "euler" : "exponential_euler", target, step);
        }

        if (HasXpp)
        {
            yield return new XppProgram(workload, Path.Combine(Reference, $"{workload.Model}.ode"), step);
        }
    }

    private static bool HasXpp => File.Exists("/usr/bin/xppaut");

    private static string? BrianVersion(string python)
    {
        try
        {
            return PeerProgram.Command(Path.GetTempPath(), python, "-W", "ignore", "-c", "import brian2; print(brian2.__version__)").Trim();
        }
        catch (Exception failure) when (failure is Win32Exception or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Root()
    {
        string folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SweepEngine.sln")))
        {
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("This does not lie in the repository.");
        }

        return folder;
    }
}
