using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation.Tests;

public class SparseEliminationTests
{
    private const int Lanes = LaneTile.Lanes;

    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(4, 1.0)]
    [InlineData(7, 0.3)]
    [InlineData(30, 0.1)]
    public void Random_equations_are_solved_in_every_lane(int size, double part)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Problem problem = Random(size, part, seed);
            double[] found = problem.Solve<Lane8>();
            for (int j = 0; j < Lanes; j += 9)
            {
                Vector<double> expected = problem.Dense(j).Solve(Vector<double>.Build.Dense(size, i => problem.Right[i * Lanes + j]));
                Assert.All(Enumerable.Range(0, size), i => Assert.Equal(expected[i], found[i * Lanes + j], 1e-11));
            }
        }
    }

    [Fact]
    public void Every_width_gives_the_same_bits()
    {
        Problem problem = Random(20, 0.2, 7);
        Assert.Equal(problem.Solve<Lane8>(), problem.Solve<Lane4>());
        Assert.Equal(problem.Solve<Lane8>(), problem.Solve<Lane1>());
    }

    [Fact]
    public void A_tree_of_compartments_fills_nothing_in()
    {
        // Each compartment but the first hangs on an earlier one.
        const int Size = 200;
        var random = new Random(3);
        List<(int, int)> entries = [.. Enumerable.Range(0, Size).Select(i => (i, i))];
        for (int i = 1; i < Size; i++)
        {
            int parent = random.Next(i);
            entries.AddRange([(i, parent), (parent, i)]);
        }

        var elimination = new SparseElimination(Size, entries, entries.Count);
        Assert.Empty(elimination.Fill);
        Assert.Equal(Size + (2 * (Size - 1)), elimination.Operations);
    }

    [Fact]
    public void Operations_are_counted_where_all_depends_on_all()
    {
        (int, int)[] entries = [.. from row in Enumerable.Range(0, 5) from column in Enumerable.Range(0, 5) select (row, column)];
        // Σ 1 + k + k² for k = 4 … 0
        Assert.Equal(5 + 10 + 30, new SparseElimination(5, entries, 25).Operations);
    }

    [Theory]
    [InlineData(1 + 1e-12, false)] // 1 − 1/(1 + 1e-12): eleven of its digits are gone
    [InlineData(1 + 1e-8, true)]
    [InlineData(1e-12, false)] // 1 − 1e12
    [InlineData(1e-8, true)]
    public void A_pivot_that_is_tiny_or_huge_beside_its_terms_leaves_no_number(double first, bool sound)
    {
        var elimination = new SparseElimination(2, [(0, 0), (0, 1), (1, 0), (1, 1)], 4);
        double[] matrix = [.. new[] { first, 1, 1, 1 }.SelectMany(value => Enumerable.Repeat(value, Lanes))];
        double[] magnitude = [.. Enumerable.Repeat(1.0, 2 * Lanes)], right = [.. Enumerable.Repeat(1.0, 2 * Lanes)];
        magnitude.AsSpan(0, Lanes).Fill(first);
        elimination.Factor<Lane4>(matrix, magnitude, Lanes);
        elimination.Solve<Lane4>(matrix, right, Lanes);
        Assert.Equal(sound, right.All(double.IsFinite));
    }

    private static Problem Random(int size, double part, int seed)
    {
        var random = new Random(seed);
        List<(int Row, int Column)> entries = [];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++)
            {
                // Some elements of the diagonal are no entries: they are 1 in all matrices 1 − hγJ.
                if (random.NextDouble() < part)
                {
                    entries.Add((i, j));
                }
            }
        }

        // A gap, as where derivatives by the time stand.
        var elimination = new SparseElimination(size, entries, entries.Count + 2);
        double[] matrix = [.. Enumerable.Range(0, elimination.Slots * Lanes).Select(_ => (random.NextDouble() - 0.5) / (size * part))];
        double[] right = [.. Enumerable.Range(0, size * Lanes).Select(_ => random.NextDouble() - 0.5)];
        foreach (int slot in elimination.Fill)
        {
            matrix.AsSpan(slot * Lanes, Lanes).Clear();
        }

        foreach (int slot in elimination.Diagonal)
        {
            for (int j = 0; j < Lanes; j++)
            {
                matrix[slot * Lanes + j] += 1;
            }
        }

        return new Problem(size, entries, elimination, matrix, right);
    }

    private sealed record Problem(int Size, List<(int Row, int Column)> Entries, SparseElimination Elimination, double[] Matrix, double[] Right)
    {
        public Matrix<double> Dense(int lane)
        {
            Matrix<double> dense = Matrix<double>.Build.Dense(Size, Size);
            for (int k = 0; k < Entries.Count; k++)
            {
                dense[Entries[k].Row, Entries[k].Column] = Matrix[k * Lanes + lane];
            }

            for (int i = 0; i < Size; i++)
            {
                dense[i, i] = Matrix[Elimination.Diagonal[i] * Lanes + lane];
            }

            return dense;
        }

        public double[] Solve<T>()
            where T : struct, ILane<T>
        {
            double[] matrix = [.. Matrix], right = [.. Right];
            Elimination.Factor<T>(matrix, [.. Enumerable.Repeat(1.0, Size * Lanes)], Lanes);
            Elimination.Solve<T>(matrix, right, Lanes);
            return right;
        }
    }
}
