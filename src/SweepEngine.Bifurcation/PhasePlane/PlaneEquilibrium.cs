using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>The types of an equilibrium in the plane, by its trace, determinant and discriminant.</summary>
public enum EquilibriumType
{
    /// <summary>Two different negative eigenvalues.</summary>
    StableNode,

    /// <summary>Two different positive eigenvalues.</summary>
    UnstableNode,

    /// <summary>A pair of complex eigenvalues with negative real part.</summary>
    StableFocus,

    /// <summary>A pair of complex eigenvalues with positive real part.</summary>
    UnstableFocus,

    /// <summary>Eigenvalues of both signs.</summary>
    Saddle,

    /// <summary>A pair of imaginary eigenvalues: a centre, or a focus that is stable or unstable by its nonlinear terms alone (Hopf point).</summary>
    Centre,

    /// <summary>One eigenvalue is zero: equilibria meet there.</summary>
    SaddleNode,

    /// <summary>Both eigenvalues are zero (Bogdanov-Takens point).</summary>
    DoubleZero,

    /// <summary>One negative eigenvalue, twice, with one eigenvector.</summary>
    StableDegenerateNode,

    /// <summary>One positive eigenvalue, twice, with one eigenvector.</summary>
    UnstableDegenerateNode,

    /// <summary>One negative eigenvalue, twice; every direction is an eigenvector.</summary>
    StableStar,

    /// <summary>One positive eigenvalue, twice; every direction is an eigenvector.</summary>
    UnstableStar,
}

/// <summary>The names of types, as tables and pictures show them.</summary>
public static class EquilibriumTypeText
{
    /// <summary>For example <c>stable node</c>.</summary>
    /// <param name="type">The type.</param>
    public static string Text(this EquilibriumType type) => type switch
    {
        EquilibriumType.StableNode => "stable node",
        EquilibriumType.UnstableNode => "unstable node",
        EquilibriumType.StableFocus => "stable focus",
        EquilibriumType.UnstableFocus => "unstable focus",
        EquilibriumType.Saddle => "saddle",
        EquilibriumType.Centre => "centre",
        EquilibriumType.SaddleNode => "saddle-node",
        EquilibriumType.DoubleZero => "double zero",
        EquilibriumType.StableDegenerateNode => "stable degenerate node",
        EquilibriumType.UnstableDegenerateNode => "unstable degenerate node",
        EquilibriumType.StableStar => "stable star",
        EquilibriumType.UnstableStar => "unstable star",
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}

/// <summary>An equilibrium of a phase plane and what its linear equations say.</summary>
public sealed record PlaneEquilibrium
{
    // Trace and discriminant are sums of terms; the equilibrium, and so the Jacobian, is known to about 1e-12, where two equilibria meet to the square root of rounding.
    private const double Rounding = 1e-9, RoundingOfDeterminant = 1e-6;

