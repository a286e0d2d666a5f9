using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Smooth equations whose solutions are points (as many unknowns as independent equations) or curves (one more). There may be more equations than independent ones, as long as all hold at a solution:
/// they are solved in the sense of least squares (Gauss and Newton), which converges quadratically then.
/// </summary>
internal abstract class CurveEquations
{
    // A step so small has an error of its square, far below rounding.
    private const double Converged = 1e-9;
    private const int MostSteps = 8;

    /// <summary>What should be 0, and its derivatives by the unknowns.</summary>
    /// <param name="z">The unknowns.</param>
    public abstract (Vector<double> Residual, Matrix<double> Slopes) Evaluate(Vector<double> z);

    /// <summary>Fits what the equations are made with, where there is a choice, to a point near by.</summary>
    /// <param name="z">The unknowns there.</param>
    public virtual void Orient(Vector<double> z)
    {
    }

    /// <summary>Solves for a point.</summary>
    /// <param name="guess">Where to start.</param>
    /// <param name="mostSteps">As many steps at most.</param>
    /// <returns>The point and how large the residual is against its terms; null where it does not converge.</returns>
    public (Vector<double> Z, double Residual)? Solve(Vector<double> guess, int mostSteps = 20)
    {
        Vector<double> z = guess;
        for (int step = 0; step < mostSteps; step++)
        {
            (Vector<double> residual, Matrix<double> slopes) = Evaluate(z);
            Vector<double> change = new OrthogonalFactors(slopes).Solve(-residual);
            double size = change.L2Norm(), magnitude = 1 + z.L2Norm();
            if (!double.IsFinite(size))
            {
                return null;
            }

            z += size > 0.5 * magnitude ? change * (0.5 * magnitude / size) : change;
            if (size <= Converged * magnitude)
            {
                (residual, slopes) = Evaluate(z);
                return (z, RelativeSize(residual, slopes, z));
            }
        }

        return null;
    }

    /// <summary>Solves for the point of a curve that lies in a plane.</summary>
    /// <param name="guess">Where to start; the plane goes through it.</param>
    /// <param name="normal">The normal of the plane.</param>
    /// <returns>The point and the number of steps; null where it does not converge.</returns>
    public (Vector<double> Z, int Steps)? Correct(Vector<double> guess, Vector<double> normal)
    {
        Vector<double> z = guess;
        double before = double.PositiveInfinity;
        for (int step = 1; step <= MostSteps; step++)
        {
            (Vector<double> residual, Matrix<double> slopes) = Evaluate(z);
            Vector<double> right = Vector<double>.Build.Dense(residual.Count + 1);
            right.SetSubVector(0, residual.Count, -residual);
            right[residual.Count] = normal.DotProduct(guess - z);
            Vector<double> change = new OrthogonalFactors(Bordered(slopes, normal)).Solve(right);
            double size = change.L2Norm(), magnitude = 1 + z.L2Norm();
            if (!double.IsFinite(size) || (step > 2 && size > before && size > 1e-6 * magnitude))
            {
                return null;
            }

            z += change;
            if (size <= Converged * magnitude)
            {
                return (z, step);
            }

            before = size;
        }

        return null;
    }

    /// <summary>The unit tangent of a curve.</summary>
    /// <param name="z">A point of it.</param>
    /// <param name="along">A direction with which the tangent has an acute angle.</param>
    /// <returns>The tangent, not finite where it is not defined.</returns>
    public Vector<double> Tangent(Vector<double> z, Vector<double> along)
    {
        (Vector<double> residual, Matrix<double> slopes) = Evaluate(z);
        Vector<double> right = Vector<double>.Build.Dense(residual.Count + 1);
        right[residual.Count] = 1;
        Vector<double> tangent = new OrthogonalFactors(Bordered(slopes, along)).Solve(right);
        return tangent / tangent.L2Norm();
    }

    /// <summary>A matrix with a row below.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="row">The row.</param>
    public static Matrix<double> Bordered(Matrix<double> matrix, Vector<double> row)
    {
        Matrix<double> bordered = Matrix<double>.Build.Dense(matrix.RowCount + 1, matrix.ColumnCount);
        bordered.SetSubMatrix(0, 0, matrix);
        bordered.SetRow(matrix.RowCount, row);
        return bordered;
    }

    // The largest of the residuals, each against the sum of what its derivatives say of a change of every unknown by its size.
    private static double RelativeSize(Vector<double> residual, Matrix<double> slopes, Vector<double> z)
    {
        double largest = 0;
        for (int row = 0; row < residual.Count; row++)
        {
            double terms = 0;
            for (int column = 0; column < z.Count; column++)
            {
                terms += Math.Abs(slopes[row, column]) * (1 + Math.Abs(z[column]));
            }

            largest = Math.Max(largest, residual[row] == 0 ? 0 : Math.Abs(residual[row]) / terms);
        }

        return largest;
    }
}

