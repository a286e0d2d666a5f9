using System.Diagnostics;
using System.Runtime;
using SweepEngine.Simulation;

namespace SweepEngine.Cli;

/// <summary>Where the time of a run went, and how much work there was. Of the times, those of the workers are added up over all of them.</summary>
internal sealed record RunProfile
{
    /// <summary>The fields of <c>profile</c> as help shows them.</summary>
    public const string Help =
        """
        With --profile, "finished" also has "profile": {"wall_s", "start_s", "workers",
           "kernels_s", "encoding_s", "commit_s", "waiting_s", "merge_s",
           "outside_of_kernels", "points", "points_per_second", "steps", "rejected_steps",
           "roots", "root_iterations", "lanes", "busy_lanes", "compiled_methods",
           "compiling_s", "peak_memory_bytes"}; times of the workers are added up.
        """;

    /// <summary>From the start of the process to the end of the run.</summary>
    public required TimeSpan Wall { get; init; }

    /// <summary>From the start of the process to that of the workers.</summary>
    public required TimeSpan Start { get; init; }

    /// <summary>Shards that are computed at a time.</summary>
    public required int Workers { get; init; }

    /// <summary>Workers' time in kernels.</summary>
    public required TimeSpan Kernels { get; init; }

    /// <summary>Workers' time to turn results into the bytes of parts.</summary>
    public required TimeSpan Encoding { get; init; }

    /// <summary>Workers' time to make parts durable.</summary>
    public required TimeSpan Commit { get; init; }

    /// <summary>Time of the thread that reads parts and writes tables, beside the workers.</summary>
    public required TimeSpan Merge { get; init; }

    /// <summary>Points that were computed.</summary>
    public required long Points { get; init; }

    /// <summary>What the kernels counted.</summary>
    public required KernelCounters Counters { get; init; }

    /// <summary>Methods that were compiled while the program ran, and the time of all threads for that.</summary>
    public (long Methods, TimeSpan Time) Compiled { get; } = (JitInfo.GetCompiledMethodCount(), JitInfo.GetCompilationTime());

    /// <summary>The most memory that the process ever had [bytes].</summary>
    public long PeakMemory { get; } = Process.GetCurrentProcess().PeakWorkingSet64;

    /// <summary>Workers' time from the start of the process to the end in which they were in none of kernels, encoding and commit.</summary>
    public TimeSpan Waiting
    {
        get
        {
            TimeSpan rest = Workers * (Wall - Start) - Kernels - Encoding - Commit;
            return rest > TimeSpan.Zero ? rest : TimeSpan.Zero;
        }
    }

    /// <summary>Part of the workers' wall time that was not spent in kernels, 0 to 1.</summary>
    public double OutsideOfKernels => Math.Clamp(1 - Kernels / (Workers * Wall), 0, 1);

    /// <summary>Time since the process was started.</summary>
    public static TimeSpan SinceProcessStart() => DateTime.UtcNow - Process.GetCurrentProcess().StartTime.ToUniversalTime();
}
