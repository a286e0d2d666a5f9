using System.Diagnostics;
using SweepEngine.Benchmarks;
using SweepEngine.Benchmarks.Bifurcations;
using SweepEngine.Benchmarks.Clusters;

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

    [Fact]
    public void The_benchmark_of_giving_work_out_runs() => Assert.Equal(0, ClusterCommand.Run(["--tiny"]));

    [Fact]
    public void The_benchmark_of_diagrams_computes_them() => Assert.Equal(0, BifurcationsCommand.Run(["0"]));

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

    [Theory]
    [InlineData("hodgkin_huxley", 1e7)]
    [InlineData("morris_lecar", 1e5)]
    [InlineData("lif_adapt", 1e5)]
    public void The_benchmark_of_right_hand_sides_evaluates_them(string model, double largest)
    {
        var benchmark = new RightHandSides { Model = model };
        benchmark.Setup();
        double derivatives = benchmark.Evaluate();
        Assert.NotEqual(0, derivatives);
        Assert.InRange(Math.Abs(derivatives), 0, largest);
    }

    [Fact]
    public void The_benchmark_of_compiling_takes_models_that_spike()
    {
        Assert.Equal(0, CompilingCommand.Run(["morris_lecar", "adex"]));
        Assert.Equal(2, CompilingCommand.Run(["morris_lecar", "passive"]));
    }

    [Fact]
    public void The_benchmark_of_shooting_takes_its_own_models()
    {
        Assert.Equal(0, ShootingCommand.Run(["fitzhugh_nagumo"]));
        Assert.Equal(2, ShootingCommand.Run(["fitzhugh_nagumo", "lif"]));
    }

    [Theory]
    [InlineData("exp(x)", true)]
    [InlineData("log(x)", true)]
    [InlineData("expm1(x)", false)]
    [InlineData("log1p(x)", false)]
    [InlineData("tanh(x)", false)]
    [InlineData("sin(x)", true)]
    [InlineData("cos(x)", true)]
    [InlineData("pow(x, 1.3)", false)]
    [InlineData("sqrt(x)", true)]
    [InlineData("1/exprel(x)", false)]
    public void The_benchmark_of_elementary_functions_computes_the_same_in_all_ways(string function, bool inFramework)
    {
        var benchmark = new ElementaryFunctions { Function = function };
        benchmark.Setup();
        double value = benchmark.Written();
        Assert.Equal(value, benchmark.Called());
        Assert.Equal(inFramework ? value : double.NaN, benchmark.Framework(), 1e-14);
    }

    [Theory]
    [InlineData("explicit", 300, 10_000)]
    [InlineData("implicit", 50, 300)]
    [InlineData("chosen", 300, 10_000)]
    public void The_benchmark_of_stiff_cables_computes_its_points(string method, int least, int most)
    {
        var benchmark = new StiffCables { Method = method };
        benchmark.Setup();
        Assert.InRange(benchmark.Compute(), StiffCables.Points * least, StiffCables.Points * most);
    }

    [Fact]
    public void The_benchmark_of_equilibria_finds_two_Hopf_points_of_most_curves()
    {
        var benchmark = new EquilibriaOfCurves();
        benchmark.Setup();
        Assert.InRange(benchmark.Compute(), EquilibriaOfCurves.Curves, 2 * EquilibriaOfCurves.Curves);
    }

    [Fact]
    public void The_benchmark_of_random_numbers_draws_normal_deviates()
    {
        var benchmark = new RandomNumbers();
        benchmark.Setup();
        Assert.InRange(Math.Abs(benchmark.Draw()), 0, 5 * Math.Sqrt(RandomNumbers.Count));
    }

    /// <summary>Far above what is measured (medians of 1.05 for YAML and 0.86 for .ode, whose rates have no exprel), and far below what any detour would cost.</summary>
    private const double MostPerStep = 1.5;

    [Theory]
    [InlineData("yaml")]
    [InlineData("ode")]
    public void A_users_model_costs_as_much_per_step_as_the_same_equations_in_the_library(string from)
    {
        var library = new UserModels { From = "library" };
        var user = new UserModels { From = from };
        library.Setup();
        user.Setup();
        Assert.InRange(user.Steps, 0.9 * library.Steps, 1.1 * library.Steps);
        // Each pair is measured side by side, so that both meet the same load; what a batch of pairs lacks in calm, another may have.
        double lowest = double.PositiveInfinity;
        for (int batch = 0; batch < 5 && lowest > MostPerStep; batch++)
        {
            double[] ratios = [.. Enumerable.Range(0, 7).Select(_ => PerStep(user) / PerStep(library)).Order()];
            lowest = Math.Min(lowest, ratios[ratios.Length / 2]);
        }

        Assert.InRange(lowest, 0, MostPerStep);
    }

    [Theory]
    [InlineData("yaml")]
    [InlineData("ode")]
    public void A_users_model_is_ready_in_under_three_tenths_of_a_second(string from)
    {
        var readiness = new UserModelReadiness { From = from };
        var fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 10 && fastest.TotalSeconds > 0.3; i++)
        {
            TimeSpan before = Environment.CpuUsage.TotalTime; // other processes do not count
            // At rest the currents cancel, but for the rounding of E_L [V/s], in the .ode file [mV/s].
            Assert.InRange(Math.Abs(readiness.FirstStep()), 0, from == "ode" ? 10 : 0.01);
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, (Environment.CpuUsage.TotalTime - before).Ticks));
        }

        Assert.InRange(fastest.TotalSeconds, 0, 0.3);
    }

    private static double PerStep(UserModels model)
    {
        long began = Stopwatch.GetTimestamp();
        long steps = model.Compute();
        return Stopwatch.GetElapsedTime(began).TotalSeconds / steps;
    }

    [Fact]
    public void The_benchmark_of_branches_of_cycles_follows_them()
    {
        var benchmark = new CycleBranches { Branches = 2 };
        benchmark.Setup();
        Assert.InRange(benchmark.Follow(), 100, 1000);
    }
}