/// <summary>f(y, p) = 0: equilibria along the free parameter.</summary>
/// <param name="free">The equations of one curve.</param>
internal sealed class EquilibriumEquations(FreeEquations free) : CurveEquations
{
    /// <inheritdoc/>
    public override (Vector<double> Residual, Matrix<double> Slopes) Evaluate(Vector<double> z) => (free.Values(z), free.Slopes(z));
}

/// <summary>
/// Folds: f = 0, and g = 0 where g(y, p) vanishes exactly where ∂f/∂y is singular. It follows from the matrix with a border, which stays regular
/// (W. Govaerts, Numerical Methods for Bifurcations of Dynamical Equilibria, SIAM 2000, chapter 3).
/// </summary>
/// <param name="free">The equations.</param>
internal sealed class FoldEquations(FreeEquations free) : CurveEquations
{
    private Vector<double> _right = Vector<double>.Build.Dense(0), _left = Vector<double>.Build.Dense(0);

    /// <summary>The direction without motion at the point that was evaluated last; its components are over the states.</summary>
    public Vector<double> Right { get; private set; } = Vector<double>.Build.Dense(0);

    /// <summary>The same of the transposed matrix.</summary>
    public Vector<double> Left { get; private set; } = Vector<double>.Build.Dense(0);

    /// <summary>Takes the borders from the vectors that the matrix of a point shrinks most, in the senses that they had before.</summary>
    /// <param name="z">A point near the curve.</param>
    public override void Orient(Vector<double> z)
    {
        Matrix<double> matrix = free.Slopes(z).SubMatrix(0, free.Dimension, 0, free.Dimension);
        _right = Aligned(NullSpace.Of(matrix, 1)[0], _right);
        _left = Aligned(NullSpace.Of(matrix.Transpose(), 1)[0], _left);
    }

    /// <inheritdoc/>
    public override (Vector<double> Residual, Matrix<double> Slopes) Evaluate(Vector<double> z)
    {
        int n = free.Dimension;
        Matrix<double> all = free.Slopes(z), matrix = all.SubMatrix(0, n, 0, n);
        (Matrix<double> x, Matrix<double> y, Matrix<double> g) = NullSpace.Solve(matrix, [_right], [_left]);
        (Right, Left) = (x.Column(0), y.Column(0));

        Vector<double> residual = Vector<double>.Build.Dense(n + 1);
        residual.SetSubVector(0, n, free.Values(z));
        residual[n] = g[0, 0];
        Matrix<double> slopes = Bordered(all, -(Left * free.SlopesAlong(z, Right)));
        return (residual, slopes);
    }

    private static Vector<double> Aligned(Vector<double> vector, Vector<double> before) => vector.Count == before.Count && vector.DotProduct(before) < 0 ? -vector : vector;
}

/// <summary>
/// Hopf points, unknown also κ = ω² (in units of <see cref="Unit"/>²): f = 0, and a 2 × 2 matrix G = 0 that vanishes exactly where A² + κ, A = ∂f/∂y, has two directions without motion. It is found from
/// (A, −ν; κν, A) with two borders, so that A is not squared. The curve goes on smoothly through κ = 0, a Bogdanov-Takens point, to neutral saddles.
/// </summary>
/// <param name="free">The equations.</param>
internal sealed class HopfEquations(FreeEquations free) : CurveEquations
{
    private Vector<double>[] _right = [], _left = [];

    /// <summary>ν: ω is about so large [1 per unit of time].</summary>
    public double Unit { get; set; } = 1;

    /// <summary>Takes the borders from the vectors that the matrix of a point shrinks most.</summary>
    /// <param name="z">A point near the curve.</param>
    public override void Orient(Vector<double> z)
    {
        Matrix<double> matrix = Doubled(free.Slopes(z), z[^1]);
        _right = NullSpace.Of(matrix, 2);
        _left = NullSpace.Of(matrix.Transpose(), 2);
    }