    /// <summary>Takes the linear equations apart.</summary>
    /// <param name="at">Where it is [SI].</param>
    /// <param name="jacobian">The Jacobian there [SI].</param>
    /// <param name="scale">One display unit of each state [SI].</param>
    internal PlaneEquilibrium(PlanePoint at, (double XX, double XY, double YX, double YY) jacobian, (double X, double Y) scale)
    {
        At = at;
        (double a, double b, double c, double d) = (jacobian.XX, jacobian.XY * scale.Y / scale.X, jacobian.YX * scale.X / scale.Y, jacobian.YY);
        (Trace, Determinant) = (a + d, a * d - b * c);
        double half = (a - d) / 2, product = b * c, quarter = half * half + product;
        Discriminant = 4 * quarter;
        bool noTrace = Math.Abs(Trace) <= Rounding * (Math.Abs(a) + Math.Abs(d)) || Trace == 0;
        bool noDeterminant = Math.Abs(Determinant) <= RoundingOfDeterminant * (Math.Abs(a * d) + Math.Abs(product));
        // Of equal eigenvalues both terms may be rounding errors beside the trace.
        bool equal = Math.Abs(quarter) <= Rounding * (half * half + Math.Abs(product)) || Math.Abs(quarter) <= Rounding * Rounding * Trace * Trace;
        bool single = product == 0 ? b != 0 || c != 0 : Math.Sqrt(Math.Abs(product)) > Rounding * Math.Abs(Trace);
        bool stable = Trace < 0;
        Type = noDeterminant ? noTrace ? EquilibriumType.DoubleZero : EquilibriumType.SaddleNode
            : Determinant < 0 ? EquilibriumType.Saddle
            : noTrace ? EquilibriumType.Centre
            : equal && single ? stable ? EquilibriumType.StableDegenerateNode : EquilibriumType.UnstableDegenerateNode
            : equal ? stable ? EquilibriumType.StableStar : EquilibriumType.UnstableStar
            : quarter < 0 ? stable ? EquilibriumType.StableFocus : EquilibriumType.UnstableFocus
            : stable ? EquilibriumType.StableNode : EquilibriumType.UnstableNode;
        quarter = equal ? 0 : quarter;
        if (quarter < 0)
        {
            double frequency = Math.Sqrt(-quarter);
            Eigenvalues = (new(Trace / 2, frequency), new(Trace / 2, -frequency));
            return;
        }

        // The one of larger size has no cancellation; the other one follows from the determinant.
        double large = Trace / 2 + (Trace < 0 ? -1 : 1) * Math.Sqrt(quarter), small = large == 0 ? 0 : Determinant / large;
        (double first, double second) = (Math.Max(large, small), Math.Min(large, small));
        Eigenvalues = (first, second);
        if (single || !equal)
        {
            Eigenvectors = (Vector(first, second), Vector(second, first));
        }

        // (J - other) maps everything onto the eigenvector; its longer column is the safer one.
        PlanePoint Vector(double own, double other)
        {
            // Of a double eigenvalue with one eigenvector, J - other maps onto it as well.
            (double x1, double y1, double x2, double y2) = (a - other, c, b, d - other);
            (double x, double y) = x1 * x1 + y1 * y1 >= x2 * x2 + y2 * y2 ? (x1, y1) : (x2, y2);
            double length = Math.Sqrt(x * x + y * y) * (x < 0 || (x == 0 && y < 0) ? -1 : 1);
            return new(x / length, y / length);
        }
    }

    /// <summary>Where it is [SI].</summary>
    public PlanePoint At { get; }

    /// <summary>What it is.</summary>
    public EquilibriumType Type { get; }

    /// <summary>Trace of the Jacobian [1/s].</summary>
    public double Trace { get; }

    /// <summary>Determinant of the Jacobian [1/s²].</summary>
    public double Determinant { get; }

    /// <summary>Trace² − 4 determinant [1/s²]; eigenvalues are complex below 0.</summary>
    public double Discriminant { get; }

    /// <summary>The eigenvalues by descending real part, of a pair the one with positive imaginary part first [1/s].</summary>
    public (Complex First, Complex Second) Eigenvalues { get; }

    /// <summary>
    /// The eigenvectors of real eigenvalues, in display units, of length 1 in these, pointing to the right; null for complex eigenvalues, and where every direction is one.
    /// </summary>
    public (PlanePoint First, PlanePoint Second)? Eigenvectors { get; }

    /// <summary>Whether it lies beyond the threshold of a reset, where no orbit stays.</summary>
    public bool IsVirtual { get; init; }

    /// <summary>Length of the last step of Newton's method, in parts of the window.</summary>
    public required double Residual { get; init; }

    /// <summary>Whether nearby orbits come to it, in forward time.</summary>
    internal bool Attracts => Type is EquilibriumType.StableNode or EquilibriumType.StableFocus or EquilibriumType.StableDegenerateNode or EquilibriumType.StableStar;

    /// <summary>Whether nearby orbits come to it, in backward time.</summary>
    internal bool Repels => Type is EquilibriumType.UnstableNode or EquilibriumType.UnstableFocus or EquilibriumType.UnstableDegenerateNode or EquilibriumType.UnstableStar;
}
