using System.Numerics;

namespace SweepEngine.Simulation.Tests;

/// <summary>
/// The coefficients against the conditions of order, which Hairer and Wanner derive (Solving Ordinary Differential Equations II, section IV.7): with the Runge–Kutta-like matrices
/// α and γ, β = α + γ, a rooted tree t with a weight Σ b_i Φ_i(t) has to give 1/density(t); a node with one branch sums over β, one with several over α for each.
/// </summary>
public class Rodas5PTests
{
    private const int Stages = Rodas5P.Stages;

    [Fact]
    public void The_solution_has_order_5_the_embedded_one_4_and_the_dense_output_4() =>
        Assert.InRange(WorstCondition(Coefficients.Published()), 0, 2e-12);

    [Fact]
    public void A_wrong_digit_in_any_coefficient_breaks_a_condition()
    {
        for (int k = 0; ; k++)
        {
            var changed = Coefficients.Published();
            if (!changed.TryChange(k, 1e-6))
            {
                // γ, 8 of c and of d, 28 of a and of its coupling, 24 of the dense output.
                Assert.Equal(1 + (2 * 8) + (2 * 28) + 24, k);
                return;
            }

            // The last stage weighs the difference of two solutions of order 4: what it adds to the dense output is beyond that order.
            Assert.True(WorstCondition(changed) > 1e-9 || k is 80 or 88 or 96, $"coefficient {k}");
        }
    }

    [Fact]
    public void Stiff_components_die_out_and_no_oscillation_grows()
    {
        Assert.InRange(Complex.Abs(Stability(-1e12)), 0, 1e-9);
        for (double y = 1e-3; y < 1e6; y *= 1.1)
        {
            Assert.InRange(Complex.Abs(Stability(new Complex(0, y))), 0, 1 + 1e-12);
        }
    }

    // What one step makes of 1 under y' = zy, h = 1.
    private static Complex Stability(Complex z)
    {
        var u = new Complex[Stages];
        Complex y = 1, state = 1;
        for (int i = 0; i < Stages; i++)
        {
            state = 1;
            Complex right = 0;
            for (int j = 0; j < i; j++)
            {
                state += Rodas5P.A[i][j] * u[j];
                right += Rodas5P.Gamma * Rodas5P.Coupling[i][j] * u[j];
            }

            u[i] = (Rodas5P.Gamma * z * state + right) / (1 - Rodas5P.Gamma * z);
            y = state + u[i];
        }

        return y;
    }

    // The largest violation, relative to the size of what is summed.
    private static double WorstCondition(Coefficients of)
    {
        // γ = (1/γ_ii − C)^-1, α = A γ, b = m γ.
        double[,] inverse = new double[Stages, Stages];
        for (int i = 0; i < Stages; i++)
        {
            inverse[i, i] = of.Gamma;
            for (int j = i - 1; j >= 0; j--)
            {
                for (int k = j; k < i; k++)
                {
                    inverse[i, j] += of.Gamma * of.Coupling[i][k] * inverse[k, j];
                }
            }
        }

        double[,] alpha = new double[Stages, Stages], beta = new double[Stages, Stages];
        double worst = 0;
        for (int i = 0; i < Stages; i++)
        {
            double sum = 0, own = 0, size = 1;
            for (int j = 0; j < Stages; j++)
            {
                for (int k = 0; k < i; k++)
                {
                    alpha[i, j] += of.A[i][k] * inverse[k, j];
                    size += Math.Abs(of.A[i][k] * inverse[k, j]);
                }

                beta[i, j] = alpha[i, j] + inverse[i, j];
                (sum, own) = (sum + alpha[i, j], own + inverse[i, j]);
                size += Math.Abs(inverse[i, j]);
            }

            // What makes the method the same for equations that depend on the time.
            worst = Math.Max(worst, Math.Max(Math.Abs(sum - of.C[i]), Math.Abs(own - of.D[i])) / size);
        }

        double[] last = [.. of.A[Stages - 1], 1], embedded = [.. of.A[Stages - 1], 0];
        for (int order = 1; order <= 5; order++)
        {
            foreach (Tree tree in Tree.OfOrder(order))
            {
                double[] weights = tree.Weights(alpha, beta);
                Check(last, 1, weights, tree);
                for (int part = 1; part <= 4 && order < 5; part++)
                {
                    // The dense output at this part of the step.
                    double p = 0.2 * part, r = 1 - p;
                    Check([.. last.Select((m, s) => p * m + p * r * (of.Dense[0][s] + p * (of.Dense[1][s] + p * of.Dense[2][s])))], p, weights, tree);
                }

                if (order < 5)
                {
                    Check(embedded, 1, weights, tree);
                }
            }
        }

        return worst;

        void Check(double[] m, double part, double[] weights, Tree tree)
        {
            double sum = 0, size = 1;
            for (int j = 0; j < Stages; j++)
            {
                for (int i = j; i < Stages; i++)
                {
                    sum += m[i] * inverse[i, j] * weights[j];
                    size += Math.Abs(m[i] * inverse[i, j] * weights[j]);
                }
            }

            worst = Math.Max(worst, Math.Abs(sum - Math.Pow(part, tree.Order) / tree.Density) / size);
        }
    }

