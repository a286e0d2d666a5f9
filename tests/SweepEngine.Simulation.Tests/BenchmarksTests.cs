using SweepEngine.Benchmarks;

namespace SweepEngine.Simulation.Tests;

/// <summary>Benchmarks run here once, so that they cannot rot.</summary>
public class BenchmarksTests
{
    [Theory]
    [InlineData("lif_adapt")]
    [InlineData("hodgkin_huxley")]
    public void The_benchmark_of_curves_computes_its_points(string model)
    {
        var benchmark = new FICurves { Model = model, Tolerance = 1e-3 };
        benchmark.Setup();
        Assert.InRange(benchmark.Compute(), FICurves.Points * 10L, FICurves.Points * 100_000L);
    }
}
