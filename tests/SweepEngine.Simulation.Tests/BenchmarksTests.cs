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

    [Theory]
    [InlineData("lif_noise")]
    [InlineData("hodgkin_huxley_subunit_noise")]
    [InlineData("hodgkin_huxley_conductance_noise")]
    public void The_benchmark_of_noisy_neurons_makes_its_steps(string model)
    {
        var benchmark = new NoisyNeurons { Model = model };
        benchmark.Setup();
        Assert.InRange(benchmark.Compute(), NoisyNeurons.Steps, NoisyNeurons.Steps * 1.01);
    }

    [Fact]
    public void The_benchmark_of_random_numbers_draws_normal_deviates()
    {
        var benchmark = new RandomNumbers();
        benchmark.Setup();
        Assert.InRange(Math.Abs(benchmark.Draw()), 0, 5 * Math.Sqrt(RandomNumbers.Count));
    }
}
