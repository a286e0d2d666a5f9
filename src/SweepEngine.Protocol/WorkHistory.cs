namespace SweepEngine.Protocol;

/// <summary>What earlier attempts at one piece of work say about it.</summary>
/// <param name="Kind">Compute or probe.</param>
/// <param name="Curves">The curves.</param>
/// <param name="Points">The points of a probe; count 0 otherwise.</param>
/// <param name="Crashed">How many points were left out.</param>
/// <param name="Losses">Attempts that were in flight when a worker or process died, since the work runs as <paramref name="Alone"/>
/// says.</param>
/// <param name="Alone">Whether those attempts had their process for themselves.</param>
/// <param name="Failed">The kernel threw.</param>
/// <param name="Passed">A probe went through.</param>
/// <param name="Message">What was said at the last of these attempts.</param>
public sealed record PastTrouble(
    WorkKind Kind, CurveRange Curves, PointRange Points, int Crashed, int Losses, bool Alone, bool Failed, bool Passed, string Message);

/// <summary>What a new coordinator learns from the journal of its folder. All of it may be missing: then it is found out again.</summary>
public sealed record WorkHistory
{
    /// <summary>The highest term in the journal; 0 if there is none.</summary>
    public long Term { get; private init; }

    /// <summary>Work that did not simply succeed.</summary>
    public IReadOnlyCollection<PastTrouble> Troubles { get; private init; } = [];

    /// <summary>Points that parts hold as crashed, if their curve is committed.</summary>
    public IReadOnlyCollection<long> CrashedPoints { get; private init; } = [];

    /// <summary>A folder without a journal.</summary>
    public static WorkHistory None { get; } = new();

    /// <summary>What the processes that held a claim before left behind. All are gone, or taken for dead.</summary>
    /// <param name="curves">The curves of the claim.</param>
    /// <param name="journals">
    /// Their journals, in the order of their claims; null for one that cannot be told or found, which counts as lost with all of the curves.
    /// </param>
    public static WorkHistory OfEarlierHolders(CurveRange curves, IEnumerable<IEnumerable<JournalRecord>?> journals)
    {
        var nobody = new Epoch(0, 0);
        return Read(journals.SelectMany(Own), openAttemptsWereLost: true);

        IEnumerable<JournalRecord> Own(IEnumerable<JournalRecord>? journal)
        {
            JournalRecord[] unknown = [new JournalRecord.Attempted(nobody, default, WorkKind.Compute, curves, default, [], Alone: false)];
            var records = (journal ?? unknown).Where(record => record is JournalRecord.Ended
                || (record is JournalRecord.Attempted attempt && curves.Contains(attempt.Curves)));
            return records.Prepend(new JournalRecord.Started(0, 0, 0)); // ends what the one before left open
        }
    }

    /// <summary>Reads a journal from its beginning. Memory is O(attempts in flight + troubles), not O(lines).</summary>
    /// <param name="journal">The records in the order in which they were written.</param>
    /// <param name="openAttemptsWereLost">
    /// True if every process that wrote to this journal is dead, so that an attempt without an end was in flight in a crash; false if
    /// workers may have outlived their coordinator.
    /// </param>
    public static WorkHistory Read(IEnumerable<JournalRecord> journal, bool openAttemptsWereLost)
    {
        long term = 0;
        var open = new Dictionary<Epoch, JournalRecord.Attempted>();
        var troubles = new Dictionary<WorkKey, PastTrouble>();
        var crashedPoints = new SortedSet<long>();
        foreach (var record in journal)
        {
            switch (record)
            {
                case JournalRecord.Started started:
                    CloseOpenAttempts();
                    term = Math.Max(term, started.Term);
                    break;
                case JournalRecord.Attempted attempted:
                    open[attempted.Epoch] = attempted;
                    crashedPoints.UnionWith(attempted.CrashedPoints); // however it ends: a lost worker may have committed all the same
                    term = Math.Max(term, attempted.Epoch.Term);
                    break;
                case JournalRecord.Ended ended when open.Remove(ended.Epoch, out var attempt):
                    Note(attempt, ended.End, ended.Message);
                    break;
            }
        }
        CloseOpenAttempts();
        return new WorkHistory { Term = term, Troubles = troubles.Values, CrashedPoints = crashedPoints };

        void CloseOpenAttempts()
        {
            if (openAttemptsWereLost)
                foreach (var attempt in open.Values) Note(attempt, WorkEnd.Lost, "in flight when its process died");
            open.Clear();
        }

        void Note(JournalRecord.Attempted attempt, WorkEnd end, string message)
        {
            var key = new WorkKey(attempt.Kind, attempt.Curves, attempt.Points, attempt.CrashedPoints.Count);
            var trouble = troubles.GetValueOrDefault(key)
                ?? new PastTrouble(key.Kind, key.Curves, key.Points, key.Crashed, 0, attempt.Alone, false, false, "");
            switch (end)
            {
                case WorkEnd.Done or WorkEnd.Same or WorkEnd.Different when attempt.Kind == WorkKind.Compute:
                    troubles.Remove(key);
                    break;
                case WorkEnd.Done:
                    troubles[key] = trouble with { Passed = true };
                    break;
                case WorkEnd.Failed:
                    troubles[key] = trouble with { Failed = true, Message = message };
                    break;
                case WorkEnd.Lost:
                    int before = trouble.Alone == attempt.Alone ? trouble.Losses : 0;
                    troubles[key] = trouble with { Losses = before + 1, Alone = attempt.Alone, Message = message };
                    break;
            }
        }
    }
}

/// <summary>Names a piece of work across runs: the shard id is left out because it follows from the curves.</summary>
internal readonly record struct WorkKey(WorkKind Kind, CurveRange Curves, PointRange Points, int Crashed);
