using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>What may happen next in a tiny cluster.</summary>
internal enum MoveKind
{
    Deliver, DeliverLate, Kernel, Commit, Merge, Time, DeposedTime,
    Lose, Delay, Double, CrashWorker, CrashCoordinator, Replace, Silence, Rot,
}

/// <summary>One of them, at a worker, message or part.</summary>
internal readonly record struct Move(MoveKind Kind, int Index)
{
    /// <summary>Nothing of this kind happens once faults have stopped.</summary>
    public bool IsFault => Kind >= MoveKind.Lose;
}

/// <summary>
/// The real state machines in a cluster so small that all its states can be visited: whoever can go on may be next, and a few faults may
/// happen at any time. Messages between the same two arrive in order, but for those that are late; time goes in half leases, and only when
/// all of them have arrived, but for silences.
/// </summary>
internal sealed class TinyCluster
{
    private const int CurvesPerBlock = 2;
    private const int None = TinyState.None;
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(2);

    private readonly TinyPlan _plan;
    private readonly ProtocolVariant _variant;
    private readonly MachineStates<FollowedCoordinator, CoordinatorEvent, CoordinatorEffect> _coordinators;
    private readonly MachineStates<Aggregator, AggregatorEvent, AggregatorEffect> _aggregators =
        new((machine, happened, effects) => machine.Apply(happened, effects), machine => StateText.Of(machine));
    private readonly MachineStates<Worker, WorkerEvent, WorkerEffect> _workers =
        new((machine, happened, effects) => machine.Apply(happened, effects), machine => StateText.Of(machine));
    private readonly Numbering<Mail> _mail = new();
    private readonly Numbering<(WorkerId Worker, bool Hears)> _channels = new();
    private readonly Numbering<Activity> _activities = new();
    private readonly Numbering<Part> _parts = new();
    private readonly Numbering<AggregatorEffect> _merges = new();
    private readonly Numbering<JournalRecord[]> _journals = new();

    public TinyCluster(TinyPlan plan, ProtocolVariant? variant = null)
    {
        _plan = plan;
        _variant = variant ?? new ProtocolVariant();
        _coordinators = new((followed, happened, effects) => followed.Apply(happened, effects), followed => followed.Text);
    }

    /// <summary>Before anything has happened.</summary>
    public TinyState Start()
    {
        var state = new TinyState
        {
            Workers = [.. Enumerable.Repeat(None, _plan.Workers)],
            Activities = [.. Enumerable.Repeat(None, _plan.Workers)],
            Starts = new int[_plan.Workers],
            LostMessages = _plan.LostMessages,
            LateMessages = _plan.LateMessages,
            DoubledMessages = _plan.DoubledMessages,
            WorkerCrashes = _plan.WorkerCrashes,
            CoordinatorCrashes = _plan.CoordinatorCrashes,
            Replacements = _plan.Replacements,
            Silences = _plan.Silences,
            RottenParts = _plan.RottenParts,
        };
        StartCoordinator(state);
        for (int i = 0; i < _plan.Workers; i++) StartWorker(state, i);
        return state;
    }

    /// <summary>True when the sweep is complete and all workers have ended.</summary>
    public static bool IsOver(TinyState state) => state.IsComplete == 1 && Array.TrueForAll(state.Workers, worker => worker == None);

    /// <summary>All that may happen next.</summary>
    public void Moves(TinyState state, List<Move> moves)
    {
        moves.Clear();
        for (int i = 0; i < state.Mail.Length; i++)
        {
            if (i == 0 || ChannelOf(state.Mail[i]) != ChannelOf(state.Mail[i - 1])) moves.Add(new Move(MoveKind.Deliver, i));
            if (state.LostMessages > 0) moves.Add(new Move(MoveKind.Lose, i));
            if (state.LateMessages > 0) moves.Add(new Move(MoveKind.Delay, i));
            if (state.DoubledMessages > 0) moves.Add(new Move(MoveKind.Double, i));
        }
        for (int i = 0; i < state.Late.Length; i++) moves.Add(new Move(MoveKind.DeliverLate, i));
        for (int i = 0; i < state.Workers.Length; i++)
            if (state.Activities[i] != None) moves.Add(new Move(_activities[state.Activities[i]].IsKernel ? MoveKind.Kernel : MoveKind.Commit, i));
        if (state.Merging != None) moves.Add(new Move(MoveKind.Merge, 0));
        if (state.Mail.Length == 0) moves.Add(new Move(MoveKind.Time, 0));
        if (state.DeposedSteps > 0) moves.Add(new Move(MoveKind.DeposedTime, 0));
        if (state.IsComplete == 1) return;
        for (int i = 0; i < state.Workers.Length && state.WorkerCrashes > 0; i++) moves.Add(new Move(MoveKind.CrashWorker, i));
        if (state.CoordinatorCrashes > 0) moves.Add(new Move(MoveKind.CrashCoordinator, 0));
        if (state.Replacements > 0) moves.Add(new Move(MoveKind.Replace, 0));
        if (state.Silences > 0) moves.Add(new Move(MoveKind.Silence, 0));
        for (int i = 0; i < state.Parts.Length && state.RottenParts > 0; i++)
            if (!_parts[state.Parts[i]].IsRotten) moves.Add(new Move(MoveKind.Rot, i));
    }

