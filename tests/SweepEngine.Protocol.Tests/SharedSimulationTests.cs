using SweepEngine.Simulator;

namespace SweepEngine.Protocol.Tests;

public sealed class SharedSimulationTests
{
    private const int Seeds = 2000;

    /// <summary>Set this environment variable to a seed to run only that one.</summary>
    private const string ReplayVariable = "SWEEP_SEED";

    [Fact]
    public void Every_seed_ends_with_every_point_once_and_the_bytes_of_a_run_without_faults()
    {
        var seen = new SharedCounters();
        int? replayed = int.TryParse(Environment.GetEnvironmentVariable(ReplayVariable), out int one) ? one : null;
        foreach (int seed in replayed is { } only ? [only] : Enumerable.Range(0, Seeds))
        {
            var simulation = new SharedSimulation(seed);
            try
            {
                simulation.Run();
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {seed} (replay with {ReplayVariable}={seed} dotnet test): {failure}");
            }
            seen.Add(simulation.Seen);
        }
        if (replayed is null)
            Assert.All(seen.All, path => Assert.True(path.Count > 20, $"{path.Name} was reached {path.Count} times only"));
    }

    public static TheoryData<string> Variants => [.. typeof(SharedVariant).Assembly.GetTypes()
        .Where(type => type.BaseType == typeof(SharedVariant)).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void Broken_claims_are_caught(string variant)
    {
        var type = typeof(SharedVariant).Assembly.GetTypes().Single(type => type.Name == variant);
        for (int seed = 0; seed < Seeds; seed++)
        {
            try
            {
                new SharedSimulation(seed, (SharedVariant)Activator.CreateInstance(type)!).Run();
            }
            catch (Exception failure) when (failure is SimulationFailure or InvalidOperationException)
            {
                return;
            }
        }
        Assert.Fail($"{variant} is not caught by {Seeds} seeds");
    }
}
