namespace SweepEngine.Protocol;

/// <summary>One of several processes that share a sweep through a folder.</summary>
/// <param name="Slice">Which slice of the shards it computes first, from 0.</param>
/// <param name="Slices">Slices of the sweep; other processes may count with another number.</param>
/// <param name="Workers">Shards that it computes at a time.</param>
/// <param name="Lease">A holder whose sign of life does not change for this long is taken for dead. It bounds waste; nothing else depends on it.</param>
public sealed record ClaimPlan(int Slice, int Slices, int Workers, TimeSpan Lease);

/// <summary>
/// Decides which shards one of several processes takes, where these share nothing but a folder. Pure: events in, effects out. The process' own
/// coordinator computes what is claimed here.
/// <code>
///   a shard:   free ──claim 1──► held ──part committed──► committed
///                                 │ holder said that it is gone, or gave no sign of life for a lease
///                                 ▼
///                              orphan ──claim 2, 3, …──► held by another process
///
///   a process: its own slice, then halves of the longest free run, then orphans, then waiting for the holders that live
///              ──everything committed──► ended
/// </code>
/// Invariants:
/// <list type="bullet">
/// <item>One listing, reading or claiming at a time.</item>
/// <item>Each claim (shard, attempt) is made at most once in a folder; whether it is free is decided by making it, never by looking.</item>
/// <item>Committed is only what a listing showed or what this process committed; a claim says nothing about it.</item>
/// <item>Time is that of this process alone, and between two readings counts at most a quarter of the lease: a process that was itself
/// asleep does not take all others for dead.</item>
/// <item>A claim that was made wrongly (stale listing, sleeping holder) leads to a second computation of the same bytes, never to an error.</item>
/// </list>
/// State is O(runs of committed and claimed curves + claims that are open); a claim costs O(log runs), now and then O(runs).
/// </summary>
public sealed class ShardClaims
{
    /// <summary>The sign of a process that has ended in order: what it held can be taken at once.</summary>
    public const string Gone = "gone";

    // Signs of life in a lease, so that losing one or two to a slow disk kills nobody.
    private const int SignsPerLease = 6;

    // A reading counts at most this part of a lease.
    private const int ReadingsPerLease = 4;

    // Others are looked at this often at first, then ever more rarely up to a quarter of the lease, while nothing changes.
    private const int FirstLooksPerLease = 60;

    private readonly SweepShape _shape;
    private readonly ClaimPlan _plan;
    private readonly RangeSet _committed;
    private readonly Dictionary<string, (string Sign, TimeSpan Silence)> _holders = [];
    private readonly HashSet<long> _mine = [];
    private readonly HashSet<ShardClaim> _abandoned = []; // holders that are gone or silent
    private readonly Queue<ShardClaim> _orphans = new();
    private RangeSet _taken = new(); // committed or claimed by anybody
    private (long From, long End) _walk;
    private State _state = State.Idle;
    private TimeSpan _now, _nextSign, _nextLook, _lookPause, _lastListing, _lastReading;
    private long _signs;
    private bool _isStopping, _isOutdated;

    /// <summary>Gives a sign of life and looks around.</summary>
    /// <param name="shape">Size of the sweep; the same in all processes.</param>
    /// <param name="plan">Which of the processes this is.</param>
    /// <param name="committed">Parts that this process' coordinator knows already.</param>
    /// <param name="now">Present time of this process' clock; only differences count.</param>
    /// <param name="effects">Receives the first effects.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such slice.</exception>
    public ShardClaims(SweepShape shape, ClaimPlan plan, IEnumerable<CurveRange> committed, TimeSpan now, List<ClaimEffect> effects)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(plan.Slices, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(plan.Slice);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(plan.Slice, plan.Slices);
        _shape = shape;
        _plan = plan;
        _committed = new RangeSet(committed);
        _now = _nextSign = _nextLook = _lastListing = _lastReading = now;
        _lookPause = plan.Lease / FirstLooksPerLease;
        _walk = (FirstCurveOfSlice(plan.Slice), FirstCurveOfSlice(plan.Slice + 1));
        GiveSign(effects);
        Look(effects);
    }

    private enum State
    {
        Idle,
        Listing,
        Reading,
        Claiming,
        Ended,
    }

