using System.Text.Json;
using SweepEngine.Cluster;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>One JSON object per line, for programs. Events and fields are only ever added.</summary>
internal sealed class JsonView : IRunView
{
    /// <summary>The events as help shows them.</summary>
    public const string Help =
        """
        With --json each line is an object; events and fields are only ever added:
          {"event": "started", "sweep", "content_hash", "output", "points", "curves",
           "shards", "curves_per_shard", "workers", "lanes"}
          {"event": "progress", "points_done", "points", "failed_points",
           "crashed_points", "reused_curves", "points_per_second", "elapsed_s", "left_s"}
                                    whenever work is given out or committed
          {"event": "notice", "message"}
          {"event": "crash", "first_point", "point_count", "message"}
          {"event": "alarm", "message"}           the same work gave different bytes
          {"event": "finished", "end", "exit_code", "reason", "points", "curves",
           "reused_curves", "computed_curves", "failed_points", "elapsed_s", "output",
           "status": {"ok": count, ...}, "tables": [{"name", "rows", "bytes",
           "files": [path, ...]}, ...]}
        end is complete, incomplete, interrupted, or with --shard committed (all is there for
        'sweep merge'; reused_curves are then those of other processes, too); status and tables are there once the
        sweep is complete; left_s is null where it cannot be told.
        """;

    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly Lock _writing = new();
    private RunStart? _start;
    private RunPace? _pace;

    /// <inheritdoc/>
    public void Begin(RunStart start)
    {
        (_start, _pace) = (start, new RunPace(start));
        Write("started", json =>
        {
            json.WriteString("sweep", start.Spec.Name);
            json.WriteString("content_hash", start.Identity.ContentHash);
            json.WriteString("output", start.Output);
            json.WriteNumber("points", start.Spec.Grid.PointCount);
            json.WriteNumber("curves", start.Spec.Grid.CurveCount);
            json.WriteNumber("shards", start.Shape.Shards);
            json.WriteNumber("curves_per_shard", start.Shape.CurvesPerShard);
            json.WriteNumber("workers", start.Workers);
            json.WriteNumber("lanes", start.Lanes);
        });
    }

    /// <inheritdoc/>
    public Task<SweepOutcome> FollowAsync(Func<IProgress<ClusterReport>, Task<SweepOutcome>> run) => run(new Observer(this));

    /// <inheritdoc/>
    public void Notice(string message) => Write("notice", json => json.WriteString("message", message));

    /// <inheritdoc/>
    public void End(RunEnd end) => Write("finished", json =>
    {
        json.WriteString("end", end.Manifest is not null ? "complete" : end.IsUnmerged ? "committed" : end.ExitCode == ExitCode.Interrupted ? "interrupted" : "incomplete");
        json.WriteNumber("exit_code", end.ExitCode);
        json.WriteString("reason", end.Outcome.Reason);
        json.WriteNumber("points", end.Start.Spec.Grid.PointCount);
        json.WriteNumber("curves", end.Start.Spec.Grid.CurveCount);
        json.WriteNumber("reused_curves", end.Outcome.Reused);
        json.WriteNumber("computed_curves", end.Outcome.Computed);
        json.WriteNumber("failed_points", end.FailedPoints);
        json.WriteNumber("elapsed_s", Math.Round(end.Elapsed.TotalSeconds, 3));
        json.WriteString("output", end.Start.Output);
        if (end.Profile is { } profile) ProfileListing.Write(json, profile);
        if (end.Manifest is not { } manifest) return;
        json.WriteStartObject("status");
        foreach ((string status, long count) in manifest.Status) json.WriteNumber(status, count);
        json.WriteEndObject();
        json.WriteStartArray("tables");
        foreach (ManifestTable table in manifest.Tables)
        {
            json.WriteStartObject();
            json.WriteString("name", table.Name);
            json.WriteNumber("rows", table.Rows);
            json.WriteNumber("bytes", table.Files.Sum(file => file.Bytes));
            json.WriteStartArray("files");
            foreach (ManifestFile file in table.Files) json.WriteStringValue(Path.Combine(end.Start.Output, file.Path));
            json.WriteEndArray();
            json.WriteEndObject();
        }
        json.WriteEndArray();
    });

    private void Report(ClusterReport report)
    {
        switch (report)
        {
            case ClusterReport.Progress progress:
                _pace!.State = progress.State;
                Write("progress", json =>
                {
                    json.WriteNumber("points_done", progress.State.PointsDone);
                    json.WriteNumber("points", progress.State.Points);
                    json.WriteNumber("failed_points", _start!.Tally.Failed);
                    json.WriteNumber("crashed_points", progress.State.CrashedPoints);
                    json.WriteNumber("reused_curves", progress.State.Reused);
                    json.WriteNumber("points_per_second", Math.Round(_pace.PointsPerSecond, 1));
                    json.WriteNumber("elapsed_s", Math.Round(_pace.Elapsed.TotalSeconds, 3));
                    if (_pace.Left is { } left) json.WriteNumber("left_s", Math.Round(left.TotalSeconds, 1));
                    else json.WriteNull("left_s");
                });
                break;
            case ClusterReport.Notice notice: Notice(notice.Message); break;
            case ClusterReport.Crash crash:
                Write("crash", json =>
                {
                    json.WriteNumber("first_point", crash.Points.First);
                    json.WriteNumber("point_count", crash.Points.Count);
                    json.WriteString("message", crash.Message);
                });
                break;
            case ClusterReport.Alarm alarm: Write("alarm", json => json.WriteString("message", alarm.Message)); break;
        }
    }

    private void Write(string kind, Action<Utf8JsonWriter> fields)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("event", kind);
            fields(json);
            json.WriteEndObject();
        }
        line.Write("\n"u8);
        lock (_writing)
        {
            _output.Write(line.GetBuffer().AsSpan(0, (int)line.Length));
            _output.Flush();
        }
    }

    private sealed class Observer(JsonView view) : IProgress<ClusterReport>
    {
        public void Report(ClusterReport value) => view.Report(value);
    }
}
