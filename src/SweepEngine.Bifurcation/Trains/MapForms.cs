using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>Coefficients of normal forms of maps at trains, from differences of their exact first derivatives; coordinates count in display units.</summary>
/// <remarks>
/// Yu. A. Kuznetsov, Elements of Applied Bifurcation Theory (Springer, 3rd ed. 2004), section 5.4: with Aq = ±q, ⟨q, q⟩ = 1, it is b = ½⟨p, B(q, q)⟩ of ξ ↦ ξ + s Δ(drive) + b ξ², s > 0, at a fold and
/// c = −⅙⟨p, C(q, q, q) − 3B(q, (A − 1)⁻¹B(q, q))⟩ of ξ ↦ −ξ − c ξ³ at a period doubling, below 0 where what is born is stable, as of cycles (<see cref="CycleForm"/>).
/// </remarks>
internal static class MapForms
{
    // Differences are over this part of a coordinate's size, and half of it; the coefficient counts as zero where it is less than so many times what this changes.
    private const double DifferencePart = 2e-4, Certain = 3;

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
        Vector<double> byDrive = Vector<double>.Build.Dense(m);
        Matrix<double>? slopes = Slopes(x);
        if (slopes is null)
        {
            return (double.NaN, null);
        }

        Matrix<double> unit = Matrix<double>.Build.DenseIdentity(m), singular = doubling ? slopes + unit : slopes - unit;
        Vector<double> q = NullVector(singular), p = NullVector(singular.Transpose());
        p /= p.DotProduct(q);
        if (!doubling && p.DotProduct(byDrive) < 0)
        {
            (p, q) = (-p, -q);
        }

        double step = double.PositiveInfinity;
        for (int c = 0; c < m; c++)
        {
            step = Math.Min(step, DifferencePart * (1 + Math.Abs(x[c]) / model.CoordinateScale[c]) / Math.Abs(q[c]));
        }

        double[] coefficients = [Coefficient(step), Coefficient(0.5 * step)];
        // Both are off by the square of the step.
        double coefficient = (4 * coefficients[1] - coefficients[0]) / 3, change = Math.Abs(coefficients[1] - coefficients[0]);
        return (coefficient, doubling && Math.Abs(coefficient) > Certain * change ? coefficient < 0 : null);

        double Coefficient(double length)
        {
            if (Along(q, length) is not { } up || Along(q, -length) is not { } down)
            {
                return double.NaN;
            }

            Matrix<double> second = (up - down) / (2 * length), third = (up - slopes * 2 + down) / (length * length);
            Vector<double> qq = second * q;
            return doubling ? (0.5 * p.DotProduct(second * (slopes - unit).LU().Solve(qq))) - (p.DotProduct(third * q) / 6) : 0.5 * p.DotProduct(qq);
        }

        Matrix<double>? Along(Vector<double> direction, double length) => Slopes([.. x.Select((each, c) => each + length * direction[c] * model.CoordinateScale[c])]);

        // Of the whole train, in display units; leaves the derivatives by the drive, too.
        Matrix<double>? Slopes(double[] from)
        {
            Matrix<double> product = Matrix<double>.Build.DenseIdentity(m);
            byDrive.Clear();
            var passage = new Passage(model);
            for (int s = 0; s < equations.Spikes; s++)
            {
                if (!map.Run(from, point.Drive, true, passage))
                {
                    return null;
                }

                Matrix<double> slope = Matrix<double>.Build.Dense(m, m, (row, column) => passage.Slope(row, column) * model.CoordinateScale[column] / model.CoordinateScale[row]);
                product = slope * product;
                byDrive = (slope * byDrive) + Vector<double>.Build.Dense(m, row => passage.Slope(row, m) / model.CoordinateScale[row]);
                from = [.. passage.Next];
            }

            return product;
        }
    }
}
