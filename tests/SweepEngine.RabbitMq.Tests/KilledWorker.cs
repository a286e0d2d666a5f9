using System.Diagnostics;
using SweepEngine.Cluster.Tests;

namespace SweepEngine.RabbitMq.Tests;

/// <summary>A worker in a process of its own, which one point of its sweep kills, as a bug in native code does.</summary>
internal static class KilledWorker
{
    public const long Point = 3;

    public static FakeSweep Sweep { get; } = new(curves: 3, pointsPerCurve: 2, curvesPerShard: 1)
    {
        BeforePoint = (point, _) =>
        {
            if (point == Point) Process.GetCurrentProcess().Kill();
        },
    };

    public static Process Start(string address)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(KilledWorker).Assembly.Location, address]);
        foreach (var (name, value) in Broker.Login) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task<int> Main(string[] arguments)
    {
        var broker = BrokerAddress.Read(arguments[0], null, Environment.GetEnvironmentVariable);
        await new RabbitWorkers(broker, 1, lowPriority: false, _ => Sweep.Job("unused").CreateKernel, _ => { }).RunAsync();
        return 0;
    }
}
