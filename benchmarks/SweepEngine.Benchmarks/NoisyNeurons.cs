using BenchmarkDotNet.Attributes;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>Time per step of a point with white noise on one core, 256 points, all measures.</summary>
public class NoisyNeurons
{
    private const int Points = 256;
    private const double Duration = 0.1, Step = 1e-5;

    private FIKernel _kernel = null!;
    private double[] _parameters = null!;

    /// <summary>Steps of all points together; a spike makes one more.</summary>
    public const int Steps = (int)(Points * Duration / Step);

    /// <summary>Name of the model.</summary>
    [Params("lif_noise", "hodgkin_huxley_subunit_noise", "hodgkin_huxley_conductance_noise")]
    public string Model { get; set; } = "lif_noise";

    /// <summary>Makes the points.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find(Model)!, new Dictionary<string, double>(), ["I_app"]);
        var course = new CourseStimulus(new Number(0), new Number(Duration), new Number(Duration));
        _kernel = new FIKernel(code, new FISettings("I_app", course, 1e-6, 1, Step));
        double top = Model == "lif_noise" ? 300e-12 : 0.1;
        _parameters = [.. Enumerable.Range(0, Points).Select(i => top * i / Points)];
    }

    /// <summary>All measures of all points.</summary>
    /// <returns>Number of steps, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Steps)]
    public long Compute() => _kernel.Points(_parameters, []).Steps;
}
