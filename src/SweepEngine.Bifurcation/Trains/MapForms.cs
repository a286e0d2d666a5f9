using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>Coefficients of normal forms of maps at trains, from differences of their exact first derivatives; coordinates count in display units.</summary>
/// <remarks>
/// Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (Springer, 3rd ed. 2004), section 5.4: with Aq = ∓q, the coefficient is ½⟨p, B(q, q)⟩ at a fold and
/// ⅙⟨p, C(q, q, q) − 3B(q, (A − 1)⁻¹B(q, q))⟩ at a period doubling, above 0 where what is born is stable.
/// </remarks>
internal static class MapForms
{
    // Differences are over this part of a coordinate's size; the coefficient counts as zero below this part of its terms.
    private const double DifferencePart = 3e-3, ZeroPart = 1e-3;

    /// <summary>A vector that a matrix takes to (almost) nothing, of length 1, its largest component positive.</summary>
    /// <param name="matrix">The matrix, singular but for rounding.</param>
    public static Vector<double> NullVector(Matrix<double> matrix)
    {
        int n = matrix.RowCount;
        double size = Math.Max(matrix.InfinityNorm(), 1);
        var factors = (matrix + Matrix<double>.Build.DenseIdentity(n) * (1e-10 * size)).LU();
        Vector<double> vector = Vector<double>.Build.Dense(n, i => 1.0 / (i + 1));
        for (int step = 0; step < 4; step++)
        {
            vector = factors.Solve(vector);
            vector /= vector.L2Norm();
        }

        return vector[vector.AbsoluteMaximumIndex()] < 0 ? -vector : vector;
    }

    /// <summary>The coefficient of a fold or a period doubling, and whether what is born is stable.</summary>
    /// <param name="model">The model.</param>
    /// <param name="map">Its map.</param>
    /// <param name="equations">Of the train.</param>
    /// <param name="point">The train.</param>
    /// <param name="doubling">Whether its period doubles; else it is a fold.</param>
    /// <returns>NaN and null where the map is not defined near the train.</returns>
    public static (double Coefficient, bool? IsSupercritical) At(ResetModel model, SpikeMap map, TrainEquations equations, TrainPoint point, bool doubling)
    {
        int m = model.Coordinates.Count;
        double[] x = [.. Enumerable.Range(0, m).Select(c => point.Unknowns[c] * equations.Units[c])];
        Matrix<double>? slopes = Slopes(x);
        if (slopes is null)
        {
            return (double.NaN, null);
        }

        Matrix<double> unit = Matrix<double>.Build.DenseIdentity(m), singular = doubling ? slopes + unit : slopes - unit;
        Vector<double> q = NullVector(singular), p = NullVector(singular.Transpose());
        p /= p.DotProduct(q);
        double step = double.PositiveInfinity;
        for (int c = 0; c < m; c++)
        {
            step = Math.Min(step, DifferencePart * (1 + Math.Abs(x[c]) / model.CoordinateScale[c]) / Math.Abs(q[c]));
        }

        if (Along(q, step) is not { } up || Along(q, -step) is not { } down)
        {
            return (double.NaN, null);
        }

        Matrix<double> second = (up - down) / (2 * step), third = (up - slopes * 2 + down) / (step * step);
        Vector<double> qq = second * q;
        if (!doubling)
        {
            return (0.5 * p.DotProduct(qq), null);
        }

        Vector<double> shift = (slopes - unit).LU().Solve(qq);
        double cubic = p.DotProduct(third * q) / 6, bent = -0.5 * p.DotProduct(second * shift), coefficient = cubic + bent;
        return (coefficient, Math.Abs(coefficient) <= ZeroPart * (Math.Abs(cubic) + Math.Abs(bent)) ? null : coefficient > 0);

        Matrix<double>? Along(Vector<double> direction, double length) => Slopes([.. x.Select((each, c) => each + length * direction[c] * model.CoordinateScale[c])]);

        // Of the whole train, in display units.
        Matrix<double>? Slopes(double[] from)
        {
            Matrix<double> product = Matrix<double>.Build.DenseIdentity(m);
            var passage = new Passage(model);
            for (int s = 0; s < equations.Spikes; s++)
            {
                if (!map.Run(from, point.Drive, true, passage))
                {
                    return null;
                }

                product = Matrix<double>.Build.Dense(m, m, (row, column) => passage.Slope(row, column) * model.CoordinateScale[column] / model.CoordinateScale[row]) * product;
                from = [.. passage.Next];
            }

            return product;
        }
    }
}
