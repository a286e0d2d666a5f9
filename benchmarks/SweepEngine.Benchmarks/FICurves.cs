using BenchmarkDotNet.Attributes;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per grid point of an f–I sweep on one core, all measures, at the stated tolerance. The grids are those of the issue on the
/// numerical core: W1 (<c>lif_adapt</c>, 2 s) and W2 (<c>hodgkin_huxley</c>, 500 ms), thinned to <see cref="Points"/> points.
/// </summary>
public class FICurves
{
    private FIKernel _kernel = null!;
    private double[] _parameters = null!;

    /// <summary>Number of grid points.</summary>
    public const int Points = 512;

    /// <summary>Name of the model.</summary>
    [Params("lif_adapt", "hodgkin_huxley")]
    public string Model { get; set; } = "lif_adapt";

    /// <summary>Relative error asked for.</summary>
    [Params(1e-3, 1e-6, 1e-9)]
    public double Tolerance { get; set; } = 1e-6;

    /// <summary>Draws the points, the same ones every time.</summary>
    [GlobalSetup]
    public void Setup()
    {
        (string Name, double From, double To)[] axes = Model == "lif_adapt"
            ? [("g_adapt", 0, 5e-9), ("tau_ref", 0, 10e-3), ("I_app", 0, 1e-9)]
            : [("g_Na", 1000, 1400), ("g_K", 300, 420), ("I_app", 0, 1.6)];
        ModelCode code = ModelCode.Compile(
            ModelLibrary.Find(Model)!, new Dictionary<string, double>(), [.. axes.Select(axis => axis.Name)]);
        _kernel = new FIKernel(code, new FISettings("I_app", new StepStimulus(Model == "lif_adapt" ? 2 : 0.5), Tolerance));
        var random = new Random(1);
        _parameters =
        [
            .. Enumerable.Range(0, Points * axes.Length)
                .Select(i => axes[i % axes.Length].From + random.NextDouble() * (axes[i % axes.Length].To - axes[i % axes.Length].From)),
        ];
    }

    /// <summary>All measures of all points.</summary>
    /// <returns>Sum of the steps, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Points)]
    public long Compute() => _kernel.Points(_parameters, []).Steps;
}
