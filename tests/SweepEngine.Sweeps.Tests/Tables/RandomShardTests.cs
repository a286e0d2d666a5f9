using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests;

/// <summary>Random numbers belong to grid points, however these are cut into shards.</summary>
public class RandomShardTests
{
    private const string Random =
        """
        sweep: noisy-input
        model:
          model: input
          voltage: n
          equations: dn/dt = -n/tau
          events: {input: {rate: r, do: "n += normal()"}}
          states: {n: {start: uniform(), unit: 1}}
          parameters: {r: {default: 50 Hz}, tau: {default: 10 ms}}
        grid:
          tau: {values: [5 ms, 20 ms, 50 ms]}
          r: {linspace: [10 Hz, 100 Hz, 7]}
        drive: r
        stimulus: {step: {duration: 200 ms}}
        measure: [response]
        """;

    [Fact]
    public void A_point_has_the_same_bits_in_every_shard()
    {
        SweepSpec spec = Sweeps.Read(Random);
        var computation = new ShardComputation(spec, new SweepIdentity(spec));
        double[][] all = computation.Probe(0, 21, CancellationToken.None)!.Numbers;
        foreach ((int first, int count) in new[] { (0, 7), (7, 14), (20, 1) })
        {
            double[][] part = computation.Probe(first, count, CancellationToken.None)!.Numbers;
            Assert.Equal(all.Select(row => row[first..(first + count)]), part);
        }

        Assert.Equal(21, all[PointMeasures.Response.ToList().FindIndex(measure => measure.Name == "voltage_at_end")].Distinct().Count());
    }

    [Fact]
    public void The_seed_changes_the_numbers_and_the_identity()
    {
        SweepSpec one = Sweeps.Read(Random), two = Sweeps.Read(Random + "\nseed: 2");
        Assert.NotEqual(new SweepIdentity(one).ContentHash, new SweepIdentity(two).ContentHash);
        double[][] first = new ShardComputation(one, new SweepIdentity(one)).Probe(0, 21, CancellationToken.None)!.Numbers;
        Assert.NotEqual(first, new ShardComputation(two, new SweepIdentity(two)).Probe(0, 21, CancellationToken.None)!.Numbers);
    }
}
