using System.Diagnostics;
using SweepEngine.Protocol;

namespace SweepEngine.Cli;

/// <summary>How fast a run is, and when it will be done.</summary>
internal sealed class RunPace
{
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly RunStart _start;

    /// <summary>Measures from now on.</summary>
    public RunPace(RunStart start) => _start = start;

    /// <summary>Where the sweep stands; null before the first report.</summary>
    public SweepProgress? State { get; set; }

    /// <summary>Time since the run began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Points that are done, and of the whole sweep.</summary>
    public (long Done, long All) Points => State is { } state ? (state.PointsDone, state.Points) : (0, _start.Spec.Grid.PointCount);

    /// <summary>Points per second since the run began, without those that were there before.</summary>
    public double PointsPerSecond => State is { } state ? (state.PointsDone - state.Reused * _start.Spec.Grid.PointsPerCurve) / Elapsed.TotalSeconds : 0;

    /// <summary>Time until the end at this pace; null before it can be told, and where other processes compute as well.</summary>
    public TimeSpan? Left => _start.Share is null && State is { } state && PointsPerSecond is > 0 and var pace
        ? TimeSpan.FromSeconds(Math.Min((state.Points - state.PointsDone) / pace, TimeSpan.MaxValue.TotalSeconds / 2)) : null;

    /// <summary>The state on a line: points, pace, failures, time left.</summary>
    public override string ToString() =>
        $"{Words.Count(Points.Done)}/{Words.Count(Points.All)} points  {Words.PerSecond(PointsPerSecond)}"
        + (_start.Tally.Failed > 0 ? $"  {Words.Count(_start.Tally.Failed)} failed" : "")
        + (Left is { } left && Points.Done < Points.All ? $"  {Words.Duration(left)} left" : "");
}