    /// <summary>The state after a move.</summary>
    /// <exception cref="SimulationFailure">A promise is broken.</exception>
    public TinyState After(TinyState before, Move move)
    {
        var state = before.Copy();
        int i = move.Index;
        switch (move.Kind)
        {
            case MoveKind.Deliver:
                state.Mail = TinyState.Without(state.Mail, i);
                Deliver(state, _mail[before.Mail[i]]);
                break;
            case MoveKind.DeliverLate:
                state.Late = TinyState.Without(state.Late, i);
                Deliver(state, _mail[before.Late[i]]);
                break;
            case MoveKind.Kernel: RunKernel(state, i, _activities[state.Activities[i]]); break;
            case MoveKind.Commit: GoOnCommitting(state, i, _activities[state.Activities[i]]); break;
            case MoveKind.Merge: Merge(state); break;
            case MoveKind.Time:
                for (int worker = 0; worker < state.Workers.Length; worker++)
                    if (state.Workers[worker] != None) TellWorker(state, worker, new WorkerEvent.TimePassed());
                TellCoordinator(state, new CoordinatorEvent.TimePassed(default));
                break;
            case MoveKind.DeposedTime:
                state.DeposedSteps--;
                (state.Deposed, var effects) = _coordinators.Step(state.Deposed, new CoordinatorEvent.TimePassed(default));
                CarryOut(state, effects, isDeposed: true);
                if (state.DeposedSteps == 0) state.Deposed = None;
                break;
            case MoveKind.Lose:
                state.LostMessages--;
                state.Mail = TinyState.Without(state.Mail, i);
                break;
            case MoveKind.Delay:
                state.LateMessages--;
                state.Mail = TinyState.Without(state.Mail, i);
                state.Late = TinyState.With(state.Late, before.Mail[i]);
                break;
            case MoveKind.Double:
                state.DoubledMessages--;
                state.Late = TinyState.With(state.Late, before.Mail[i]);
                break;
            case MoveKind.CrashWorker:
                state.WorkerCrashes--;
                StartWorker(state, i);
                break;
            case MoveKind.CrashCoordinator:
                state.CoordinatorCrashes--;
                StartCoordinator(state);
                break;
            case MoveKind.Replace:
                state.Replacements--;
                state.Deposed = state.Coordinator;
                state.DeposedSteps = 2;
                StartCoordinator(state);
                break;
            case MoveKind.Silence:
                state.Silences--;
                TellCoordinator(state, new CoordinatorEvent.TimePassed(default));
                break;
            case MoveKind.Rot:
                state.RottenParts--;
                state.Parts = TinyState.With(TinyState.Without(state.Parts, i), _parts.Of(_parts[before.Parts[i]] with { IsRotten = true }));
                break;
        }
        return state;
    }

    /// <summary>A move in words.</summary>
    public string Describe(TinyState state, Move move) => move.Kind switch
    {
        MoveKind.DeliverLate => $"{move.Kind} {_mail[state.Late[move.Index]]}",
        MoveKind.Deliver or MoveKind.Lose or MoveKind.Delay or MoveKind.Double => $"{move.Kind} {_mail[state.Mail[move.Index]]}",
        MoveKind.Kernel or MoveKind.Commit => $"{move.Kind} of worker {move.Index}: {_activities[state.Activities[move.Index]]}",
        MoveKind.Merge => $"{_merges[state.Merging]}",
        MoveKind.Rot => $"Rot {_parts[state.Parts[move.Index]].Curves}",
        _ => $"{move.Kind} {move.Index}",
    };

    /// <summary>A state in words.</summary>
    public string Describe(TinyState state) => string.Join('\n',
    [
        state.Coordinator == None ? "no coordinator" : _coordinators.Describe(state.Coordinator), _aggregators.Describe(state.Aggregator),
        .. state.Workers.Where(worker => worker != None).Select(_workers.Describe), .. state.Mail.Concat(state.Late).Select(mail => $"under way: {_mail[mail]}"),
        .. state.Parts.Select(part => $"stored: {_parts[part]}"),
    ]);