    /// <summary>Takes one event and adds what has to be done to <paramref name="effects"/>.</summary>
    public void Apply(ClaimEvent happened, List<ClaimEffect> effects)
    {
        switch (happened, _state)
        {
            case (ClaimEvent.TimePassed passed, _):
                _now = passed.Now;
                if (_now >= _nextSign) GiveSign(effects);
                break;
            case (ClaimEvent.PartCommitted committed, _):
                _committed.Add(committed.Part);
                _taken.Add(committed.Part);
                _mine.RemoveWhere(shard => _committed.Contains(_shape.Shard(shard)));
                break;
            case (ClaimEvent.StopAsked, _):
                _isStopping = true;
                break;
            case (ClaimEvent.FolderListed listed, State.Listing):
                _state = State.Idle;
                TakeIn(listed, effects);
                break;
            case (ClaimEvent.HoldersRead read, State.Reading):
                _state = State.Idle;
                FindOrphans(read.Holders);
                break;
            case (ClaimEvent.ClaimEnded ended, State.Claiming):
                _state = State.Idle;
                Settle(ended, effects);
                break;
            default:
                throw new InvalidOperationException($"Claims cannot take {happened}; {this}");
        }
        if (_state == State.Idle && !_isStopping) GoOn(effects);
    }

    /// <summary>The state, for the message of a broken invariant.</summary>
    public override string ToString() =>
        $"Claims of slice {_plan.Slice}/{_plan.Slices}, {_state}, {_mine.Count} shards held, {_orphans.Count} orphans, " +
        $"{_committed.Total} of {_shape.Curves} curves committed, {_taken.Total} committed or claimed";

    private long FreeShards => (_shape.Curves - _taken.Total + _shape.CurvesPerShard - 1) / _shape.CurvesPerShard;

    // One shard in advance, so that no worker waits for the folder, as long as there is enough for everybody.
    private int MostHeld => _plan.Workers + (FreeShards > (long)_plan.Slices * _plan.Workers ? 1 : 0);

    private void GoOn(List<ClaimEffect> effects)
    {
        if (_committed.Total == _shape.Curves && _mine.Count == 0)
        {
            _state = State.Ended;
            effects.Add(new ClaimEffect.TellCoordinator(new CoordinatorEvent.EverythingCommitted()));
            return;
        }
        if (_isOutdated)
        {
            Look(effects);
            return;
        }
        if (_mine.Count < MostHeld)
        {
            if (NextFree() is { } shard)
            {
                Claim(new ShardClaim(shard, 1), effects);
                return;
            }
            while (_orphans.TryDequeue(out var orphan))
            {
                if (_committed.Contains(_shape.Shard(orphan.Shard)) || _mine.Contains(orphan.Shard)) continue;
                Claim(orphan, effects);
                return;
            }
        }
        if (_now >= _nextLook && FreeShards == 0) Look(effects);
    }

    private void Claim(ShardClaim claim, List<ClaimEffect> effects)
    {
        _state = State.Claiming;
        effects.Add(new ClaimEffect.MakeClaim(claim));
    }

    private void Settle(ClaimEvent.ClaimEnded ended, List<ClaimEffect> effects)
    {
        var curves = _shape.Shard(ended.Claim.Shard);
        _taken.Add(curves);
        // Others have been here since the folder was listed: rather than to run into one claim after another, list it again.
        _isOutdated = !ended.IsMine && _now - _lastListing >= _plan.Lease / ReadingsPerLease;
        if (!ended.IsMine) return;
        _mine.Add(ended.Claim.Shard);
        _lookPause = _plan.Lease / FirstLooksPerLease;
        effects.Add(new ClaimEffect.TellCoordinator(new CoordinatorEvent.CurvesClaimed(curves, ended.Past, MoreToCome: FreeShards > 0)));
    }

    /// <summary>The shard to claim next: on through the own slice, then from the middle of the longest free run, where its owner comes last.
    /// Helpers that choose the same one meet there once, and halve what is left.</summary>
    private long? NextFree()
    {
        if (_taken.NextGap(_walk.From, _walk.End) is not { } gap)
        {
            if (LongestFree() is not { } longest) return null;
            long middle = (longest.First + longest.Count / 2) / _shape.CurvesPerShard * _shape.CurvesPerShard;
            _walk = (Math.Max(middle, longest.First), longest.End);
            gap = CurveRange.Between(_walk.From, longest.End);
        }
        _walk.From = gap.First;
        return gap.First / _shape.CurvesPerShard;
    }

