namespace SweepEngine.Equations.Tests;

public sealed class SparseDeterminantTests
{
    private static double Value(Expression expression) => new Interpreter(new Dictionary<string, double>()).Evaluate(expression);

    private static Expression?[,] Matrix(double[,] values)
    {
        Expression?[,] matrix = new Expression[values.GetLength(0), values.GetLength(1)];
        for (int i = 0; i < matrix.GetLength(0); i++)
        {
            for (int j = 0; j < matrix.GetLength(1); j++)
                matrix[i, j] = values[i, j] == 0 ? null : new Number(values[i, j]);
        }
        return matrix;
    }

    [Fact]
    public void The_sign_follows_the_order_of_rows_and_columns()
    {
        Assert.Equal(-2, Value(SparseDeterminant.Of(Matrix(new double[,] { { 1, 2 }, { 3, 4 } }), 100)!));
        Assert.Equal(-42, Value(SparseDeterminant.Of(Matrix(new double[,] { { 0, 0, 7 }, { 0, 2, 5 }, { 3, 1, 1 } }), 100)!));
        Assert.Equal(49, Value(SparseDeterminant.Of(Matrix(new double[,] { { 2, -1, 0 }, { 4, 3, 1 }, { 5, 0, 6 } }), 100)!) - 6);
        Assert.Equal(0, Value(SparseDeterminant.Of(Matrix(new double[,] { { 0, 0 }, { 3, 4 } }), 100)!));
    }

    // (λ - 1)(λ - 2)(λ + 3) = λ³ - 7λ + 6, of a matrix similar to the diagonal one.
    [Fact]
    public void The_polynomial_has_the_eigenvalues_as_roots()
    {
        double[] a = [.. SparseDeterminant.CharacteristicPolynomial(Matrix(new double[,] { { 1, 1, 0 }, { 0, 2, 5 }, { 0, 0, -3 } }), 100)!.Select(Value)];
        Assert.Equal([1, 0, -7, 6], a);
        // The companion of λ⁴ + 2λ³ + 3λ² + 4λ + 5.
        a = [.. SparseDeterminant.CharacteristicPolynomial(Matrix(new double[,] { { -2, -3, -4, -5 }, { 1, 0, 0, 0 }, { 0, 1, 0, 0 }, { 0, 0, 1, 0 } }), 100)!.Select(Value)];
        Assert.Equal([1, 2, 3, 4, 5], a);
    }

    [Fact]
    public void Of_a_membrane_with_gates_there_are_few_products_and_of_a_full_matrix_too_many()
    {
        const int n = 12;
        Expression?[,] arrow = new Expression[n, n], full = new Expression[n, n];
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j < n; j++)
            {
                full[i, j] = new Symbol($"a_{i}_{j}");
                arrow[i, j] = i == 0 || j == 0 || i == j ? full[i, j] : null;
            }
        }
        Assert.NotNull(SparseDeterminant.CharacteristicPolynomial(arrow, 1000));
        Assert.Null(SparseDeterminant.CharacteristicPolynomial(full, 1000));
    }
}