    // --- coordinator and aggregator ------------------------------------------------------------------------------------------------

    private void StartCoordinator(TinyState state)
    {
        long term = _variant.Term(++state.Terms);
        if (state.IsFinished == 0 && _variant.CutsOutputToBlocks) state.Position -= state.Position % CurvesPerBlock;
        else if (state.IsFinished == 0 && state.Position % CurvesPerBlock != 0)
            throw new SimulationFailure("half a block is taken for merged, which was in the memory of the process that died");
        var journal = _journals.Count > 0 ? _journals[state.Journal] : [];
        int position = (int)_variant.Merged(state.Position, journal);
        var parts = state.Parts.Select(part => _parts[part].Curves).OrderBy(part => (part.First, part.Count)).ToArray();
        var history = WorkHistory.Read(journal, openAttemptsWereLost: false);
        var start = _variant.Start(new CoordinatorStart(term, [.. parts, CurveRange.Between(0, position)], history, TimeSpan.Zero, Lease));
        state.Merging = None;
        (state.Aggregator, var merges) = _aggregators.Start(effects => new Aggregator(_plan.Shape.Curves, position, _variant.PartsToMerge(parts), effects));
        (state.Coordinator, var first) = _coordinators.Start(effects => new FollowedCoordinator(_plan.Shape, start, effects));
        CarryOut(state, first, isDeposed: false);
        CarryOut(state, merges);
    }

    private void TellCoordinator(TinyState state, CoordinatorEvent happened)
    {
        foreach (var seen in _variant.See(happened))
        {
            (state.Coordinator, var effects) = _coordinators.Step(state.Coordinator, seen);
            CarryOut(state, effects, isDeposed: false);
        }
    }

    private void CarryOut(TinyState state, IReadOnlyList<CoordinatorEffect> wanted, bool isDeposed)
    {
        foreach (var effect in _variant.Do(wanted))
        {
            switch (effect)
            {
                case CoordinatorEffect.Send send:
                    if (WorkerOf(state, send.To) != None) Send(state, new Mail(send.To, null, send.Message));
                    break;
                case CoordinatorEffect.Record record:
                    Append(state, record.Entry);
                    break;
                case CoordinatorEffect.AnnouncePart part:
                    if (PartOf(state, part.Part) == None && _plan.RottenParts == 0)
                        throw new SimulationFailure($"{part.Part} are announced but not stored");
                    if (!isDeposed) TellAggregator(state, new AggregatorEvent.PartCommitted(part.Part));
                    break;
                case CoordinatorEffect.Finish finish when !isDeposed:
                    if (finish.End is not (SweepEnd.Complete or SweepEnd.CompleteWithCrashedPoints)) throw new SimulationFailure($"gives up: {finish.Reason}");
                    if (state.IsFinished == 0) throw new SimulationFailure("complete without finished output");
                    state.IsComplete = 1;
                    break;
            }
        }
    }

    private void TellAggregator(TinyState state, AggregatorEvent happened)
    {
        (state.Aggregator, var effects) = _aggregators.Step(state.Aggregator, happened);
        CarryOut(state, effects);
    }

    private void CarryOut(TinyState state, AggregatorEffect[] effects)
    {
        foreach (var effect in effects.Select(_variant.Do))
        {
            if (effect is AggregatorEffect.TellCoordinator tell) TellCoordinator(state, tell.Event);
            else state.Merging = _merges.Of(effect);
        }
    }

    private int PartOf(TinyState state, CurveRange curves)
    {
        foreach (int part in state.Parts)
            if (_parts[part].Curves == curves) return part;
        return None;
    }

    private void Merge(TinyState state)
    {
        var wanted = _merges[state.Merging];
        state.Merging = None;
        if (wanted is not AggregatorEffect.MergeNext merge)
        {
            if (state.Position != _plan.Shape.Curves) throw new SimulationFailure($"the output is finished at curve {state.Position}");
            state.IsFinished = 1;
            TellAggregator(state, new AggregatorEvent.OutputFinished());
            return;
        }
        int number = PartOf(state, merge.Part);
        var part = number == None ? null : _parts[number];
        if (part is null or { IsRotten: true })
        {
            if (part is null && _plan.RottenParts == 0) throw new SimulationFailure($"{merge.Part} are to be merged but were never stored");
            state.Parts = [.. state.Parts.Where(each => each != number)];
            TellAggregator(state, new AggregatorEvent.PartUnreadable(""));
            return;
        }
        if (merge.Take.First != state.Position || merge.Take.End != merge.Part.End) throw new SimulationFailure($"{merge.Take} are merged at curve {state.Position}");
        var points = _plan.Shape.PointsOf(merge.Take);
        for (long point = points.First; point < points.End; point++)
            if (part.CrashedPoints.Contains(point) != (point == _plan.Throwing || point == _plan.Killing)) throw new SimulationFailure($"point {point} is wrong");
        state.Position = (int)merge.Take.End;
        TellAggregator(state, new AggregatorEvent.PartMerged([.. part.CrashedPoints.Where(point => point >= points.First)]));
    }

