using BenchmarkDotNet.Attributes;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per grid point of a passive cable of 1 mm that is divided ever more finely, and so ever more stiff: by the explicit method, by the implicit one, and by the one that is
/// chosen, which first has to find out. All measures, on one core.
/// </summary>
public class StiffCables
{
    private const double Duration = 0.02, Tolerance = 1e-4, MostCurrent = 200e-12;

    private FIKernel _kernel = null!;
    private double[] _drives = null!;

    /// <summary>Number of grid points.</summary>
    public const int Points = 64;

    /// <summary>Number of potentials.</summary>
    [Params(11, 21, 51, 101)]
    public int Compartments { get; set; } = 11;

    /// <summary>How the points are integrated.</summary>
    [Params("explicit", "implicit", "chosen")]
    public string Method { get; set; } = "chosen";

    /// <summary>Reads and compiles the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        Findings findings = new();
        string text = ModelLibrary.Text("cable_passive").Replace("N: 11", $"N: {Compartments}", StringComparison.Ordinal);
        ModelDefinition model = ModelReader.Read(text, "cable.yaml", findings) ?? throw new InvalidDataException(findings.ToString());
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"]);
        _kernel = new FIKernel(code, new FISettings("I_app", new StepStimulus(Duration), Tolerance), integrator: Enum.Parse<Integrator>(Method, ignoreCase: true));
        _drives = [.. Enumerable.Range(0, Points).Select(i => MostCurrent * (i + 0.5) / Points)];
    }

    /// <summary>All measures of all points.</summary>
    /// <returns>Sum of the steps, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Points)]
    public long Compute() => _kernel.Points(_drives, []).Steps;
}
