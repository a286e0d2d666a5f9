using SweepEngine.Simulator;
using Xunit.Abstractions;

namespace SweepEngine.Protocol.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int Seeds = 5000;
    private const int TracedLines = 60;

    /// <summary>Set this environment variable to a seed to run only that one, with all that happens.</summary>
    private const string ReplayVariable = "SWEEP_SEED";

    [Fact]
    public void Every_seed_ends_with_every_point_once_and_the_bytes_of_a_run_without_faults()
    {
        if (int.TryParse(Environment.GetEnvironmentVariable(ReplayVariable), out int replayed))
        {
            new SimulatedCluster(replayed, trace: output.WriteLine).Run();
            return;
        }
        var seen = new Counters();
        for (int seed = 0; seed < Seeds; seed++)
        {
            var simulation = new SimulatedCluster(seed);
            try
            {
                simulation.Run();
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {seed} (replay with {ReplayVariable}={seed} dotnet test): {failure}\n{TraceOf(seed)}");
            }
            seen.Add(simulation.Seen);
        }
        foreach (var (name, count) in seen.All) output.WriteLine($"{count,9} {name}");
        Assert.All(seen.All, path => Assert.True(path.Count > 30, $"{path.Name} was reached {path.Count} times only"));
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
                new SimulatedCluster(seed, (ProtocolVariant)Activator.CreateInstance(type)!).Run();
            }
            catch (Exception failure) when (failure is SimulationFailure or InvalidOperationException)
            {
                output.WriteLine($"seed {seed}: {failure.Message}");
                return;
            }
        }
        Assert.Fail($"{variant} is not caught by {Seeds} seeds");
    }

    [Fact]
    public void A_seed_replays_to_the_same_trace()
    {
        var first = new List<string>();
        var second = new List<string>();
        new SimulatedCluster(7, trace: first.Add).Run();
        new SimulatedCluster(7, trace: second.Add).Run();
        Assert.True(first.Count > 100);
        Assert.Equal(first, second);
    }

    /// <summary>The last lines of a run that fails.</summary>
    private static string TraceOf(int seed)
    {
        var lines = new Queue<string>();
        try
        {
            new SimulatedCluster(seed, trace: line =>
            {
                lines.Enqueue(line);
                if (lines.Count > TracedLines) lines.Dequeue();
            }).Run();
        }
        catch (Exception failure)
        {
            lines.Enqueue(failure.Message);
        }
        return string.Join('\n', lines);
    }
}
