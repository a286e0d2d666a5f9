using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation.Tests;

public class LinearAlgebraTests
{
    [Fact]
    public void Equations_are_solved_as_the_library_solves_them()
    {
        for (int n = 1; n <= 12; n++)
        {
            Matrix<double> square = Random(n, n, n), tall = Random(n + 3, n, n);
            Vector<double> right = Random(n, 1, 7).Column(0), more = Random(n + 3, 1, 8).Column(0);
            OrthogonalFactors factors = new(square);
            Assert.True((factors.Solve(right) - square.LU().Solve(right)).L2Norm() <= 1e-9 * right.L2Norm() * square.ConditionNumber());
            Assert.Equal(Math.Sign(square.Determinant()), factors.DeterminantSign);
            Assert.True((new OrthogonalFactors(tall).Solve(more) - tall.QR().Solve(more)).L2Norm() <= 1e-10);
        }
    }

    [Fact]
    public void A_singular_matrix_is_seen()
    {
        Matrix<double> matrix = Random(5, 5, 1);
        matrix.SetColumn(3, matrix.Column(0) - (2 * matrix.Column(1)));
        Assert.True(new OrthogonalFactors(matrix).Regularity < 1e-14);
        Assert.True(new OrthogonalFactors(Random(5, 5, 1)).Regularity > 1e-4);
    }

    [Fact]
    public void Eigenvalues_do_not_suffer_from_units()
    {
        // A rotation by 1 rad/s beside decay, with states in units that differ by 12 powers of ten.
        Matrix<double> matrix = Matrix<double>.Build.DenseOfArray(new double[,] { { 0, -1, 0.5 }, { 1, 0, 0.25 }, { 0, 0, -3 } });
        double[] unit = [1e-6, 1, 1e6];
        Complex[] values = Spectrum.Of(Matrix<double>.Build.Dense(3, 3, (i, j) => matrix[i, j] * unit[j] / unit[i]));
        Complex[] expected = [new(0, 1), new(0, -1), -3];
        for (int k = 0; k < 3; k++)
        {
            Assert.True(Complex.Abs(values[k] - expected[k]) < 1e-14, $"{values[k]}");
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(1e-9)]
    public void Directions_that_a_matrix_shrinks_are_found_where_zero_is_a_double_eigenvalue(double beside)
    {
        // A nilpotent block in skew coordinates.
        Matrix<double> block = Matrix<double>.Build.DenseOfArray(new[,] { { beside, 1, 0 }, { 0, beside, 0 }, { 0, 0, -2 } }), skew = Random(3, 3, 4);
        Matrix<double> matrix = skew * block * skew.Inverse();
        Vector<double> direction = NullSpace.Of(matrix, 1)[0];
        Assert.True((matrix * direction).L2Norm() <= 1e-14 + (2 * beside));
        Assert.Equal(1, Math.Abs(direction.DotProduct(skew.Column(0).Normalize(2))), 1e-12);
    }

    [Fact]
    public void Borders_make_a_singular_matrix_regular()
    {
        Matrix<double> matrix = Random(4, 4, 2);
        matrix.SetRow(2, matrix.Row(0) + matrix.Row(3));
        Vector<double> right = NullSpace.Of(matrix, 1)[0], left = NullSpace.Of(matrix.Transpose(), 1)[0];
        (Matrix<double> x, Matrix<double> y, Matrix<double> g) = NullSpace.Solve(matrix, [right], [left]);
        Assert.Equal(0, g[0, 0], 1e-14);
        Assert.True((matrix * x).FrobeniusNorm() < 1e-14 && (matrix.TransposeThisAndMultiply(y)).FrobeniusNorm() < 1e-14);
    }

    private static Matrix<double> Random(int rows, int columns, int seed)
    {
        var random = new Random(seed);
        return Matrix<double>.Build.Dense(rows, columns, (_, _) => (2 * random.NextDouble()) - 1);
    }
}
