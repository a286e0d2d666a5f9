namespace SweepEngine.Equations;

/// <summary>
/// A model's curve of equilibria as compiled code. All programs read the master and the parameters alone, the drive not among them; derivatives are by the master [SI].
/// </summary>
/// <remarks>
/// Eigenvalues λ of the Jacobian J are zeros of λⁿ + a₁λⁿ⁻¹ + … + aₙ, here with λ in 1/ms. Where two of them are opposite to each other, as at a Hopf point, the last but one of
/// Hurwitz' determinants H is 0: it is the product of the sums of all pairs, but for its sign (L. Orlando, Math. Ann. 71 (1911) 233).
/// </remarks>
public sealed class SteadyCode
{
    // In 1/ms eigenvalues of neurons are near 1, and products of many of them are in the range of numbers.
    private const double Millisecond = 1e-3;

    // Some ten states that all depend on each other; the polynomial of a membrane with ten gates has a hundred products.
    private const int MostProducts = 1500;

    private SteadyCode(SteadyForm form) => Form = form;

    /// <summary>The curve.</summary>
    public SteadyForm Form { get; }

    /// <summary>Five outputs: the drive, its first and second derivative, H and its derivative. With one state H is 1. Null where the polynomial is too large to be written out.</summary>
    public LaneProgram? Scan { get; private init; }

    /// <summary>
    /// The drive, its derivative, a₁ … aₙ, their derivatives, and aₙH₋₁/H₋₂ of the determinants H₋₁ two and H₋₂ one before H: where H is 0 it is −λ² of the opposite eigenvalues.
    /// Null where the polynomial is too large to be written out.
    /// </summary>
    public LaneProgram? Polish { get; private init; }

    /// <summary>The drive, its first and second derivative, then for each of <see cref="Entries"/> an entry of J [1/ms], then the derivatives of these.</summary>
    public required LaneProgram Jacobian { get; init; }

    /// <summary>The entries of J that are not 0 by the text, row after row: ∂f_Row/∂y_Column.</summary>
    public required IReadOnlyList<(int Row, int Column)> Entries { get; init; }

    /// <summary>An output per state, then the drive.</summary>
    public required LaneProgram States { get; init; }

    /// <summary>Compiles a curve.</summary>
    /// <param name="code">The model, with the drive among its swept parameters.</param>
    /// <param name="form">Its curve.</param>
    /// <returns>The code.</returns>
    public static SteadyCode Compile(ModelCode code, SteadyForm form)
    {
        ArgumentNullException.ThrowIfNull(code);
        ArgumentNullException.ThrowIfNull(form);
        ModelDefinition model = form.Model;
        int n = model.States.Count;
        string master = model.States[form.Master].Name;
        List<(int Row, int Column)> entries = [];
        List<Expression> slopes = [];
        for (int row = 0; row < n; row++)
        {
            Expression derivative = model.Inline(model.States[row].Derivative);
            for (int column = 0; column < n; column++)
            {
                if (SymbolicDerivative.Of(derivative, model.States[column].Name) is not Number { SI: 0 } and var entry)
                {
                    entries.Add((row, column));
                    slopes.Add(SymbolicDerivative.Multiply(new Number(Millisecond), entry));
                }
            }
        }
        Expression[] values = form.OnCurve(slopes);
        Expression?[,] jacobian = new Expression[n, n];
        foreach (((int row, int column), Expression value) in entries.Zip(values))
            jacobian[row, column] = value;
        Expression[] changes = SymbolicDerivative.Of([form.DriveAt, .. values], master);
        (Expression slope, Expression curvature) = (changes[0], SymbolicDerivative.Of(changes[0], master));

        Expression[]? a = SparseDeterminant.CharacteristicPolynomial(jacobian, MostProducts);
        Expression? last = null, before = null, beforeThat = null;
        if (a is not null)
            (last, before, beforeThat) = (Hurwitz(a, n - 1), Hurwitz(a, n - 2), Hurwitz(a, n - 3));
        bool writtenOut = a is not null && last is not null && before is not null && beforeThat is not null;
        return new SteadyCode(form)
        {
            Scan = writtenOut ? code.CompileExpressions([form.DriveAt, slope, curvature, last!, SymbolicDerivative.Of(last!, master)]) : null,
            Polish = writtenOut ? code.CompileExpressions(
                [form.DriveAt, slope, .. a![1..], .. SymbolicDerivative.Of(a[1..], master), SymbolicDerivative.Divide(SymbolicDerivative.Multiply(a[n], beforeThat!), before!)]) : null,
            Jacobian = code.CompileExpressions([form.DriveAt, slope, curvature, .. values, .. changes[1..]]),
            Entries = entries,
            States = code.CompileExpressions([.. Enumerable.Range(0, n).Select(form.StateAt), form.DriveAt]),
        };
    }

    // The determinant of the first rows of a_{2j-i}, i and j from 1 on; below one row it is 1.
    private static Expression? Hurwitz(Expression[] a, int rows)
    {
        if (rows <= 0)
            return new Number(1);
        Expression?[,] matrix = new Expression[rows, rows];
        for (int i = 1; i <= rows; i++)
        {
            for (int j = 1; j <= rows; j++)
                matrix[i - 1, j - 1] = (2 * j) - i is var k && k >= 0 && k < a.Length ? a[k] : null;
        }
        return SparseDeterminant.Of(matrix, MostProducts);
    }
}