    private CurveRange? LongestFree()
    {
        CurveRange? longest = null;
        for (long from = 0; _taken.NextGap(from, _shape.Curves) is { } gap; from = gap.End)
            if (longest is null || gap.Count > longest.Value.Count) longest = gap;
        return longest;
    }

    private void Look(List<ClaimEffect> effects)
    {
        _state = State.Listing;
        effects.Add(new ClaimEffect.ListFolder());
    }

    private void TakeIn(ClaimEvent.FolderListed listed, List<ClaimEffect> effects)
    {
        _lastListing = _now;
        _isOutdated = false;
        long before = _committed.Total;
        // A shard that is held is done when the own coordinator says so: another process may have computed it as well, and the two are compared.
        var parts = listed.Parts.Where(part => !_mine.Contains(part.First / _shape.CurvesPerShard) && !_mine.Contains((part.End - 1) / _shape.CurvesPerShard)).ToList();
        foreach (var part in parts) _committed.Add(part);
        if (_committed.Total > before)
        {
            _lookPause = _plan.Lease / FirstLooksPerLease;
            effects.Add(new ClaimEffect.TellCoordinator(new CoordinatorEvent.PartsFound(parts)));
        }

        _taken = new RangeSet(_committed.Runs.Concat(listed.Claims.Select(claim => _shape.Shard(claim.Shard)))
            .Concat(_mine.Select(_shape.Shard)));
        var open = listed.Claims.Where(claim => !_mine.Contains(claim.Shard) && !_committed.Contains(_shape.Shard(claim.Shard)))
            .GroupBy(claim => claim.Shard).Select(claims => claims.MaxBy(claim => claim.Attempt)).ToList();
        // Its holder may have committed it and gone between a listing and the reading of its sign: only a later listing tells.
        _abandoned.IntersectWith(open);
        _orphans.Clear();
        foreach (var claim in open.Where(_abandoned.Contains)) _orphans.Enqueue(claim with { Attempt = claim.Attempt + 1 });
        open.RemoveAll(_abandoned.Contains);
        PlanNextLook();
        if (open.Count == 0) return;
        _state = State.Reading;
        effects.Add(new ClaimEffect.ReadHolders(open));
    }

    private void FindOrphans(IReadOnlyList<ClaimHolder> read)
    {
        var counted = TimeSpan.FromTicks(Math.Min((_now - _lastReading).Ticks, (_plan.Lease / ReadingsPerLease).Ticks));
        _lastReading = _now;
        var seen = new Dictionary<string, (string Sign, TimeSpan Silence)>();
        foreach (var (claim, holder, sign) in read)
        {
            string name = holder ?? claim.ToString(); // a torn claim is held by nobody else, and silent
            if (!seen.TryGetValue(name, out var life))
            {
                bool isSilent = _holders.TryGetValue(name, out var known) && known.Sign == sign;
                seen.Add(name, life = (sign, isSilent ? known.Silence + counted : TimeSpan.Zero));
            }
            if (sign != Gone && life.Silence < _plan.Lease) continue;
            _abandoned.Add(claim);
            _nextLook = _now;
        }
        _holders.Clear();
        foreach (var (name, life) in seen) _holders.Add(name, life);
    }

    private void PlanNextLook()
    {
        _nextLook = _now + _lookPause;
        _lookPause = TimeSpan.FromTicks(Math.Min(2 * _lookPause.Ticks, (_plan.Lease / ReadingsPerLease).Ticks));
    }

    private void GiveSign(List<ClaimEffect> effects)
    {
        _nextSign = _now + _plan.Lease / SignsPerLease;
        effects.Add(new ClaimEffect.GiveSign(++_signs));
    }

    private long FirstCurveOfSlice(int slice) =>
        slice == _plan.Slices ? _shape.Curves : (long)((Int128)_shape.Shards * slice / _plan.Slices) * _shape.CurvesPerShard;
}
