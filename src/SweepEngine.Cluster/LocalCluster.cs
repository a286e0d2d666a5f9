namespace SweepEngine.Cluster;

/// <summary>Runs a sweep in this process alone.</summary>
/// <param name="job">What to compute.</param>
/// <param name="workers">Kernels that run at the same time, at least 1; usually the number of cores.</param>
/// <param name="lowPriority">Whether other programs of the machine go first.</param>
/// <param name="observer">Told what happens, one report at a time, from the engine's threads; must be quick. A report is not repeated.</param>
public sealed class LocalCluster(SweepJob job, int workers, bool lowPriority = false, IProgress<ClusterReport>? observer = null)
    : SweepCluster(job, new LocalWorkforce(job.CreateKernel, workers, lowPriority), observer);
