using System.Diagnostics;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>What a sweep will cost, from computing a few of its points, drawn at random.</summary>
/// <param name="SecondsPerPoint">Time of one core for a grid point, the search for rheobases included [s].</param>
/// <param name="BytesPerPoint">Size of the finished tables for each grid point.</param>
/// <param name="Points">How many points the time was taken from; 0 where none are simulated.</param>
public sealed record Calibration(double SecondsPerPoint, double BytesPerPoint, int Points)
{
    // Each batch is twice the one before, and the last one counts: the first one also compiles, and a short one leaves lanes empty.
    private const int FirstBatch = 64, LastBatch = 8192;

    // The same of diagrams; lanes hold different curves.
    private const int FirstDiagrams = 8, LastDiagrams = 1024;

    // A shard takes about this long on one core: short enough to lose, long enough to be worth its commit.
    private const double SecondsPerShard = 10;

    // Each worker gets several shards even of a short sweep, so that all end at about the same time …
    private const int ShardsPerWorker = 8;

    // … but a shard has enough points, and curves whose rheobase is searched side by side, to fill the lanes for most of its time
    // (examples/hodgkin_huxley.yaml takes 12 s with shards of 128 points, 5 s with 512), and few enough points to fit in memory.
    private const long FewestPointsPerShard = 512, MostPointsPerShard = 8000;

    /// <summary>Computes points at random, in batches of growing size, until the time is up.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="computation">Its computation.</param>
    /// <param name="budget">About how long it may take; one batch, of 64 points or of few that are traced, is computed in any case.</param>
    /// <param name="isEnough">Whether a cost that may be too high says all that somebody wants to know; nobody by default.</param>
    public static Calibration Measure(SweepSpec spec, ShardComputation computation, TimeSpan budget, Func<Calibration, bool>? isEnough = null)
    {
        Calibration points = spec.MeasuresPoints ? OfPoints(spec, computation, budget, isEnough) : Free;
        return spec.Measures.HasFlag(SweepMeasures.Bifurcations) ? points.WithDiagrams(spec, computation, budget) : points;
    }

    private static Calibration OfPoints(SweepSpec spec, ShardComputation computation, TimeSpan budget, Func<Calibration, bool>? isEnough)
    {
        // Each curve's searches, for rheobase and under a step for the onset, halve their brackets until these are as narrow as the tolerance; ramps go through all points
        // twice and halve two brackets to the root of the tolerance.
        double halvings = -Math.Log2(spec.Tolerance) / spec.Grid.PointsPerCurve;
        double searches = spec.Measures.HasFlag(SweepMeasures.Rheobase) ? (spec.Stimulus is StepStimulus ? 2 : 1) * halvings : 0;
        double costPerPoint = 1 + searches + (spec.MeasuresOnset ? 2 + halvings : 0);
        var random = new Random(1);
        double bytes = 0;
        long begin = Stopwatch.GetTimestamp();
        int count = FirstBatch, most = LastBatch;
        if (spec.Traces is { } traces)
        {
            most = (int)Math.Min(most, traces.MostPointsPerShard);
            count = Math.Min(count, most);
        }

        int first = count;
        while (true)
        {
            long[] points = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(spec.Grid.PointCount))];
            long start = Stopwatch.GetTimestamp();
            double sample = computation.Sample(points);
            double secondsPerPoint = Stopwatch.GetElapsedTime(start).TotalSeconds / count;
            bytes = count == first ? sample : bytes;
            var found = new Calibration(secondsPerPoint * costPerPoint, bytes, count);
            // Early batches say little of how long the next one takes: only later ones are held against the time that is left.
            double next = count < 8 * FirstBatch ? 0 : 2 * count * secondsPerPoint;
            if (Stopwatch.GetElapsedTime(begin).TotalSeconds + next > budget.TotalSeconds || 2 * count > most || isEnough?.Invoke(found) == true)
            {
                return found;
            }

            count *= 2;
        }
    }

    // Adds what diagrams of curves cost, a part of it for each of their points.
    private Calibration WithDiagrams(SweepSpec spec, ShardComputation computation, TimeSpan budget)
    {
        var random = new Random(1);
        long begin = Stopwatch.GetTimestamp();
        double seconds, bytes;
        int count = FirstDiagrams;
        do
        {
            long[] curves = [.. Enumerable.Range(0, count).Select(_ => random.NextInt64(spec.Grid.CurveCount))];
            long start = Stopwatch.GetTimestamp();
            bytes = computation.SampleDiagrams(curves);
            seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
            count *= 2;
        }
        while (Stopwatch.GetElapsedTime(begin).TotalSeconds + (2 * seconds) <= budget.TotalSeconds && count <= LastDiagrams);
        double points = count / 2 * spec.Grid.PointsPerCurve;
        return new Calibration(SecondsPerPoint + (seconds / points), BytesPerPoint + (bytes / points), Points);
    }

    /// <summary>The cost of points that cost nothing; it stands in where the cost does not matter.</summary>
    public static Calibration Free { get; } = new(0, 0, 0);

    /// <summary>Whether the cost decides how large shards are; in a small sweep it does not, and need not be measured.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="workers">Workers that share the sweep.</param>
    public static bool Matters(ParameterGrid grid, int workers) => FairPoints(grid, workers) > FewestPointsPerShard;

    /// <summary>Curves of each shard for this cost.</summary>
    /// <param name="grid">The grid.</param>
    /// <param name="workers">Workers that share the sweep.</param>
    /// <returns>At least 1, at most all curves.</returns>
    public long CurvesPerShard(ParameterGrid grid, int workers)
    {
        double points = Math.Min(Math.Min(SecondsPerShard / SecondsPerPoint, FairPoints(grid, workers)), MostPointsPerShard);
        double curves = Math.Max(points, FewestPointsPerShard) / grid.PointsPerCurve;
        return Math.Clamp((long)Math.Round(curves), 1, grid.CurveCount);
    }

    private static double FairPoints(ParameterGrid grid, int workers) =>
        Math.Ceiling((double)grid.PointCount / ((long)workers * ShardsPerWorker));
}