    // Two journals are the same if the next coordinator learns the same from them, now and after more lines.
    private void Append(TinyState state, JournalRecord entry)
    {
        if (state.CoordinatorCrashes + state.Replacements == 0)
        {
            state.Journal = 0; // nobody will read it
            return;
        }
        JournalRecord[] longer = _journals.Count == 0 ? [entry] : [.. _journals[state.Journal], entry];
        var ended = longer.OfType<JournalRecord.Ended>().Select(record => record.Epoch).ToHashSet();
        int started = Array.FindLastIndex(longer, record => record is JournalRecord.Started);
        var open = longer.Skip(started).OfType<JournalRecord.Attempted>().Where(attempt => !ended.Contains(attempt.Epoch));
        state.Journal = _journals.Of(longer, $"{StateText.Of(WorkHistory.Read(longer, openAttemptsWereLost: false))} {StateText.Of(open.ToArray())}");
    }

    // --- workers -------------------------------------------------------------------------------------------------------------------

    private static WorkerId IdOf(TinyState state, int worker) => new($"{(char)('a' + worker)}{state.Starts[worker]}", 1);

    private static int WorkerOf(TinyState state, WorkerId id)
    {
        for (int i = 0; i < state.Workers.Length; i++)
            if (state.Workers[i] != None && IdOf(state, i) == id) return i;
        return None;
    }

    /// <summary>Starts a worker, in place of one that dies.</summary>
    private void StartWorker(TinyState state, int worker)
    {
        Stop(state, worker);
        if (state.IsComplete == 1) return;
        state.Starts = TinyState.Replaced(state.Starts, worker, state.Starts[worker] + 1);
        var id = IdOf(state, worker);
        var (machine, effects) = _workers.Start(effects => new Worker(id, effects));
        state.Workers = TinyState.Replaced(state.Workers, worker, machine);
        CarryOut(state, worker, effects);
    }

    private void Stop(TinyState state, int worker)
    {
        if (state.Workers[worker] == None) return;
        var id = IdOf(state, worker);
        state.Mail = [.. state.Mail.Where(mail => _mail[mail].To != id)];
        state.Late = [.. state.Late.Where(mail => _mail[mail].To != id)];
        state.Workers = TinyState.Replaced(state.Workers, worker, None);
        state.Activities = TinyState.Replaced(state.Activities, worker, None);
    }

    private int ChannelOf(int mail) => _channels.Of(_mail[mail].Channel);

    /// <summary>Puts a message behind those of its channel, unless it is under way already.</summary>
    private void Send(TinyState state, Mail mail)
    {
        int number = _mail.Of(mail);
        if (state.Mail.Contains(number)) return;
        int at = 0;
        while (at < state.Mail.Length && ChannelOf(state.Mail[at]) <= ChannelOf(number)) at++;
        state.Mail = [.. state.Mail[..at], number, .. state.Mail[at..]];
    }

    private void Deliver(TinyState state, Mail mail)
    {
        if (mail.ToCoordinator is { } message) TellCoordinator(state, new CoordinatorEvent.Received(_variant.Arrive(message)));
        else if (WorkerOf(state, mail.To!.Value) is >= 0 and var worker) TellWorker(state, worker, new WorkerEvent.Received(mail.ToWorker!));
    }

    private void TellWorker(TinyState state, int worker, WorkerEvent happened)
    {
        if (_variant.See(happened) is not { } seen) return;
        (int next, var effects) = _workers.Step(state.Workers[worker], seen);
        state.Workers = TinyState.Replaced(state.Workers, worker, next);
        CarryOut(state, worker, effects);
    }

