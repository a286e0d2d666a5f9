namespace SweepEngine.Bifurcation;

/// <summary>Solves small dense systems with many right sides by elimination with row exchanges. All matrices are row after row.</summary>
/// <param name="size">Number of equations.</param>
internal sealed class DenseElimination(int size)
{
    private readonly int[] _pivots = new int[size];
    private double[] _matrix = [];

    /// <summary>Factors a matrix, in its place.</summary>
    /// <param name="matrix">The matrix, shape [size × size]; it must stay as it is left here while <see cref="Solve"/> is used.</param>
    public void Factor(double[] matrix)
    {
        _matrix = matrix;
        for (int pivot = 0; pivot < size; pivot++)
        {
            int largest = pivot;
            for (int row = pivot + 1; row < size; row++)
            {
                largest = Math.Abs(matrix[(row * size) + pivot]) > Math.Abs(matrix[(largest * size) + pivot]) ? row : largest;
            }

            _pivots[pivot] = largest;
            Exchange(matrix, size, pivot, largest);
            ReadOnlySpan<double> line = matrix.AsSpan((pivot * size) + pivot + 1, size - pivot - 1);
            double inverse = 1 / matrix[(pivot * size) + pivot];
            for (int row = pivot + 1; row < size; row++)
            {
                double factor = matrix[(row * size) + pivot] *= inverse;
                if (factor != 0)
                {
                    Add(-factor, line, matrix.AsSpan((row * size) + pivot + 1, line.Length));
                }
            }
        }
    }

    /// <summary>Solves, with the matrix that was factored last.</summary>
    /// <param name="sides">The right sides, which become the solutions. Shape [size × columns].</param>
    /// <param name="columns">How many.</param>
    public void Solve(Span<double> sides, int columns)
    {
        for (int pivot = 0; pivot < size; pivot++)
        {
            Exchange(sides, columns, pivot, _pivots[pivot]);
        }

        for (int row = 1; row < size; row++)
        {
            for (int k = 0; k < row; k++)
            {
                if (_matrix[(row * size) + k] != 0)
                {
                    Add(-_matrix[(row * size) + k], sides.Slice(k * columns, columns), sides.Slice(row * columns, columns));
                }
            }
        }

        for (int row = size - 1; row >= 0; row--)
        {
            Span<double> line = sides.Slice(row * columns, columns);
            for (int k = row + 1; k < size; k++)
            {
                if (_matrix[(row * size) + k] != 0)
                {
                    Add(-_matrix[(row * size) + k], sides.Slice(k * columns, columns), line);
                }
            }

            double inverse = 1 / _matrix[(row * size) + row];
            foreach (ref double value in line)
            {
                value *= inverse;
            }
        }
    }

    /// <summary>Adds a multiple of a row to another one.</summary>
    /// <param name="factor">The multiple.</param>
    /// <param name="from">The row.</param>
    /// <param name="to">The other one, as long.</param>
    public static void Add(double factor, ReadOnlySpan<double> from, Span<double> to)
    {
        for (int i = 0; i < to.Length; i++)
        {
            to[i] += factor * from[i];
        }
    }

    private static void Exchange(Span<double> matrix, int columns, int row, int other)
    {
        for (int k = 0; row != other && k < columns; k++)
        {
            (matrix[(row * columns) + k], matrix[(other * columns) + k]) = (matrix[(other * columns) + k], matrix[(row * columns) + k]);
        }
    }
}
