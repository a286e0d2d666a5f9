using SweepEngine.Cluster;

namespace SweepEngine.Cli;

/// <summary>Shows a run to a person or a program.</summary>
internal interface IRunView
{
    /// <summary>The run begins; not called when nothing is left to be computed.</summary>
    void Begin(RunStart start);

    /// <summary>Shows what happens while the sweep is computed.</summary>
    /// <param name="run">The computation; tells its observer what happens.</param>
    /// <returns>What <paramref name="run"/> returns.</returns>
    Task<SweepOutcome> FollowAsync(Func<IProgress<ClusterReport>, Task<SweepOutcome>> run);

    /// <summary>Something worth a line. May be called from any thread.</summary>
    void Notice(string message);

    /// <summary>The run ended.</summary>
    void End(RunEnd end);
}
