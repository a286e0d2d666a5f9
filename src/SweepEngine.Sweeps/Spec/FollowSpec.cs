using SweepEngine.Bifurcation;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Which bifurcation points of each curve are followed while a second parameter varies beside the drive.</summary>
/// <param name="Kinds">The kinds of points, LP, HB and LPC.</param>
/// <param name="Parameter">The second parameter, which the grid does not sweep.</param>
/// <param name="Lowest">The lower end of its range.</param>
/// <param name="Highest">The upper end of its range.</param>
public sealed record FollowSpec(IReadOnlyList<BifurcationKind> Kinds, string Parameter, Quantity Lowest, Quantity Highest)
{
    /// <summary>What it comes to, in one way however the file writes it.</summary>
    public string CanonicalText => FormattableString.Invariant($"{string.Join(' ', Kinds.Order().Select(kind => kind.Text()))} with {Parameter} from {Lowest.SI:R} to {Highest.SI:R} [{Lowest.Unit}]");
}
