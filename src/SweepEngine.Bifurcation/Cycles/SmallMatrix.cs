namespace SweepEngine.Bifurcation;

/// <summary>Gaussian elimination with exchange of rows, for a few rows and columns. Matrices stand column after column.</summary>
internal static class SmallMatrix
{
    /// <summary>Eliminates, in place.</summary>
    /// <param name="matrix">The matrix, shape [size × size]; receives its factors.</param>
    /// <param name="size">Rows and columns.</param>
    /// <param name="sides">Right-hand sides, shape [size × any]; receive the solutions.</param>
    /// <returns>The determinant, and the smallest pivot over the largest one.</returns>
    public static (double Determinant, double Quality) Solve(Span<double> matrix, int size, Span<double> sides)
    {
        double determinant = 1, least = double.PositiveInfinity, most = 0;
        for (int pivot = 0; pivot < size; pivot++)
        {
            int best = pivot;
            for (int row = pivot + 1; row < size; row++)
            {
                best = Math.Abs(matrix[(pivot * size) + row]) > Math.Abs(matrix[(pivot * size) + best]) ? row : best;
            }

            if (best != pivot)
            {
                determinant = -determinant;
                Exchange(matrix, best);
                Exchange(sides, best);
            }

            double value = matrix[(pivot * size) + pivot];
            (least, most) = (Math.Min(least, Math.Abs(value)), Math.Max(most, Math.Abs(value)));
            determinant *= value;
            for (int row = pivot + 1; row < size; row++)
            {
                double factor = matrix[(pivot * size) + row] / value;
                matrix[(pivot * size) + row] = factor;
                for (int column = pivot + 1; column < size; column++)
                {
                    matrix[(column * size) + row] -= factor * matrix[(column * size) + pivot];
                }

                for (int column = 0; column < sides.Length; column += size)
                {
                    sides[column + row] -= factor * sides[column + pivot];
                }
            }

            void Exchange(Span<double> columns, int other)
            {
                for (int column = 0; column < columns.Length; column += size)
                {
                    (columns[column + pivot], columns[column + other]) = (columns[column + other], columns[column + pivot]);
                }
            }
        }

        for (int column = 0; column < sides.Length; column += size)
        {
            for (int row = size - 1; row >= 0; row--)
            {
                double value = sides[column + row];
                for (int known = row + 1; known < size; known++)
                {
                    value -= matrix[(known * size) + row] * sides[column + known];
                }

                sides[column + row] = value / matrix[(row * size) + row];
            }
        }

        return (determinant, least / most);
    }
}
