using System.Diagnostics;
using SweepEngine.Simulator;
using Xunit.Abstractions;

namespace SweepEngine.Protocol.Tests;

public sealed class ExhaustiveSearchTests(ITestOutputHelper output)
{
    private const int AtMost = 1_000_000;

    private static readonly Dictionary<string, TinyPlan> s_plans = new()
    {
        ["lost and doubled messages"] = new(new SweepShape(2, 1, 1), 2) { LostMessages = 1, DoubledMessages = 1 },
        ["late and doubled messages"] = new(new SweepShape(1, 1, 1), 2) { LateMessages = 1, DoubledMessages = 1 },
        ["worker crash"] = new(new SweepShape(2, 1, 1), 2) { WorkerCrashes = 1 },
        ["restart"] = new(new SweepShape(2, 1, 1), 2) { CoordinatorCrashes = 1 },
        ["restart and doubled message"] = new(new SweepShape(2, 1, 1), 1) { CoordinatorCrashes = 1, DoubledMessages = 1 },
        ["restart and worker crash"] = new(new SweepShape(1, 1, 1), 2) { CoordinatorCrashes = 1, WorkerCrashes = 1 },
        ["replaced while paused"] = new(new SweepShape(1, 1, 1), 2) { Replacements = 1 },
        ["silences"] = new(new SweepShape(1, 1, 1), 2) { Silences = 2 },
        ["rotten part and restart"] = new(new SweepShape(3, 1, 2), 1) { RottenParts = 1, CoordinatorCrashes = 1 },
        ["throwing point, restart, lost message"] = new(new SweepShape(2, 2, 2), 1) { Throwing = 1, CoordinatorCrashes = 1, LostMessages = 1 },
        ["killing point, restart, lost message"] = new(new SweepShape(1, 2, 1), 1) { Killing = 1, CoordinatorCrashes = 1, LostMessages = 1 },
        ["killing point beside another worker"] = new(new SweepShape(1, 2, 1), 2) { Killing = 1 },
    };

    public static TheoryData<string> Plans => [.. s_plans.Keys];

    [Theory]
    [MemberData(nameof(Plans))]
    public void Every_state_of_a_tiny_cluster_keeps_the_promises_and_can_end(string plan)
    {
        long began = Stopwatch.GetTimestamp();
        var (states, moves) = ExhaustiveSearch.Run(new TinyCluster(s_plans[plan]), AtMost);
        output.WriteLine($"{plan}: {states} states, {moves} moves, {Stopwatch.GetElapsedTime(began).TotalSeconds:0.0} s");
        Assert.True(states > 1000);
    }

    [Theory]
    [InlineData(typeof(TermsAreReused), "restart and doubled message")]
    [InlineData(typeof(ReportComesBeforeCommit), "worker crash")]
    [InlineData(typeof(TheLastWriterWins), "restart")]
    [InlineData(typeof(LeasesNeverEnd), "worker crash")]
    [InlineData(typeof(WorkersDoNotRepeat), "throwing point, restart, lost message")]
    [InlineData(typeof(StopIsIgnored), "rotten part and restart")]
    [InlineData(typeof(CorruptPartsAreNotComputedAgain), "rotten part and restart")]
    [InlineData(typeof(HalfBlocksAreKept), "rotten part and restart")]
    [InlineData(typeof(OldPartsAreNotMerged), "restart")]
    [InlineData(typeof(TheJournalIsTrustedOverTheOutput), "restart")]
    [InlineData(typeof(CommittedPartsAreNotAnnounced), "rotten part and restart")]
    [InlineData(typeof(CrashedPointsAreNotLeftOut), "throwing point, restart, lost message")]
    public void A_broken_protocol_is_caught_on_the_shortest_way(Type variant, string plan)
    {
        var cluster = new TinyCluster(s_plans[plan], (ProtocolVariant)Activator.CreateInstance(variant)!);
        var failure = Assert.Throws<SimulationFailure>(() => ExhaustiveSearch.Run(cluster, AtMost));
        output.WriteLine(failure.Message);
    }
}
