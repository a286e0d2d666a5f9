using System.Diagnostics;
using SweepEngine.Cluster;
using SweepEngine.Equations;
using SweepEngine.Lanes;
using SweepEngine.Protocol;
using SweepEngine.RabbitMq;
using SweepEngine.Simulation;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>How a sweep is to be run.</summary>
/// <param name="Output">Folder of the sweep; null for <c>results/NAME</c>.</param>
/// <param name="Workers">Shards that are computed at a time; null for what the file says, else one per processor.</param>
/// <param name="Lanes">Width of the registers; null for what the file says, else the best of the processor.</param>
/// <param name="CurvesPerShard">Curves of a shard; null for what the file says, else what calibration finds.</param>
/// <param name="LowPriority">Whether other programs of the machine go first.</param>
/// <param name="Profile">Whether to say where the time went.</param>
internal sealed record RunOptions(string? Output, int? Workers, int? Lanes, long? CurvesPerShard, bool LowPriority, bool Profile)
{
    /// <summary>Which process this is of those that share the folder; null for a run on one machine.</summary>
    public ShareOptions? Share { get; init; }

    /// <summary>Where others compute; null to compute here.</summary>
    public BrokerRun? Broker { get; init; }
}

/// <summary>One of several processes that share a sweep's folder.</summary>
/// <param name="Slice">Which slice it computes first, from 0.</param>
/// <param name="Slices">Number of slices.</param>
/// <param name="Lease">How long another process may be silent before it is taken for dead.</param>
internal sealed record ShareOptions(int Slice, int Slices, TimeSpan Lease);

/// <summary>How a sweep is computed by workers elsewhere.</summary>
/// <param name="Address">The broker.</param>
/// <param name="Lease">How long a worker may be silent; null for the standard.</param>
internal sealed record BrokerRun(BrokerAddress Address, TimeSpan? Lease);

/// <summary>A run as it begins.</summary>
/// <param name="Spec">The sweep.</param>
/// <param name="Identity">Its identity.</param>
/// <param name="Output">Its folder.</param>
/// <param name="Shape">Its size, and that of its shards.</param>
/// <param name="Workers">Shards that are computed at a time in this process; 0 if others compute.</param>
/// <param name="Lanes">Width of the registers.</param>
internal sealed record RunStart(SweepSpec Spec, SweepIdentity Identity, string Output, SweepShape Shape, int Workers, int Lanes)
{
    /// <summary>What the run has found so far.</summary>
    public RunTally Tally { get; } = new();

    /// <summary>From the start of the process to that of the workers.</summary>
    public TimeSpan StartTime { get; set; }

    /// <summary>Which process this is of those that share the folder; null for a run on one machine.</summary>
    public ShareOptions? Share { get; init; }
}

/// <summary>A run as it ended.</summary>
/// <param name="Start">How it began.</param>
/// <param name="Outcome">What the cluster says.</param>
/// <param name="Manifest">The finished tables; null when the sweep is not complete.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Profile">Where the time went; null when nobody asked.</param>
internal sealed record RunEnd(RunStart Start, SweepOutcome Outcome, SweepManifest? Manifest, TimeSpan Elapsed, RunProfile? Profile)
{
    /// <summary>Points whose measures are NULL.</summary>
    public long FailedPoints => Manifest is null ? Outcome.CrashedPoints.Count : Manifest.Status.Where(each => !HasMeasures(each.Key)).Sum(each => each.Value);

    /// <summary>The number with which the program ends.</summary>
    public int ExitCode => Outcome.End switch
    {
        SweepEnd.Interrupted => Cli.ExitCode.Interrupted,
        SweepEnd.Incomplete => Cli.ExitCode.Incomplete,
        _ when IsUnmerged => Cli.ExitCode.Complete,
        _ => FailedPoints > 0 ? Cli.ExitCode.FailedPoints : Cli.ExitCode.Complete,
    };

    /// <summary>Whether it only made the tables.</summary>
    public bool IsMerge { get; init; }

    /// <summary>Whether all is committed, but the tables are made by a run of its own.</summary>
    public bool IsUnmerged => Start.Share is not null && Manifest is null && Outcome.End is (SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints);

    private static bool HasMeasures(string status) => Enum.GetValues<PointStatus>().Any(each => each.HasMeasures() && each.Text() == status);
}

/// <summary>Wires a run: sweep, folder, computation, cluster, tables.</summary>
internal static class SweepRun
{
    private static readonly TimeSpan CalibrationTime = TimeSpan.FromMilliseconds(150);

    // Nobody knows how many workers a broker will have; shards are cut so that so many have enough of them.
    private const int WorkersOfBroker = 64;

