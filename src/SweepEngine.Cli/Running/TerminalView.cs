using Spectre.Console;
using Spectre.Console.Rendering;
using SweepEngine.Cluster;

namespace SweepEngine.Cli;

/// <summary>A progress bar that moves, for people at a terminal.</summary>
internal sealed class TerminalView : LineView
{
    private const int BarWidth = 20;

    /// <inheritdoc/>
    public override Task<SweepOutcome> FollowAsync(Func<IProgress<ClusterReport>, Task<SweepOutcome>> run) =>
        Screen.Console.Progress().AutoClear(true).Columns(new ProgressBarColumn { Width = BarWidth }, new PercentageColumn(), new PaceColumn(this))
            .StartAsync(context =>
            {
                ProgressTask bar = context.AddTask("points");
                return run(new Observer(report =>
                {
                    Take(report);
                    bar.MaxValue = Pace.Points.All;
                    bar.Value = Pace.Points.Done;
                }));
            });

    /// <inheritdoc/>
    public override void Notice(string message) => WriteLine(message);

    // Through the console of the bar, which moves the bar out of the way.
    /// <inheritdoc/>
    protected override void WriteLine(string line) => Screen.Console.WriteLine(line);

    private sealed class PaceColumn(TerminalView view) : ProgressColumn
    {
        public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) => new Text(view.Pace.ToString());
    }
}
