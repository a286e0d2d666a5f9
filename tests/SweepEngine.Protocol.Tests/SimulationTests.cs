using SweepEngine.Simulator;

namespace SweepEngine.Protocol.Tests;

public sealed class SimulationTests
{
    private const int Seeds = 5000;

    /// <summary>Set this environment variable to a seed to run only that one.</summary>
    private const string ReplayVariable = "SWEEP_SEED";

    [Fact]
    public void Every_seed_ends_with_every_point_once_and_the_bytes_of_a_run_without_faults()
    {
        var seen = new Counters();
        foreach (int seed in SeedsToRun())
        {
            var simulation = new Simulation(seed);
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
        if (Replayed is null)
            Assert.All(seen.All, path => Assert.True(path.Count > 20, $"{path.Name} was reached {path.Count} times only"));
    }

    public static TheoryData<string> Variants => [.. typeof(ProtocolVariant).Assembly.GetTypes()
        .Where(type => type.BaseType == typeof(ProtocolVariant)).Select(type => type.Name)];

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_broken_protocol_is_caught(string variant)
    {
        var type = typeof(ProtocolVariant).Assembly.GetTypes().Single(type => type.Name == variant);
        for (int seed = 0; seed < Seeds; seed++)
        {
            try
            {
                new Simulation(seed, (ProtocolVariant)Activator.CreateInstance(type)!).Run();
            }
            catch (Exception failure) when (failure is SimulationFailure or InvalidOperationException)
            {
                return;
            }
        }
        Assert.Fail($"{variant} is not caught by {Seeds} seeds");
    }

    private static int? Replayed => int.TryParse(Environment.GetEnvironmentVariable(ReplayVariable), out int seed) ? seed : null;

    private static IEnumerable<int> SeedsToRun() => Replayed is { } one ? [one] : Enumerable.Range(0, Seeds);
}
