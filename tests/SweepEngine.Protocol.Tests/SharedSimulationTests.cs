using Xunit.Abstractions;

namespace SweepEngine.Protocol.Tests;

public sealed class SharedSimulationTests(ITestOutputHelper output)
{
    private const int MostSeeds = 2000;

    [Fact]
    public void Every_seed_ends_with_every_point_once_and_the_bytes_of_a_run_without_faults()
    {
        var seen = new SharedCounters();
        Seeds.AllEnd(MostSeeds, seed =>
        {
            var simulation = new SharedSimulation(seed);
            simulation.Run();
            seen.Add(simulation.Seen);
        });
        if (Seeds.Replayed is null)
            Assert.All(seen.All, path => Assert.True(path.Count > 20, $"{path.Name} was reached {path.Count} times only"));
    }

    public static TheoryData<string> Variants => Seeds.VariantsOf<SharedVariant>();

    [Theory]
    [MemberData(nameof(Variants))]
    public void Broken_claims_are_caught(string variant) =>
        output.WriteLine(Seeds.FirstCaught(MostSeeds, seed => new SharedSimulation(seed, Seeds.Variant<SharedVariant>(variant)).Run()));
}