    private void CarryOut(TinyState state, int worker, WorkerEffect[] effects)
    {
        foreach (var effect in effects)
        {
            switch (_variant.Do(effect))
            {
                case WorkerEffect.Send send:
                    Send(state, new Mail(null, send.Message, null));
                    break;
                case WorkerEffect.RunKernel run:
                    Do(new Activity(run.Epoch, run.Work, IsKernel: true, IsCancelled: false, IsNamed: false));
                    break;
                case WorkerEffect.CancelKernel:
                    Do(_activities[state.Activities[worker]] with { IsCancelled = true });
                    break;
                case WorkerEffect.CommitPart commit:
                    Do(new Activity(commit.Epoch, commit.Work, IsKernel: false, IsCancelled: false, IsNamed: false));
                    break;
                case WorkerEffect.End:
                    Stop(state, worker);
                    StartWorker(state, worker);
                    break;
            }
        }

        void Do(Activity activity) => state.Activities = TinyState.Replaced(state.Activities, worker, _activities.Of(activity));
    }

    private void RunKernel(TinyState state, int worker, Activity activity)
    {
        var work = activity.Work;
        var points = work.Kind == WorkKind.Probe ? work.Points : _plan.Shape.PointsOf(work.Curves);
        if (!activity.IsCancelled && Meets(_plan.Killing))
        {
            StartWorker(state, worker);
            return;
        }
        state.Activities = TinyState.Replaced(state.Activities, worker, None);
        TellWorker(state, worker,
            activity.IsCancelled ? new WorkerEvent.KernelCancelled(activity.Epoch)
            : Meets(_plan.Throwing) ? new WorkerEvent.KernelFailed(activity.Epoch, "point", 0) : new WorkerEvent.KernelFinished(activity.Epoch, 0));

        bool Meets(long poison) => points.First <= poison && poison < points.End && !work.CrashedPoints.Contains(poison);
    }

    /// <summary>First the part gets its name, then the worker hears of it.</summary>
    private void GoOnCommitting(TinyState state, int worker, Activity activity)
    {
        if (activity.IsNamed == _variant.ReportsBeforeCommit) Name();
        else
        {
            state.Activities = TinyState.Replaced(state.Activities, worker, None);
            TellWorker(state, worker, new WorkerEvent.CommitEnded(activity.Epoch, activity.End, ""));
        }

        void Name()
        {
            var part = new Part(activity.Work.Curves, activity.Work.CrashedPoints, IsRotten: false);
            int number = PartOf(state, part.Curves);
            var end = WorkEnd.Done;
            if (number == None) state.Parts = TinyState.With(state.Parts, _parts.Of(part));
            else if (_variant.LastWriterWins) throw new SimulationFailure($"the committed part of {part.Curves} is rewritten");
            else end = number == _parts.Of(part) ? WorkEnd.Same : WorkEnd.Different;
            state.Activities = TinyState.Replaced(state.Activities, worker, _activities.Of(activity with { IsNamed = true, End = end }));
        }
    }

    private sealed record Mail(WorkerId? To, WorkerMessage? ToCoordinator, CoordinatorMessage? ToWorker)
    {
        /// <summary>The worker, and whether it hears or speaks.</summary>
        public (WorkerId Worker, bool Hears) Channel => To is { } to ? (to, true) : (ToCoordinator!.Worker, false);

        public override string ToString() => To is { } worker ? $"to {worker}: {ToWorker}" : $"to the coordinator: {ToCoordinator}";
    }

    private sealed record Activity(Epoch Epoch, ShardWork Work, bool IsKernel, bool IsCancelled, bool IsNamed)
    {
        public WorkEnd End { get; init; } = WorkEnd.Done;
    }

    private sealed record Part(CurveRange Curves, IReadOnlyList<long> CrashedPoints, bool IsRotten);

    /// <summary>A coordinator with its clock, and with an eye on what it writes.</summary>
    private sealed class FollowedCoordinator
    {
        private readonly Coordinator _machine;
        private readonly Promises _promises = new();
        private TimeSpan _clock = TimeSpan.Zero;

        public FollowedCoordinator(SweepShape shape, CoordinatorStart start, List<CoordinatorEffect> effects) =>
            _machine = new Coordinator(shape, _ => "id", start, effects);

        public string Text => StateText.Of(_machine, _clock);

        public void Apply(CoordinatorEvent happened, List<CoordinatorEffect> effects)
        {
            int before = effects.Count;
            _machine.Apply(happened is CoordinatorEvent.TimePassed ? new CoordinatorEvent.TimePassed(_clock += Lease / 2) : happened, effects);
            foreach (var effect in effects.Skip(before))
                if (effect is CoordinatorEffect.Record record) _promises.Check(record.Entry);
        }

        public override string ToString() => _machine.ToString();
    }
}
