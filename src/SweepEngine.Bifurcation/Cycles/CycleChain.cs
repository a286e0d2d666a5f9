using System.Runtime.CompilerServices;
using SweepEngine.Lanes;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// A chain of linear equations between neighbouring values of n numbers each, first·u_i + last·u_(i+1) = sides·(τ, π, 1), in lanes. Reflections (Householder) take the values between its ends out of
/// it, one after the other, without ever forming a product, so that neither strongly growing nor strongly shrinking directions spoil the others (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742).
/// </summary>
/// <remarks>Equations of n rows stand in registers as first, last (n columns each) and sides (three), column after column.</remarks>
/// <typeparam name="T">The register.</typeparam>
internal static class CycleChain<T>
    where T : struct, ILane<T>
{
    /// <summary>Right-hand sides: by the period, by the drive, the residual.</summary>
    public const int Sides = 3;

    /// <summary>Registers of the equations between two values.</summary>
    /// <param name="n">Size of a value.</param>
    public static int EquationRegisters(int n) => n * ((2 * n) + Sides);

    /// <summary>Registers that <see cref="Eliminate"/> writes for one value.</summary>
    /// <param name="n">Size of a value.</param>
    public static int LinkRegisters(int n) => n * ((3 * n) + Sides);

    /// <summary>Registers of the work space of <see cref="Eliminate"/>.</summary>
    /// <param name="n">Size of a value.</param>
    public static int WorkRegisters(int n) => 2 * n * ((3 * n) + Sides);

    /// <summary>Takes the value between a chain and the next equations out; the chain is then longer by these.</summary>
    /// <param name="chain">The chain so far.</param>
    /// <param name="next">The equations of the value at its end and the one after it.</param>
    /// <param name="link">Receives how the value follows from the chain's first and from its new last one.</param>
    /// <param name="work">Work space.</param>
    /// <param name="n">Size of a value.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Eliminate(Span<double> chain, ReadOnlySpan<double> next, Span<double> link, Span<double> work, int n)
    {
        // Columns: the value that is taken out, the first one, the next one, the sides. Rows: the chain, the next equations.
        int rows = 2 * n, columns = (3 * n) + Sides;
        T zero = T.Broadcast(0);
        for (int column = 0; column < n; column++)
        {
            int own = column * rows, first = (n + column) * rows, last = ((2 * n) + column) * rows;
            for (int k = 0; k < n; k++)
            {
                Put(At(chain, ((n + column) * n) + k), work, own + k);
                Put(At(next, (column * n) + k), work, own + n + k);
                Put(At(chain, (column * n) + k), work, first + k);
                Put(zero, work, first + n + k);
                Put(zero, work, last + k);
                Put(At(next, ((n + column) * n) + k), work, last + n + k);
            }
        }

        for (int side = 0; side < Sides; side++)
        {
            int own = ((3 * n) + side) * rows, from = ((2 * n) + side) * n;
            for (int k = 0; k < n; k++)
            {
                Put(At(chain, from + k), work, own + k);
                Put(At(next, from + k), work, own + n + k);
            }
        }

        for (int column = 0; column < n; column++)
        {
            Reflect(work, rows, column, columns);
        }

        T one = T.Broadcast(1);
        for (int column = 0; column < columns; column++)
        {
            for (int k = 0; k < n; k++)
            {
                Put(At(work, (column * rows) + k), link, (column * n) + k);
                if (column >= n)
                {
                    Put(At(work, (column * rows) + n + k), chain, ((column - n) * n) + k);
                }
            }

            if (column < n)
            {
                // A diagonal is divided by later.
                Put(one / At(link, (column * n) + column), link, (column * n) + column);
            }
        }
    }

    /// <summary>A value that was taken out, of three solutions: of the equations, and of those without a residual.</summary>
    /// <param name="link">What <see cref="Eliminate"/> wrote.</param>
    /// <param name="n">Size of a value.</param>
    /// <param name="values">The solutions, shape [3 × n × stride].</param>
    /// <param name="stride">Values of a solution.</param>
    /// <param name="first">Index of the chain's first value.</param>
    /// <param name="index">Index of the value; the next one is known.</param>
    /// <param name="ends">τ and π of each solution, shape [3 × 2].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Resolve(ReadOnlySpan<double> link, int n, Span<double> values, int stride, int first, int index, ReadOnlySpan<double> ends)
    {
        int next = index + 1, b = n * stride, c = 2 * b, sides = 3 * n * n;
        T periodA = At(ends, 0), driveA = At(ends, 1), periodB = At(ends, 2), driveB = At(ends, 3), periodC = At(ends, 4), driveC = At(ends, 5);
        for (int k = n - 1; k >= 0; k--)
        {
            T byPeriod = At(link, sides + k), byDrive = At(link, sides + n + k);
            T sumA = T.Fma(byPeriod, periodA, T.Fma(byDrive, driveA, At(link, sides + (2 * n) + k))), sumB = T.Fma(byPeriod, periodB, byDrive * driveB), sumC = T.Fma(byPeriod, periodC, byDrive * driveC);
            for (int l = 0; l < n; l++)
            {
                T byFirst = -At(link, ((n + l) * n) + k), byNext = -At(link, (((2 * n) + l) * n) + k);
                int row = l * stride;
                sumA = T.Fma(byFirst, At(values, row + first), T.Fma(byNext, At(values, row + next), sumA));
                sumB = T.Fma(byFirst, At(values, b + row + first), T.Fma(byNext, At(values, b + row + next), sumB));
                sumC = T.Fma(byFirst, At(values, c + row + first), T.Fma(byNext, At(values, c + row + next), sumC));
            }

            for (int l = k + 1; l < n; l++)
            {
                T by = -At(link, (l * n) + k);
                int at = (l * stride) + index;
                (sumA, sumB, sumC) = (T.Fma(by, At(values, at), sumA), T.Fma(by, At(values, b + at), sumB), T.Fma(by, At(values, c + at), sumC));
            }

            T diagonal = At(link, (k * n) + k);
            int own = (k * stride) + index;
            Put(sumA * diagonal, values, own);
            Put(sumB * diagonal, values, b + own);
            Put(sumC * diagonal, values, c + own);
        }
    }

    /// <summary>A reflection that takes the elements of a column below the diagonal to zero.</summary>
    /// <param name="matrix">The matrix, column after column.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="pivot">The column, and the row of its diagonal.</param>
    /// <param name="columns">Its columns.</param>
    /// <param name="keep">The vector of the reflection stays in the place of the column from the diagonal on; else the diagonal's value is put there, and below stays what is of no use.</param>
    /// <returns>The diagonal's value, and by what products with the vector are multiplied.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining)]
    public static (T Diagonal, T Factor) Reflect(Span<double> matrix, int rows, int pivot, int columns, bool keep = false)
    {
        int own = pivot * rows;
        T squares = T.Broadcast(0);
        for (int row = pivot; row < rows; row++)
        {
            T value = At(matrix, own + row);
            squares = T.Fma(value, value, squares);
        }

        T head = At(matrix, own + pivot), diagonal = -T.CopySign(T.Sqrt(squares), head);
        T foot = head - diagonal, factor = T.Broadcast(1) / (diagonal * foot);
        Put(foot, matrix, own + pivot);
        int column = pivot + 1;
        // Four columns at a time: each sum is a chain of operations that wait for each other.
        for (; column + 3 < columns; column += 4)
        {
            int a = column * rows, b = a + rows, c = b + rows, d = c + rows;
            T zero = T.Broadcast(0), productA = zero, productB = zero, productC = zero, productD = zero;
            for (int row = pivot; row < rows; row++)
            {
                T value = At(matrix, own + row);
                productA = T.Fma(value, At(matrix, a + row), productA);
                productB = T.Fma(value, At(matrix, b + row), productB);
                productC = T.Fma(value, At(matrix, c + row), productC);
                productD = T.Fma(value, At(matrix, d + row), productD);
            }

            (productA, productB, productC, productD) = (productA * factor, productB * factor, productC * factor, productD * factor);
            for (int row = pivot; row < rows; row++)
            {
                T value = At(matrix, own + row);
                Put(T.Fma(productA, value, At(matrix, a + row)), matrix, a + row);
                Put(T.Fma(productB, value, At(matrix, b + row)), matrix, b + row);
                Put(T.Fma(productC, value, At(matrix, c + row)), matrix, c + row);
                Put(T.Fma(productD, value, At(matrix, d + row)), matrix, d + row);
            }
        }

        for (; column < columns; column++)
        {
            int other = column * rows;
            T product = T.Broadcast(0);
            for (int row = pivot; row < rows; row++)
            {
                product = T.Fma(At(matrix, own + row), At(matrix, other + row), product);
            }

            product *= factor;
            for (int row = pivot; row < rows; row++)
            {
                Put(T.Fma(product, At(matrix, own + row), At(matrix, other + row)), matrix, other + row);
            }
        }

        if (!keep)
        {
            Put(diagonal, matrix, own + pivot);
        }

        return (diagonal, factor);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T At(ReadOnlySpan<double> registers, int index) => Registers<T>.At(registers, index * T.Width);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(T value, Span<double> registers, int index) => Registers<T>.Put(value, registers, index * T.Width);
}
