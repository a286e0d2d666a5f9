namespace SweepEngine.Simulation.Tests;

/// <summary>The online features against their definitions written out over the list of spike times (tests/reference/efel-definitions.md).</summary>
public class SpikeTrainTests
{
    private static readonly Recording Stimulus = Recording.Of(new StepStimulus(Duration: 1, Delay: 0.2, After: 0.3));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(40)]
    public void Features_are_those_of_the_definitions(int count)
    {
        var random = new Random(count);
        for (int trial = 0; trial < 200; trial++)
        {
            double[] times = [.. Enumerable.Range(0, count).Select(_ => 1.5 * random.NextDouble()).Order()];
            var train = new SpikeTrain();
            foreach (double time in times)
            {
                train.Add(time, Stimulus);
            }

            Compare(times, train);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(6)]
    public void A_regular_continuation_is_like_adding_its_spikes(int before)
    {
        const double Period = 0.0173;
        List<double> times = [.. Enumerable.Range(0, before).Select(i => 0.25 + 0.011 * i + 0.001 * i * i)];
        var train = new SpikeTrain();
        times.ForEach(time => train.Add(time, Stimulus));
        train.Continue(Period, Stimulus.Off, Stimulus);
        double last = times[^1];
        for (int k = 1; last + k * Period <= Stimulus.Off; k++)
        {
            times.Add(last + k * Period);
        }

        Compare([.. times], train);
    }

    [Fact]
    public void A_continuation_past_its_end_adds_nothing()
    {
        var train = new SpikeTrain();
        train.Add(1.1, Stimulus);
        train.Continue(0.2, Stimulus.Off, Stimulus);
        Assert.Equal(1, train.Count);
    }

    private static void Compare(double[] t, SpikeTrain train)
    {
        double[] isi = [.. t.Skip(1).Zip(t, (b, a) => b - a)];
        double[] inside = [.. t.Where(time => time >= Stimulus.On && time <= Stimulus.Off)];
        Assert.Equal(t.Length, train.Count);
        Assert.Equal(inside.Length, train.StimulusCount);
        Same(inside.Length > 0 ? inside.Length / (inside[^1] - Stimulus.On) : double.NaN, train.MeanFrequency(Stimulus));
        Same(t.Length > 0 ? t[0] - Stimulus.On : double.NaN, train.TimeToFirstSpike(Stimulus));
        Same(isi.Length > 0 ? 1 / isi[0] : double.NaN, train.InverseFirstInterval);
        Same(isi.Length > 0 ? 1 / isi[^1] : double.NaN, train.InverseLastInterval);

        double[] later = [.. isi.Skip(1)];
        double mean = later.Length > 0 ? later.Average() : double.NaN;
        Same(later.Length > 1 ? Math.Sqrt(later.Sum(x => (x - mean) * (x - mean)) / (later.Length - 1)) / mean : double.NaN, train.IntervalVariation);

        double[] x = [.. inside.Skip(2).Zip(inside.Skip(1), (b, a) => b - a)];
        Same(x.Length > 1 ? x.Skip(1).Zip(x, (b, a) => (b - a) / (b + a)).Average() : double.NaN, train.AdaptationIndex2);
    }

    private static void Same(double expected, double found) =>
        Assert.True(double.IsNaN(expected) ? double.IsNaN(found) : Math.Abs(found - expected) <= 1e-11 * Math.Max(1, Math.Abs(expected)),
            $"expected {expected:R}, found {found:R}");
}
