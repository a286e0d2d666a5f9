using System.Globalization;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>Carries out what <see cref="ShardClaims"/> want: files of the shared folder, one after another on a thread of its own.</summary>
internal sealed class ClaimActor : IPartTaker
{
    private const int MailboxCapacity = 1024;

    private readonly SweepShape _shape;
    private readonly ShardClaims _claims;
    private readonly ClaimFolder _folder;
    private readonly PartStore _store;
    private readonly Func<CoordinatorEvent, ValueTask> _tellCoordinator;
    private readonly Actor<ClaimEvent?> _actor;
    private readonly WorkThread _thread;
    private readonly List<ClaimEffect> _effects = [];

    public ClaimActor(
        (SweepShape Shape, ClaimPlan Plan, IEnumerable<CurveRange> Committed) sweep, ClaimFolder folder, PartStore store,
        Func<CoordinatorEvent, ValueTask> tellCoordinator)
    {
        _shape = sweep.Shape;
        _folder = folder;
        _store = store;
        _tellCoordinator = tellCoordinator;
        _claims = new ShardClaims(sweep.Shape, sweep.Plan, sweep.Committed, TimeSpan.Zero, _effects);
        _actor = new Actor<ClaimEvent?>("Claims", MailboxCapacity, ReceiveAsync, _claims.ToString);
        _thread = new WorkThread("sweep claims", lowPriority: false, _actor.Fail);
    }

    public Task Completion => _actor.Completion;

    public ValueTask StartAsync() => _actor.SendAsync(null);

    public ValueTask AnnounceAsync(CurveRange part) => _actor.SendAsync(new ClaimEvent.PartCommitted(part));

    public void Tick(TimeSpan now) => _actor.Offer(new ClaimEvent.TimePassed(now));

    public ValueTask DrainAsync() => _actor.SendAsync(new ClaimEvent.StopAsked());

    /// <summary>Says that this process is gone, so that others take at once what it still holds.</summary>
    public async Task StopAsync()
    {
        _actor.Stop();
        await Task.WhenAny(_actor.Completion).ConfigureAwait(false); // its failure, if any, is told by Completion
        _thread.Do(() => Try(() => _folder.GiveSign(ShardClaims.Gone)));
        _thread.Stop();
        await _thread.Ended.ConfigureAwait(false);
    }

    private async ValueTask ReceiveAsync(ClaimEvent? happened)
    {
        if (happened is not null) _claims.Apply(happened, _effects);
        foreach (var effect in _effects)
        {
            switch (effect)
            {
                case ClaimEffect.GiveSign sign:
                    _thread.Do(() => Tell(Try(() => _folder.GiveSign(sign.Count.ToString(CultureInfo.InvariantCulture)))));
                    break;
                case ClaimEffect.ListFolder:
                    // Claims first: what is committed after that may then look free, and the claim on it decides.
                    Answer(() =>
                    {
                        var claims = _folder.List();
                        return new ClaimEvent.FolderListed(_store.List(out _), claims);
                    });
                    break;
                case ClaimEffect.ReadHolders read:
                    Answer(() => new ClaimEvent.HoldersRead(_folder.ReadHolders(read.Claims)));
                    break;
                case ClaimEffect.MakeClaim make:
                    Answer(() => Make(make.Claim));
                    break;
                case ClaimEffect.TellCoordinator tell:
                    await _tellCoordinator(tell.Event).ConfigureAwait(false);
                    break;
            }
        }
        _effects.Clear();
    }

    private ClaimEvent.ClaimEnded Make(ShardClaim claim) => _folder.Make(claim)
        ? new ClaimEvent.ClaimEnded(claim, true, claim.Attempt == 1 ? [] : _folder.HistoryBefore(claim, _shape.Shard(claim.Shard)).Troubles)
        : new ClaimEvent.ClaimEnded(claim, false, []);

    private void Answer(Func<ClaimEvent> job) => _thread.Do(() =>
    {
        ClaimEvent? answer = null;
        Tell(Try(() => answer = job()));
        if (answer is not null) _actor.SendAsync(answer).AsTask().GetAwaiter().GetResult();
    });

    private static string? Try(Action job)
    {
        try
        {
            job();
            return null;
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            return StorageTrouble.Describe("the folder cannot be shared with other processes", trouble);
        }
    }

    // What the process holds is finished, if its parts can be stored.
    private void Tell(string? trouble)
    {
        if (trouble is not null) _tellCoordinator(new CoordinatorEvent.StorageFailed(trouble)).AsTask().GetAwaiter().GetResult();
    }
}
