using System.CommandLine;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep plan</c>.</summary>
internal static class PlanCommand
{
    private static readonly TimeSpan CalibrationTime = TimeSpan.FromMilliseconds(400);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var spec = new Argument<string>("SPEC") { Description = "The sweep file" };
        var noCalibration = new Option<bool>("--no-calibration") { Description = "Compute nothing: no estimates of time, size and shards" };
        var command = new DetailedCommand("plan", "Say what a sweep comes to, before it is run: points, curves, shards, time and size.",
            """
            A few random points are computed for the estimates; nothing is written.

            Example: sweep plan examples/adaptation.yaml
            """)
        {
            spec, noCalibration,
        };
        command.SetAction(parsed => Print(SweepFile.Read(parsed.GetRequiredValue(spec)), !parsed.GetValue(noCalibration)));
        return command;
    }

    private static void Print(SweepSpec spec, bool calibrate)
    {
        var plan = new SweepPlan(spec);
        ParameterGrid grid = plan.Grid;
        int workers = spec.Execution.Workers ?? Environment.ProcessorCount;
        Calibration? cost = calibrate ? Calibration.Measure(spec, new ShardComputation(spec, plan.Identity), CalibrationTime) : null;
        long? curvesPerShard = spec.Execution.CurvesPerShard ?? cost?.CurvesPerShard(grid, workers);
        curvesPerShard = curvesPerShard is { } found ? Math.Min(found, spec.MostCurvesPerShard) : null;

        Line("sweep", $"{spec.Name} ({spec.Model.Name})");
        Line("content hash", plan.Identity.ContentHash);
        Line("points", Words.Count(grid.PointCount) + (grid.Repeats > 1 ? $" ({Words.Count(grid.PointCount / grid.Repeats)}, each {Words.Count(grid.Repeats)} times)" : ""));
        Line("curves", $"{Words.Count(grid.CurveCount)} of {Words.Count(grid.PointsPerCurve, "point")}");
        if (curvesPerShard is { } size)
            Line("shards", $"{Words.Count(new SweepShape(grid.CurveCount, grid.PointsPerCurve, size).Shards)} of {Words.Count(size, "curve")}");
        foreach (IReadOnlyList<Axis> group in grid.Groups)
        {
            foreach (Axis axis in group)
                Line(axis == grid.Axes[0] ? "axes" : "", $"{axis.Parameter}: {axis.CanonicalText}, {Words.Count(axis.Count, "value")}{Role(axis, group)}");
        }
        Line("first", plan.First.ToString());
        foreach (ResolvedPoint point in plan.Random)
            Line("random", point.ToString());
        Line("last", plan.Last.ToString());
        if (spec.Traces is { } traces)
        {
            Line("traces", $"{Words.Count(traces.Times.Count, "time")} of each point, "
                + $"{Words.Count(traces.Times.Count * grid.PointCount)} rows of {string.Join(", ", traces.Variables.Select(variable => variable.Name))}");
        }
        if (cost is not null)
        {
            double seconds = cost.SecondsPerPoint * grid.PointCount;
            Line("time of one core", $"about {Duration(seconds)} ({Words.PerSecond(1 / cost.SecondsPerPoint)})");
            Line("time here", $"about {Duration(seconds / Math.Min(workers, Environment.ProcessorCount))} with {Words.Count(workers, "worker")}");
            Line("tables", $"about {Words.Bytes(cost.BytesPerPoint * grid.PointCount)}, and as much again for the parts that they are merged from");
        }

        string Role(Axis axis, IReadOnlyList<Axis> group) => axis == grid.Drive ? " (the drive)"
            : group.Count > 1 ? $" (zipped with {string.Join(", ", group.Where(other => other != axis).Select(other => other.Parameter))})" : "";
    }

    private static string Duration(double seconds) =>
        seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? Words.Duration(TimeSpan.FromSeconds(seconds)) : "longer than recorded history";

    private static void Line(string name, string text) => Console.Out.WriteLine($"{name,-18}{text}");
}
