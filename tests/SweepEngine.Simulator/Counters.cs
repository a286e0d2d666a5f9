using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>How often the rare paths were walked.</summary>
internal sealed class Counters
{
    public int CoordinatorCrashes, DeposedCoordinators, CoordinatorChangesDuringMerge, ProcessCrashes, Preemptions, WorkerDeaths, PowerLosses, Partitions,
        MessagesCutOff, BrokerRestarts, Redeliveries, LostConfirmations, MailForSuccessors, EarlyEnds, CorruptParts, PartsLostWithPower, LatePartsMissed,
        FullDiskRefusals, DiskErrorRefusals, TornJournals, LostJournals, StaleEpochs, RepeatedRequests, SecondCommits, DifferentCommits, Losses,
        NeverBegun, Cancels, HalvedShards, Probes, SuspectsAlone, PoisonKills, PoisonPointsFound, PoisonCurvesFound, TroublesRemembered;

    /// <summary>All of them, by name.</summary>
    public IEnumerable<(string Name, int Count)> All => typeof(Counters).GetFields().Select(path => (path.Name, (int)path.GetValue(this)!));

    /// <summary>Adds those of another run.</summary>
    public void Add(Counters other)
    {
        foreach (var path in typeof(Counters).GetFields()) path.SetValue(this, (int)path.GetValue(this)! + (int)path.GetValue(other)!);
    }

    /// <summary>What a coordinator made of an event.</summary>
    public void Count(CoordinatorEvent happened, List<CoordinatorEffect> effects)
    {
        switch (happened)
        {
            case CoordinatorEvent.PartCorrupted:
                CorruptParts++;
                break;
            case CoordinatorEvent.TimePassed or CoordinatorEvent.WorkerDied
                when effects.Any(effect => effect is CoordinatorEffect.Record { Entry: JournalRecord.Ended { End: WorkEnd.Released } }):
                NeverBegun++;
                break;
            case CoordinatorEvent.Received { Message: WorkerMessage.Report report }
                when !effects.Any(effect => effect is CoordinatorEffect.Record { Entry: JournalRecord.Ended ended } && ended.Epoch == report.Epoch):
                StaleEpochs++;
                break;
            case CoordinatorEvent.Received { Message: WorkerMessage.Ask }
                when effects is [CoordinatorEffect.Send { Message: CoordinatorMessage.Grant }]:
                RepeatedRequests++;
                break;
        }
    }

    public void Count(JournalRecord entry, SweepShape shape)
    {
        switch (entry)
        {
            case JournalRecord.Attempted attempt:
                if (attempt.Kind == WorkKind.Probe) Probes++;
                else if (attempt.Curves.Count < shape.CurvesPerShard) HalvedShards++;
                if (attempt.Alone) SuspectsAlone++;
                break;
            case JournalRecord.Ended { End: WorkEnd.Lost }: Losses++; break;
            case JournalRecord.Ended { End: WorkEnd.Same }: SecondCommits++; break;
            case JournalRecord.Ended { End: WorkEnd.Different }: DifferentCommits++; break;
        }
    }
}

/// <summary>Where time goes, of workers in virtual milliseconds, of the coordinator in ticks of the real clock.</summary>
internal sealed class ClusterCosts
{
    /// <summary>Kernels and commits whose part is the one that counts.</summary>
    public long UsefulTime { get; set; }

    /// <summary>Kernels that were cancelled or failed, that died with their process, or whose part could not be stored.</summary>
    public long LostTime { get; set; }

    /// <summary>Kernels whose part was there already.</summary>
    public long RepeatedTime { get; set; }

    /// <summary>Events that coordinators took.</summary>
    public long Events { get; private set; }

    /// <summary>Real time that they took [ticks of Stopwatch].</summary>
    public long EventTicks { get; private set; }

    /// <summary>The event that took longest [ticks of Stopwatch].</summary>
    public long LongestTicks { get; private set; }

    public void Add(long ticks)
    {
        Events++;
        EventTicks += ticks;
        LongestTicks = Math.Max(LongestTicks, ticks);
    }
}
