namespace SweepEngine.Cluster.Tests;

public sealed class DependencyTests
{
    [Fact]
    public void The_cluster_knows_the_protocol_and_nothing_of_neurons() =>
        Assert.Equal(["SweepEngine.Protocol"], typeof(LocalCluster).Assembly.GetReferencedAssemblies()
            .Select(reference => reference.Name!).Where(name => name.StartsWith("SweepEngine", StringComparison.Ordinal)));
}
