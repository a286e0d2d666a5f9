namespace SweepEngine.Protocol.Tests;

/// <summary>The claims as they are. Subclasses break one rule each, by changing what goes into them and what comes out of them.</summary>
internal class SharedVariant
{
    public virtual ClaimEvent? See(ClaimEvent happened, SimulatedShare share) => happened;

    public virtual ClaimEffect Do(ClaimEffect effect) => effect;

    public virtual string Sign(long count, TimeSpan clock) => $"{count}";

    public virtual ClaimHolder Read(ClaimHolder holder, TimeSpan clock) => holder;

    public virtual bool Wins(bool isFirst) => isFirst;
}

/// <summary>Whoever held a claim holds it for ever.</summary>
internal sealed class ClaimsNeverExpire : SharedVariant
{
    private long _readings;

    public override ClaimHolder Read(ClaimHolder holder, TimeSpan clock) => holder with { Sign = $"{holder.Sign} {++_readings}" };
}

/// <summary>What is claimed is taken for done.</summary>
internal sealed class ClaimsAreTrustedAsCommits : SharedVariant
{
    public override ClaimEvent? See(ClaimEvent happened, SimulatedShare share) =>
        happened is ClaimEvent.ClaimEnded { IsMine: false } lost ? new ClaimEvent.ClaimEnded(lost.Claim, true, [])
        : happened is ClaimEvent.FolderListed listed ? new ClaimEvent.FolderListed(listed.Parts, []) : happened;
}

/// <summary>A sign of life holds the time, as a file's does, and is held against the reader's clock.</summary>
internal sealed class SignsAreComparedWithTheClock : SharedVariant
{
    public override string Sign(long count, TimeSpan clock) => $"{clock.Ticks}";

    public override ClaimHolder Read(ClaimHolder holder, TimeSpan clock) =>
        holder.Sign is "" or ShardClaims.Gone || clock - TimeSpan.FromTicks(long.Parse(holder.Sign)) < TimeSpan.FromSeconds(2) ? holder : holder with { Sign = ShardClaims.Gone };
}

/// <summary>A claim that is there is overwritten.</summary>
internal sealed class ClaimsAreOverwritten : SharedVariant
{
    public override bool Wins(bool isFirst) => true;
}

/// <summary>Who takes over does not read what the holders before found out.</summary>
internal sealed class EarlierHoldersAreForgotten : SharedVariant
{
    public override ClaimEvent? See(ClaimEvent happened, SimulatedShare share) => happened is ClaimEvent.ClaimEnded ended ? ended with { Past = [] } : happened;
}

/// <summary>Who takes over makes the claim that is there already.</summary>
internal sealed class AttemptsAreNotCounted : SharedVariant
{
    public override ClaimEffect Do(ClaimEffect effect) => effect is ClaimEffect.MakeClaim make ? new ClaimEffect.MakeClaim(make.Claim with { Attempt = 1 }) : effect;
}

/// <summary>No signs of life are given after the first.</summary>
internal sealed class SignsStop : SharedVariant
{
    public override string Sign(long count, TimeSpan clock) => "1";
}

/// <summary>Nobody looks into the folder again.</summary>
internal sealed class TheFolderIsListedOnce : SharedVariant
{
    private readonly HashSet<SimulatedShare> _listed = [];

    public override ClaimEvent? See(ClaimEvent happened, SimulatedShare share) =>
        happened is not ClaimEvent.FolderListed || _listed.Add(share) ? happened : new ClaimEvent.FolderListed([], []);
}
