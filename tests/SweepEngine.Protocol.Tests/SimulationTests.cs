using SweepEngine.Simulator;
using Xunit.Abstractions;

namespace SweepEngine.Protocol.Tests;

public sealed class SimulationTests(ITestOutputHelper output)
{
    private const int MostSeeds = 5000;
    private const int TracedLines = 60;

    [Fact]
    public void Every_seed_ends_with_every_point_once_and_the_bytes_of_a_run_without_faults()
    {
        var seen = new Counters();
        Seeds.AllEnd(
            MostSeeds,
            seed =>
            {
                var simulation = new SimulatedCluster(seed, trace: Seeds.Replayed is null ? null : output.WriteLine);
                simulation.Run();
                seen.Add(simulation.Seen);
            },
            seed => Seeds.Replayed is null ? TraceOf(seed) : "");
        if (Seeds.Replayed is not null) return;
        foreach (var (name, count) in seen.All) output.WriteLine($"{count,9} {name}");
        Assert.All(seen.All, path => Assert.True(path.Count > 30, $"{path.Name} was reached {path.Count} times only"));
    }

    public static TheoryData<string> Variants => Seeds.VariantsOf<ProtocolVariant>();

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_broken_protocol_is_caught(string variant) =>
        output.WriteLine(Seeds.FirstCaught(MostSeeds, seed => new SimulatedCluster(seed, Seeds.Variant<ProtocolVariant>(variant)).Run()));

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