    private sealed record Coefficients(double[][] A, double[][] Coupling, double[] C, double[] D, double[][] Dense)
    {
        public double Gamma { get; private set; } = Rodas5P.Gamma;

        public static Coefficients Published() =>
            new(Copy(Rodas5P.A), Copy(Rodas5P.Coupling), [.. Rodas5P.C], [.. Rodas5P.D], Copy(Rodas5P.Dense));

        // Changes coefficient k, if there are as many.
        public bool TryChange(int k, double by)
        {
            if (k == 0)
            {
                Gamma += by;
                return true;
            }

            foreach (double[] row in A.Concat(Coupling).Append(C).Append(D).Concat(Dense))
            {
                if (k <= row.Length)
                {
                    row[k - 1] += by;
                    return true;
                }

                k -= row.Length;
            }

            return false;
        }

        private static double[][] Copy(double[][] rows) => [.. rows.Select(row => row.ToArray())];
    }

    // A rooted tree: the trees that hang on its root, in descending order.
    private sealed record Tree(IReadOnlyList<Tree> Branches)
    {
        public int Order => 1 + Branches.Sum(branch => branch.Order);

        public double Density => Order * Branches.Aggregate(1.0, (product, branch) => product * branch.Density);

        public static IEnumerable<Tree> OfOrder(int order) => Forests(order - 1, order - 1, int.MaxValue).Select(forest => new Tree(forest));

        public double[] Weights(double[,] alpha, double[,] beta)
        {
            double[] weights = [.. Enumerable.Repeat(1.0, Stages)];
            foreach (Tree branch in Branches)
            {
                double[] inner = branch.Weights(alpha, beta);
                double[,] sums = Branches.Count > 1 ? alpha : beta;
                for (int i = 0; i < Stages; i++)
                {
                    weights[i] *= Enumerable.Range(0, Stages).Sum(j => sums[i, j] * inner[j]);
                }
            }

            return weights;
        }

        // Lists of trees with so many nodes together, the first of them not behind a given one in the list of trees of its order.
        private static IEnumerable<IReadOnlyList<Tree>> Forests(int nodes, int largest, int behind)
        {
            if (nodes == 0)
            {
                yield return [];
            }

            for (int order = Math.Min(nodes, largest); order >= 1; order--)
            {
                Tree[] trees = [.. OfOrder(order)];
                for (int k = 0; k < trees.Length && (order < largest || k <= behind); k++)
                {
                    foreach (IReadOnlyList<Tree> rest in Forests(nodes - order, order, k))
                    {
                        yield return [trees[k], .. rest];
                    }
                }
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(4, 4)]
    [InlineData(5, 9)]
    public void There_are_as_many_trees_as_Cayley_counted(int order, int trees) => Assert.Equal(trees, Tree.OfOrder(order).Count());
}
