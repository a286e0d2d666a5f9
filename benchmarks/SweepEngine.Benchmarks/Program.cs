using BenchmarkDotNet.Running;
using SweepEngine.Benchmarks;
using SweepEngine.Benchmarks.Bifurcations;
using SweepEngine.Benchmarks.Clusters;
using SweepEngine.Benchmarks.Peers;

if (args is ["peers", ..])
{
    return PeersCommand.Run(args[1..]);
}

if (args is ["bifurcations", ..])
{
    return BifurcationsCommand.Run(args[1..]);
}

if (args is ["cluster", ..])
{
    return ClusterCommand.Run(args[1..]);
}

if (args is ["startup", ..])
{
    return StartupCommand.Run(args[1..]);
}

if (args is ["compiling", ..])
{
    return CompilingCommand.Run(args[1..]);
}

if (args is ["shooting", ..])
{
    return ShootingCommand.Run(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(PeersCommand).Assembly).Run(args);
return 0;
