using System.Diagnostics;
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

/// <summary>Where time goes, of workers in virtual milliseconds, of the coordinator by the real clock.</summary>
internal sealed class ClusterCosts
{
    private const int BucketsPerOctave = 16;

    private readonly long[] _events = new long[64 * BucketsPerOctave];

    /// <summary>Kernels and commits whose part is the one that counts.</summary>
    public long UsefulTime { get; set; }

    /// <summary>Kernels that were cancelled or failed, that died with their process, or whose part could not be stored.</summary>
    public long LostTime { get; set; }

    /// <summary>Kernels whose part was there already.</summary>
    public long RepeatedTime { get; set; }

    /// <summary>Events that coordinators took.</summary>
    public long Events { get; private set; }

    /// <summary>Real time of an event, mean of all but the slowest thousandth, in which other programs and the garbage collector had the processor [s].</summary>
    public double SecondsPerEvent
    {
        get
        {
            long left = Events - Events / 1000, taken = left;
            double ticks = 0;
            for (int bucket = 0; bucket < _events.Length && left > 0; bucket++)
            {
                long count = Math.Min(left, _events[bucket]);
                ticks += count * Math.Pow(2, (bucket + 0.5) / BucketsPerOctave);
                left -= count;
            }
            return ticks / Math.Max(1, taken) / Stopwatch.Frequency;
        }
    }

    /// <summary>A coordinator took an event.</summary>
    /// <param name="ticks">Real time that it took [ticks of <see cref="Stopwatch"/>].</param>
    public void Add(long ticks)
    {
        Events++;
        _events[(int)(BucketsPerOctave * Math.Log2(Math.Max(1, ticks)))]++;
    }
}
