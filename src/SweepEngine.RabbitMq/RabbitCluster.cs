using SweepEngine.Cluster;

namespace SweepEngine.RabbitMq;

/// <summary>Runs a sweep whose workers are processes anywhere (<see cref="RabbitWorkers"/>), reached through a broker.</summary>
/// <param name="job">What is computed; its kernels are made by the workers.</param>
/// <param name="order">The same for workers elsewhere.</param>
/// <param name="broker">The broker.</param>
/// <param name="lease">How long a worker may be silent, at least 1 s; null for <see cref="RabbitWorkforce.StandardLeaseSeconds"/>.</param>
/// <param name="observer">Told what happens.</param>
public sealed class RabbitCluster(SweepJob job, SweepOrder order, BrokerAddress broker, TimeSpan? lease = null, IProgress<ClusterReport>? observer = null)
    : SweepCluster(job, new RabbitWorkforce(job, order, broker, lease), observer);