    /// <inheritdoc/>
    public override (Vector<double> Residual, Matrix<double> Slopes) Evaluate(Vector<double> z)
    {
        int n = free.Dimension, unknowns = z.Count;
        Matrix<double> all = free.Slopes(z);
        (Matrix<double> x, Matrix<double> y, Matrix<double> g) = NullSpace.Solve(Doubled(all, z[unknowns - 1]), _right, _left);
        Vector<double> residual = Vector<double>.Build.Dense(n + 4);
        residual.SetSubVector(0, n, free.Values(z));
        Matrix<double> slopes = Matrix<double>.Build.Dense(n + 4, unknowns);
        slopes.SetSubMatrix(0, 0, all);
        for (int column = 0; column < 2; column++)
        {
            Vector<double> right = x.Column(column), upper = right.SubVector(0, n), lower = right.SubVector(n, n);
            Matrix<double> first = free.SlopesAlong(z, upper), second = free.SlopesAlong(z, lower);
            for (int row = 0; row < 2; row++)
            {
                Vector<double> left = y.Column(row), above = left.SubVector(0, n), below = left.SubVector(n, n);
                int at = n + (2 * column) + row;
                residual[at] = g[row, column];
                slopes.SetRow(at, 0, unknowns - 1, -((above * first) + (below * second)));
                slopes[at, unknowns - 1] = -Unit * below.DotProduct(upper);
            }
        }

        return (residual, slopes);
    }

    private Matrix<double> Doubled(Matrix<double> all, double kappa)
    {
        int n = free.Dimension;
        Matrix<double> a = all.SubMatrix(0, n, 0, n), doubled = Matrix<double>.Build.Dense(2 * n, 2 * n);
        doubled.SetSubMatrix(0, 0, a);
        doubled.SetSubMatrix(n, n, a);
        for (int i = 0; i < n; i++)
        {
            doubled[i, n + i] = -Unit;
            doubled[n + i, i] = kappa * Unit;
        }

        return doubled;
    }
}

/// <summary>
/// Branch points, unknown also β: f + β b = 0, and g = 0 of two components that vanish exactly where the derivatives by states and drive leave out a direction. With β they are
/// regular at simple branch points, where β = 0 (G. Moore, Numer. Funct. Anal. Optim. 2 (1980) 441).
/// </summary>
/// <param name="free">The equations, with the drive as the only free parameter.</param>
internal sealed class BranchPointEquations(FreeEquations free) : CurveEquations
{
    private Vector<double>[] _right = [];
    private Vector<double> _left = Vector<double>.Build.Dense(0);

    /// <summary>Two directions over states and drive along which f does not change, at the point that was evaluated last; of length 1 and at right angles.</summary>
    public Vector<double>[] Right { get; private set; } = [];

    /// <summary>The direction that is left out.</summary>
    public Vector<double> Left { get; private set; } = Vector<double>.Build.Dense(0);

    /// <summary>Takes the borders from the vectors that the matrix of a point shrinks most.</summary>
    /// <param name="z">A point near the branch point.</param>
    public override void Orient(Vector<double> z)
    {
        Matrix<double> slopes = free.Slopes(z);
        _right = NullSpace.Of(Bordered(slopes, Vector<double>.Build.Dense(slopes.ColumnCount)), 2);
        _left = NullSpace.Of(slopes * slopes.Transpose(), 1)[0];
    }

    /// <inheritdoc/>
    public override (Vector<double> Residual, Matrix<double> Slopes) Evaluate(Vector<double> z)
    {
        int n = free.Dimension;
        Matrix<double> all = free.Slopes(z), bordered = Matrix<double>.Build.Dense(n + 2, n + 2);
        bordered.SetSubMatrix(0, 0, all);
        bordered.SetSubMatrix(0, n, n + 1, 1, _left.ToColumnMatrix());
        bordered.SetRow(n, 0, n + 1, _right[0]);
        bordered.SetRow(n + 1, 0, n + 1, _right[1]);
        OrthogonalFactors factors = new(bordered), transposed = new(bordered.Transpose());
        Vector<double> left = transposed.Solve(NullSpace.Unit(n + 2, n + 1));
        Left = left.SubVector(0, n);
        Vector<double> residual = Vector<double>.Build.Dense(n + 2);
        residual.SetSubVector(0, n, free.Values(z) + (_left * z[n + 1]));
        Matrix<double> slopes = Matrix<double>.Build.Dense(n + 2, n + 2);
        slopes.SetSubMatrix(0, 0, all);
        slopes.SetSubMatrix(0, n, n + 1, 1, _left.ToColumnMatrix());
        Vector<double>[] right = new Vector<double>[2];
        for (int k = 0; k < 2; k++)
        {
            Vector<double> solved = factors.Solve(NullSpace.Unit(n + 2, n + k));
            right[k] = solved.SubVector(0, n + 1);
            residual[n + k] = solved[n + 1];
            slopes.SetRow(n + k, 0, n + 1, -(Left * free.SlopesAlong(z, right[k])));
        }

        Right = NullSpace.Orthonormal(right);
        return (residual, slopes);
    }
}