    /// <summary>Runs a sweep to its end, or on to it.</summary>
    /// <param name="source">The sweep.</param>
    /// <param name="options">How.</param>
    /// <param name="view">Shows it.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="WrongInputException">Something is wrong with the file.</exception>
    /// <exception cref="InvalidDataException">The folder holds another sweep, or is damaged.</exception>
    /// <exception cref="BrokerException">The broker does not let this process in.</exception>
    public static int Run(SweepSource source, RunOptions options, IRunView view)
    {
        SweepSpec spec = source.Spec;
        long began = Stopwatch.GetTimestamp();
        var identity = new SweepIdentity(spec);
        string output = options.Output ?? Path.Combine("results", spec.Name);
        int workers = options.Broker is not null ? 0 : options.Workers ?? spec.Execution.Workers ?? Environment.ProcessorCount;
        int allWorkers = options.Broker is not null ? WorkersOfBroker : (int)Math.Min(int.MaxValue, (long)workers * (options.Share?.Slices ?? 1));
        int lanes = options.Lanes ?? spec.Execution.Lanes ?? LaneWidths.Best;
        var code = new Lazy<ModelCode>(() => ShardComputation.Compile(spec, lanes));

        if (options.Broker is { Address: var address })
        {
            address.CheckAsync().GetAwaiter().GetResult(); // before anything is written
            if (address.IsOpenToReaders)
                view.Notice($"{address} is not encrypted: the password can be read on the way. Use amqps:// unless the network is your own.");
        }
        OutputFolder folder;
        try
        {
            folder = OutputFolder.Take(output, (spec, source.Path), identity, CurvesPerShard, DurableFiles.PublishIfAbsent);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            var refused = new SweepOutcome(SweepEnd.Incomplete, StorageTrouble.Describe($"{output} cannot be used as output directory", trouble), 0, 0, [], 0);
            return Ended(new RunStart(spec, identity, output, new SweepShape(spec.Grid.CurveCount, spec.Grid.PointsPerCurve, 1), workers, lanes), refused);
        }
        var shape = new SweepShape(spec.Grid.CurveCount, spec.Grid.PointsPerCurve, folder.CurvesPerShard);
        var start = new RunStart(spec, identity, output, shape, workers, lanes) { Share = options.Share };
        if (options.CurvesPerShard is { } asked && asked != folder.CurvesPerShard && Math.Min(asked, spec.Grid.CurveCount) != folder.CurvesPerShard)
            view.Notice($"{output} was begun with {Words.Count(folder.CurvesPerShard, "curve")} per shard, which stays so; it changes no result.");
        if (SweepManifest.TryRead(output) is { } complete && complete.ContentHash == identity.ContentHash && AllThere(complete, output))
            return Ended(start, new SweepOutcome(SweepEnd.Complete, "", spec.Grid.CurveCount, 0, [], 0));

        using var merger = new SweepMerger(new TableMerger(output, spec, identity, DurableFiles.Publish));
        var job = new SweepJob(
            output, shape, curves => identity.ShardId(new ShardRange(curves.First, curves.Count)),
            () => new SweepKernel(new ShardComputation(spec, identity, code.Value), start.Tally), merger);
        if (options.Profile) start.StartTime = RunProfile.SinceProcessStart();
        view.Begin(start);
        return Ended(start, view.FollowAsync(observer => FollowAsync(job, observer)).GetAwaiter().GetResult());

        long CurvesPerShard() => Math.Min(spec.MostCurvesPerShard, options.CurvesPerShard ?? spec.Execution.CurvesPerShard
            ?? (Calibration.Matters(spec.Grid, allWorkers) ? Calibrated() : Calibration.Free).CurvesPerShard(spec.Grid, allWorkers));

        // Until it is clear that points are cheap enough for shards of the size that suits the workers. The workers need the code as well.
        Calibration Calibrated() => Calibration.Measure(spec, new ShardComputation(spec, identity, code.Value), CalibrationTime,
            cost => cost.CurvesPerShard(spec.Grid, allWorkers) == Calibration.Free.CurvesPerShard(spec.Grid, allWorkers));

        async Task<SweepOutcome> FollowAsync(SweepJob job, IProgress<ClusterReport> observer)
        {
            SweepHost cluster = options.Share is { } share
                ? new SharedCluster(job, new ClaimPlan(share.Slice, share.Slices, workers, share.Lease), options.LowPriority, observer)
                : options.Broker is { } broker ? new RabbitCluster(job, SweepOrders.Write(source, identity), broker.Address, broker.Lease, observer)
                : new LocalCluster(job, workers, options.LowPriority, observer);
            using var signals = new StopSignals(
                () =>
                {
                    view.Notice("Stopping: shards in flight are finished and kept. Once more to stop at once.");
                    cluster.Drain();
                },
                cluster.Abort);
            return await cluster.RunAsync().ConfigureAwait(false);
        }

        static bool AllThere(SweepManifest manifest, string output) => manifest.Tables.SelectMany(table => table.Files)
            .All(file => new FileInfo(Path.Combine(output, file.Path)) is { Exists: true } there && there.Length == file.Bytes);

        int Ended(RunStart start, SweepOutcome outcome)
        {
            bool complete = outcome.End is SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints;
            var end = new RunEnd(start, outcome, complete ? SweepManifest.TryRead(output) : null, Stopwatch.GetElapsedTime(began), options.Profile ? Profile(start, outcome) : null);
            view.End(end);
            return end.ExitCode;
        }

        static RunProfile Profile(RunStart start, SweepOutcome outcome)
        {
            TimeSpan wall = RunProfile.SinceProcessStart();
            return new RunProfile
            {
                Wall = wall,
                Start = start.StartTime > TimeSpan.Zero ? start.StartTime : wall,
                Workers = start.Workers,
                Kernels = start.Tally.KernelTime,
                Encoding = start.Tally.EncodingTime,
                Commit = outcome.CommitTime,
                Merge = outcome.MergeTime,
                Points = outcome.Computed * start.Spec.Grid.PointsPerCurve,
                Counters = start.Tally.Counters,
            };
        }
    }
}
