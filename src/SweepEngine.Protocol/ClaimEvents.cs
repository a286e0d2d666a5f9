namespace SweepEngine.Protocol;

/// <summary>A process' word that it computes a planned shard. It bounds waste; no result depends on it.</summary>
/// <param name="Shard">Number of the shard, from 0.</param>
/// <param name="Attempt">Counts the claims on that shard, from 1. Only one process can have each; a later one takes over from a holder that is gone.</param>
public readonly record struct ShardClaim(long Shard, int Attempt)
{
    /// <summary>For messages: <c>claim 2 on shard 17</c>.</summary>
    public override string ToString() => $"claim {Attempt} on shard {Shard}";
}

/// <summary>Who holds a claim, and its sign of life.</summary>
/// <param name="Claim">The claim.</param>
/// <param name="Holder">The process; null where the claim cannot be read (torn).</param>
/// <param name="Sign">What the holder's sign of life says; empty if there is none. Only a change of it matters, or <see cref="ShardClaims.Gone"/>.</param>
public sealed record ClaimHolder(ShardClaim Claim, string? Holder, string Sign);

/// <summary>What happens to the claims of a process.</summary>
public abstract record ClaimEvent
{
    /// <summary>Time has passed. Several times per lease.</summary>
    /// <param name="Now">Present time of this process' own clock.</param>
    public sealed record TimePassed(TimeSpan Now) : ClaimEvent;

    /// <summary>The folder is listed. What is missing may be there all the same (a listing can be stale).</summary>
    /// <param name="Parts">Committed parts.</param>
    /// <param name="Claims">Claims of all processes.</param>
    public sealed record FolderListed(IReadOnlyList<CurveRange> Parts, IReadOnlyList<ShardClaim> Claims) : ClaimEvent;

    /// <summary>The holders of claims are read.</summary>
    /// <param name="Holders">One for each claim that was asked for, unless it is not there any more.</param>
    public sealed record HoldersRead(IReadOnlyList<ClaimHolder> Holders) : ClaimEvent;

    /// <summary>An attempt to claim ended.</summary>
    /// <param name="Claim">The claim.</param>
    /// <param name="IsMine">False if another process was first.</param>
    /// <param name="Past">What the journals of earlier holders tell of the shard (<see cref="WorkHistory.OfEarlierHolders"/>).</param>
    public sealed record ClaimEnded(ShardClaim Claim, bool IsMine, IReadOnlyCollection<PastTrouble> Past) : ClaimEvent;

    /// <summary>This process committed a part.</summary>
    /// <param name="Part">Its curves.</param>
    public sealed record PartCommitted(CurveRange Part) : ClaimEvent;

    /// <summary>This process is to end: no further claims.</summary>
    public sealed record StopAsked : ClaimEvent;
}

/// <summary>What claims want done, one after another in the order of the list.</summary>
public abstract record ClaimEffect
{
    /// <summary>Give a sign of life that differs from all before.</summary>
    /// <param name="Count">Counts them.</param>
    public sealed record GiveSign(long Count) : ClaimEffect;

    /// <summary>List parts and claims; answered by <see cref="ClaimEvent.FolderListed"/>.</summary>
    public sealed record ListFolder : ClaimEffect;

    /// <summary>Read who holds these claims and their signs of life; answered by <see cref="ClaimEvent.HoldersRead"/>.</summary>
    /// <param name="Claims">The claims.</param>
    public sealed record ReadHolders(IReadOnlyList<ShardClaim> Claims) : ClaimEffect;

    /// <summary>Make the claim unless it is there, and read what earlier holders left; answered by <see cref="ClaimEvent.ClaimEnded"/>.</summary>
    /// <param name="Claim">The claim.</param>
    public sealed record MakeClaim(ShardClaim Claim) : ClaimEffect;

    /// <summary>Tell the coordinator of this process.</summary>
    /// <param name="Event">What to tell.</param>
    public sealed record TellCoordinator(CoordinatorEvent Event) : ClaimEffect;
}
