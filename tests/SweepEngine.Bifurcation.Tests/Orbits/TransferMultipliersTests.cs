using System.Numerics;
using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Lanes;

namespace SweepEngine.Bifurcation.Tests;

public class TransferMultipliersTests
{
    [Theory]
    [InlineData(1, new[] { 0.25 })]
    [InlineData(2, new[] { 3.0, -0.5, 1e-3 })]
    [InlineData(60, new[] { 1.0, 0.999, 1e-12, 1e-30 })]
    [InlineData(60, new[] { 1e10, 1.0, -1.0, 1e-30 })]
    [InlineData(60, new[] { -7.5, 1e-5, 0.99e-5, 1e-20, 1e-29, 1e-30 })]
    [InlineData(400, new[] { 1e200, 1.0, 1e-250 })]
    public void Real_multipliers_are_found_however_far_apart(int count, double[] multipliers)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            Chain chain = new(new Random(seed), count, [.. multipliers.Select(each => new Complex(each, 0))]);
            Complex[] found = new Complex[multipliers.Length];
            Assert.True(new ProductEigenvalues(found.Length).Find(chain.Matrices, found), $"seed {seed}");
            AssertNear(multipliers.Select(each => new Complex(each, 0)), found, 1e-10, seed);
        }
    }

    [Theory]
    [InlineData(1, 0.3, -0.1)]
    [InlineData(8, 1e-8, -1e-25)]
    [InlineData(80, 1e-8, -1e-25)]
    public void Complex_pairs_are_found_beside_real_multipliers(int count, double small, double smallest)
    {
        Complex[] multipliers =
        [
            new(2, 0), Complex.FromPolarCoordinates(1, 2), Complex.FromPolarCoordinates(1, -2), Complex.FromPolarCoordinates(small, 0.3), Complex.FromPolarCoordinates(small, -0.3), new(smallest, 0),
        ];
        for (int seed = 0; seed < 20; seed++)
        {
            Chain chain = new(new Random(seed), count, multipliers);
            Complex[] found = new Complex[multipliers.Length];
            Assert.True(new ProductEigenvalues(found.Length).Find(chain.Matrices, found), $"seed {seed}");
            AssertNear(multipliers, found, 1e-11, seed);
            Assert.Equal(0, found[1].Imaginary + found[2].Imaginary);
        }
    }

    [Fact]
    public void Products_of_arbitrary_matrices_have_the_eigenvalues_of_the_product()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            int n = random.Next(1, 9), count = random.Next(1, 5);
            double[] matrices = new double[count * n * n];
            Matrix<double> product = Matrix<double>.Build.DenseIdentity(n);
            for (int k = 0; k < count; k++)
            {
                Matrix<double> factor = Matrix<double>.Build.Dense(n, n, (_, _) => random.NextDouble() - 0.5);
                factor.ToRowMajorArray().CopyTo(matrices, k * n * n);
                product = factor * product;
            }

            Complex[] found = new Complex[n];
            Assert.True(new ProductEigenvalues(n).Find(matrices, found), $"seed {seed}");
            Complex[] expected = [.. product.Evd().EigenValues];
            double largest = expected.Max(Complex.Abs);
            Assert.All(expected, each => Assert.True(found.Min(other => Complex.Abs(other - each)) < 1e-9 * largest, $"seed {seed}: {each}"));
            Assert.Equal(product.Determinant(), found.Aggregate(Complex.One, (all, each) => all * each).Real, 1e-11 * Math.Pow(largest, n));
        }
    }

    [Fact]
    public void Zero_is_an_eigenvalue_of_a_singular_chain()
    {
        double[] matrices = [1, 2, 2, 4, 3, 1, 0, 1];
        Complex[] found = new Complex[2];
        Assert.True(new ProductEigenvalues(2).Find(matrices, found));
        Assert.Equal(9, found[0].Real, 1e-12);
        Assert.Equal(0, Complex.Abs(found[1]), 1e-14);
    }

    [Fact]
    public void Multipliers_across_the_flow_pass_smoothly_through_one()
    {
        foreach (double multiplier in (double[])[1 - 1e-12, 1, 1 + 1e-12])
        {
            for (int seed = 0; seed < 20; seed++)
            {
                Chain chain = new(new Random(seed), 50, [Complex.One, multiplier, 1e-20]);
                Complex[] found = new Complex[2];
                Assert.True(Find(chain, found, out double trivial));
                Assert.Equal(multiplier, found[0].Real, 1e-13 * 20);
                Assert.Equal(1e-20, found[1].Real, 1e-31);
                Assert.Equal(1, trivial, 1e-12);
            }
        }
    }

    [Fact]
    public void Growth_along_a_canard_does_not_blur_the_multiplier_of_a_planar_system()
    {
        // Perturbations across grow by 1e40 on the first half and shrink by as much on the second.
        Random random = new(1);
        int count = 80;
        double[] logs = [.. Enumerable.Range(0, count).Select(i => i < count / 2 ? Math.Log(10) : -Math.Log(10))];
        Chain chain = new(random, count, [Complex.One, 0.7], logs);
        Complex[] found = new Complex[1];
        Assert.True(Find(chain, found, out _));
        Assert.Equal(0.7, found[0].Real, 1e-10);
    }

    [Fact]
    public void Segments_side_by_side_in_lanes_give_the_same_bits()
    {
        const int n = 4, segments = 8, length = 7;
        for (int seed = 0; seed < 20; seed++)
        {
            Chain chain = new(new Random(seed), segments * length, [Complex.One, -3, 1e-3, 1e-25]);
            Complex[] one = new Complex[n - 1], beside = new Complex[n - 1];
            Assert.True(FindIn<Lane1>(1, one));
            Assert.True(FindIn<Lane8>(segments, beside));
            Assert.Equal(one, beside);

            bool FindIn<T>(int lanes, Complex[] found)
                where T : struct, ILane<T>
            {
                int groups = segments / lanes, starts = groups * (length + 1);
                TransferMultipliers<T> floquet = new(n, groups, length);
                LaneMemory transfers = new(chain.Matrices.Length), flows = new(n * starts * lanes), weights = new(n * lanes);
                weights.Span.Fill(1);
                for (int i = 0; i < segments * length; i++)
                {
                    (int group, int lane, int place) = (i / length / lanes, i / length % lanes, i % length);
                    for (int entry = 0; entry < n * n; entry++)
                    {
                        transfers[(((((group * length) + place) * n * n) + entry) * lanes) + lane] = chain.Matrices[(i * n * n) + entry];
                    }
                }

                for (int k = 0; k < n; k++)
                {
                    for (int segment = 0; segment < segments; segment++)
                    {
                        for (int place = 0; place <= length; place++)
                        {
                            int index = ((k * starts) + (segment / lanes * (length + 1)) + place) * lanes;
                            flows[index + (segment % lanes)] = chain.Flows[(((segment * length) + place) % (segments * length) * n) + k];
                        }
                    }
                }

                floquet.Take(transfers.Span, flows.Span, weights.Span);
                floquet.Begin();
                for (int segment = 0; segment < segments; segment++)
                {
                    floquet.Add(segment / lanes, segment % lanes);
                }

                return floquet.Find(found, out _);
            }
        }
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_refused()
    {
        Chain chain = new(new Random(3), 20, [Complex.One, 0.5, 0.1]);
        chain.Matrices[17] = double.NaN;
        Assert.False(Find(chain, new Complex[2], out _));
    }

    // A chain in one segment.
    private static bool Find(Chain chain, Complex[] multipliers, out double trivial)
    {
        int n = multipliers.Length + 1, length = chain.Matrices.Length / (n * n);
        TransferMultipliers<Lane1> floquet = new(n, 1, length);
        double[] flows = [.. Enumerable.Range(0, n).SelectMany(k => Enumerable.Range(0, length + 1).Select(i => chain.Flows[(i % length * n) + k]))];
        floquet.Take(chain.Matrices, flows, [.. Enumerable.Repeat(1.0, n)]);
        floquet.Begin();
        floquet.Add(0, 0);
        return floquet.Find(multipliers, out trivial);
    }

    private static void AssertNear(IEnumerable<Complex> expected, Complex[] found, double tolerance, int seed)
    {
        Complex[] sorted = [.. expected.OrderByDescending(Complex.Abs).ThenByDescending(each => each.Real).ThenByDescending(each => each.Imaginary)];
        Assert.All(sorted, each => Assert.True(found.Min(other => Complex.Abs(other - each)) <= tolerance * Complex.Abs(each), $"seed {seed}: {each} is not among {string.Join(", ", found)}"));
        Assert.Equal(found.OrderByDescending(Complex.Abs), found);
    }

    // Factors S_(i+1) D_i S_i⁻¹ with random S, where the product of D is as wanted; of pairs D is a turn with stretch.
    private sealed class Chain
    {
        public Chain(Random random, int count, Complex[] multipliers, double[]? growth = null)
        {
            int n = multipliers.Length;
            Matrix<double>[] frames = [.. Enumerable.Range(0, count).Select(_ => Matrix<double>.Build.DenseIdentity(n) + 0.3 * Matrix<double>.Build.Dense(n, n, (_, _) => random.NextDouble() - 0.5))];
            double[] speeds = [.. Enumerable.Range(0, count).Select(_ => 1 + random.NextDouble())];
            Matrices = new double[count * n * n];
            Flows = new double[count * n];
            for (int i = 0; i < count; i++)
            {
                Matrix<double> d = Matrix<double>.Build.Dense(n, n);
                for (int k = 0; k < n; k++)
                {
                    Complex each = multipliers[k];
                    double modulus = Math.Exp(Math.Log(Complex.Abs(each)) / count + (k == 1 && growth is not null ? growth[i] : 0));
                    if (each.Imaginary == 0)
                    {
                        d[k, k] = i == 0 && each.Real < 0 ? -modulus : modulus;
                        continue;
                    }

                    double angle = each.Phase / count;
                    (d[k, k], d[k, k + 1], d[k + 1, k], d[k + 1, k + 1]) = (modulus * Math.Cos(angle), -modulus * Math.Sin(angle), modulus * Math.Sin(angle), modulus * Math.Cos(angle));
                    k++;
                }

                int next = (i + 1) % count;
                d.SetColumn(0, d.Column(0) * speeds[next] / speeds[i]);
                (frames[next] * d * frames[i].Inverse()).ToRowMajorArray().CopyTo(Matrices, i * n * n);
                (frames[i].Column(0) * speeds[i]).ToArray().CopyTo(Flows, i * n);
            }
        }

        public double[] Matrices { get; }

        public double[] Flows { get; }
    }
}
