using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>A sweep and what a batch system is to give it.</summary>
/// <param name="Spec">The sweep.</param>
/// <param name="SpecFile">Its file, as the tasks find it.</param>
/// <param name="Output">Its folder, as the tasks find it.</param>
/// <param name="Command">The command that wrote the file, for its first lines.</param>
/// <param name="Tasks">Tasks: slices of the sweep.</param>
/// <param name="Cores">Cores of each task.</param>
/// <param name="Minutes">Longest time of a task, or of the whole job in Kubernetes [min].</param>
/// <param name="Memory">Memory of each task [MiB].</param>
internal sealed record ClusterPlan(SweepSpec Spec, string SpecFile, string Output, string Command, int Tasks, int Cores, int Minutes, int Memory)
{
    /// <summary>Between being told to end and having to be gone [s]: a shard takes about ten, ten times that is rare.</summary>
    public const int GraceSeconds = 120;

    /// <summary>How often a crashed task starts again; a point that kills its process is found after ten to twenty crashes.</summary>
    public const int Starts = 100;

    /// <summary>For the first lines: name and size of the sweep.</summary>
    public string Title => $"{Spec.Name}: {Words.Count(Spec.Grid.PointCount, "point")} in {Words.Count(Spec.Grid.CurveCount, "curve")}";
}
