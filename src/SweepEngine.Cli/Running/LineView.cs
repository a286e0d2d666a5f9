using SweepEngine.Cluster;
using SweepEngine.Protocol;

namespace SweepEngine.Cli;

/// <summary>Plain lines, for files and pipes: one every few seconds while something is finished.</summary>
internal class LineView : IRunView
{
    private static readonly TimeSpan BetweenLines = TimeSpan.FromSeconds(3);

    private RunPace? _pace;
    private bool _reuseTold, _isShared;

    /// <inheritdoc/>
    public void Begin(RunStart start)
    {
        _pace = new RunPace(start);
        _isShared = start.Share is not null; // others commit all the time
        WriteLine($"{start.Spec.Name}: {Words.Count(start.Spec.Grid.PointCount, "point")} in {Words.Count(start.Spec.Grid.CurveCount, "curve")}, "
            + $"{Words.Count(start.Shape.Shards, "shard")}, {(start.Workers == 0 ? "workers elsewhere" : Words.Count(start.Workers, "worker"))}, to {start.Output}");
    }

    /// <inheritdoc/>
    public virtual Task<SweepOutcome> FollowAsync(Func<IProgress<ClusterReport>, Task<SweepOutcome>> run)
    {
        TimeSpan next = BetweenLines;
        return run(new Observer(report =>
        {
            Take(report);
            if (report is not ClusterReport.Progress || Pace.Elapsed < next) return;
            next = Pace.Elapsed + BetweenLines;
            WriteLine(Pace.ToString());
        }));
    }

    /// <inheritdoc/>
    public virtual void Notice(string message) => Console.Error.WriteLine(message);

    /// <inheritdoc/>
    public void End(RunEnd end)
    {
        RunSummary.Write(end);
        if (end.Profile is null) return;
        Console.Out.WriteLine();
        foreach (string line in ProfileListing.Lines(end.Profile)) Console.Out.WriteLine(line);
    }

    /// <summary>How fast the run is.</summary>
    protected RunPace Pace => _pace ?? throw new InvalidOperationException("The run has not begun.");

    /// <summary>Notes progress, and prints what is worth a line.</summary>
    protected void Take(ClusterReport report)
    {
        switch (report)
        {
            case ClusterReport.Progress progress:
                Pace.State = progress.State;
                if (progress.State.Reused > 0 && !_reuseTold && !_isShared)
                {
                    _reuseTold = true;
                    WriteLine($"{Words.Count(progress.State.Reused, "curve")} of {Words.Count(progress.State.Curves)} were there already");
                }
                break;
            case ClusterReport.Notice notice: Notice(notice.Message); break;
            case ClusterReport.Crash crash: Notice($"{crash.Points} crashed: {crash.Message}"); break;
            case ClusterReport.Alarm alarm: Notice($"ALARM: {alarm.Message}"); break;
        }
    }

    /// <summary>Prints a line of the run.</summary>
    protected virtual void WriteLine(string line) => Console.Out.WriteLine(line);

    /// <summary>Hands reports on as they come, on the thread that brings them.</summary>
    protected sealed class Observer(Action<ClusterReport> take) : IProgress<ClusterReport>
    {
        /// <inheritdoc/>
        public void Report(ClusterReport value) => take(value);
    }
}

/// <summary>Nothing but problems.</summary>
internal sealed class QuietView : IRunView
{
    /// <inheritdoc/>
    public void Begin(RunStart start)
    {
    }

    /// <inheritdoc/>
    public Task<SweepOutcome> FollowAsync(Func<IProgress<ClusterReport>, Task<SweepOutcome>> run) => run(new Progress());

    /// <inheritdoc/>
    public void Notice(string message)
    {
    }

    /// <inheritdoc/>
    public void End(RunEnd end)
    {
        if (RunSummary.Problem(end) is { } problem) Console.Error.WriteLine(problem);
        foreach (string line in end.Profile is { } profile ? ProfileListing.Lines(profile) : []) Console.Out.WriteLine(line);
    }

    private sealed class Progress : IProgress<ClusterReport>
    {
        public void Report(ClusterReport value)
        {
            if (value is ClusterReport.Alarm alarm) Console.Error.WriteLine($"ALARM: {alarm.Message}");
        }
    }
}
