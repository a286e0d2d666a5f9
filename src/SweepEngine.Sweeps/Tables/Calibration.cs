using System.Diagnostics;

namespace SweepEngine.Sweeps;

/// <summary>What a sweep will cost, from computing a few of its points, drawn at random.</summary>
/// <param name="SecondsPerPoint">Time of one core for a grid point, the search for rheobases included [s].</param>
/// <param name="BytesPerPoint">Size of the finished tables for each grid point.</param>
/// <param name="Points">How many points were computed.</param>
public sealed record Calibration(double SecondsPerPoint, double BytesPerPoint, int Points)
{
    // As many points at a time as lanes stand side by side: fewer would waste lanes, and overestimate.
    private const int Batch = 64;

    // A shard takes about this long on one core: short enough to lose, long enough to be worth its commit.
    private const double SecondsPerShard = 10;

    // Each worker gets several shards even of a short sweep, so that all end at about the same time …
    private const int ShardsPerWorker = 8;

    // … but a shard has enough points to fill the lanes for most of its time, and few enough to fit in memory.
    private const long FewestPointsPerShard = 512, MostPointsPerShard = 400_000;

    /// <summary>Computes points at random until the time is up.</summary>
    /// <param name="spec">The sweep.</param>
    /// <param name="identity">Its identity.</param>
    /// <param name="budget">About how long it may take; one batch is computed in any case.</param>
    public static Calibration Measure(SweepSpec spec, SweepIdentity identity, TimeSpan budget)
    {
        var computation = new ShardComputation(spec, identity);
        var random = new Random(1);
        var points = new long[(int)Math.Min(Batch, spec.Grid.PointCount)];
        long bytes = 0;
        double seconds = 0;
        int counted = 0;
        // The first batch also compiles: it counts only when there is no time for another.
        long begin = Stopwatch.GetTimestamp();
        for (int batch = 0; batch < 2 || Stopwatch.GetElapsedTime(begin) < budget; batch++)
        {
            for (int i = 0; i < points.Length; i++)
            {
                points[i] = random.NextInt64(spec.Grid.PointCount);
            }

            long start = Stopwatch.GetTimestamp();
            bytes = computation.SizeOfRows(points);
            double taken = Stopwatch.GetElapsedTime(start).TotalSeconds;
            if (batch == 0 && taken < budget.TotalSeconds)
            {
                continue;
            }

            seconds += taken;
            counted += points.Length;
            if (batch == 0)
            {
                break;
            }
        }

        // Each curve's two searches halve their brackets until these are as narrow as the tolerance.
        double searches = spec.Measures.HasFlag(SweepMeasures.Rheobase) ? 2 * -Math.Log2(spec.Tolerance) / spec.Grid.PointsPerCurve : 0;
        return new Calibration(seconds / counted * (1 + searches), bytes / (double)points.Length, counted);
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
