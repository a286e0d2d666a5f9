using System.CommandLine;
using System.Diagnostics;
using SweepEngine.Cluster;
using SweepEngine.Lanes;
using SweepEngine.Protocol;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep merge</c>.</summary>
internal static class MergeCommand
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromSeconds(5);

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a sweep, as results/NAME" };
        var spec = new Option<string?>("--spec") { HelpName = "SPEC", Description = "The sweep file [the one that DIR was begun with]" };
        var wait = new Option<bool>("--wait") { Description = "Wait until everything is committed" };
        var json = new Option<bool>("--json") { Description = "Print one JSON object, for programs (see 'sweep run --help')" };
        var quiet = new Option<bool>("--quiet") { Description = "Print nothing but problems" };
        var command = new DetailedCommand("merge", "Make the tables of a sweep that processes of 'run --shard' computed.",
            $"""
            Says what is missing if it is not complete. Can be killed: the same command goes on.

            Example: sweep merge results/adaptation-atlas

            {ExitCode.Help}
            """)
        {
            folder, spec, wait, json, quiet,
        };
        command.SetAction(parsed => Merge(
            parsed.GetRequiredValue(folder), parsed.GetValue(spec), parsed.GetValue(wait),
            parsed.GetValue(json) ? new JsonView() : parsed.GetValue(quiet) ? new QuietView() : new LineView()));
        return command;
    }

    private static int Merge(string directory, string? specFile, bool wait, IRunView view)
    {
        long began = Stopwatch.GetTimestamp();
        if (wait && !WaitForAll(directory)) return ExitCode.Interrupted;
        OutputFolder folder = OutputFolder.TryRead(directory) ?? throw StatusCommand.NoSweep(directory);
        SweepSpec spec = Read(folder, directory, specFile);
        var identity = new SweepIdentity(spec);
        folder.Check(directory, spec, identity);

        using var merger = new SweepMerger(new TableMerger(directory, spec, identity, DurableFiles.Publish));
        var shape = new SweepShape(spec.Grid.CurveCount, spec.Grid.PointsPerCurve, folder.CurvesPerShard);
        var job = new SweepJob(
            directory, shape, curves => identity.ShardId(new ShardRange(curves.First, curves.Count)), () => throw new InvalidOperationException("A merge computes nothing."), merger);
        SweepOutcome outcome = FolderMerge.Run(job, new Notices(view));
        bool isComplete = outcome.End is SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints;
        var end = new RunEnd(
            new RunStart(spec, identity, directory, shape, 1, LaneWidths.Best), outcome, isComplete ? SweepManifest.TryRead(directory) : null, Stopwatch.GetElapsedTime(began), null)
        {
            IsMerge = true,
        };
        view.End(end);
        return end.ExitCode;
    }

    private static SweepSpec Read(OutputFolder folder, string directory, string? specFile)
    {
        string path = specFile ?? folder.SweepFile ?? throw new WrongInputException(
            $"{directory} does not say which sweep file it was begun with\n    next step: give it with --spec");
        return specFile is not null || File.Exists(path) ? SweepFile.Read(path) : throw new WrongInputException(
            $"the sweep file {path}, with which {directory} was begun, is not there\n    next step: give it with --spec");
    }

    /// <returns>False if somebody stopped it.</returns>
    private static bool WaitForAll(string directory)
    {
        using var stopped = new ManualResetEventSlim();
        using var signals = new StopSignals(stopped.Set, stopped.Set);
        while (OutputFolder.TryRead(directory) is not { } folder || (SweepManifest.TryRead(directory) is null && PartStore.Committed(directory).Total < folder.Curves))
            if (stopped.Wait(BetweenLooks)) return false;
        return true;
    }

    private sealed class Notices(IRunView view) : IProgress<ClusterReport>
    {
        public void Report(ClusterReport value)
        {
            if (value is ClusterReport.Notice notice) view.Notice(notice.Message);
        }
    }
}
