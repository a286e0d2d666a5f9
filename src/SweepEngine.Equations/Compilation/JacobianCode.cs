namespace SweepEngine.Equations;

/// <summary>
/// The derivatives of a model's equations by its states and by the time, from their text. What is zero by the text is left out: of a cable of N compartments about
/// three of N entries in a row remain.
/// </summary>
public sealed class JacobianCode
{
    internal JacobianCode(ModelCode code)
    {
        List<(int Row, int Column)> entries = [];
        List<int> timeRows = [];
        List<Expression> slopes = [], timeSlopes = [];
        for (int row = 0; row < code.Model.States.Count; row++)
        {
            Expression derivative = code.Model.Inline(code.Model.States[row].Derivative);
            HashSet<string> names = Occurrence.NamesIn(derivative);
            for (int column = 0; column < code.Model.States.Count; column++)
            {
                string state = code.Model.States[column].Name;
                if (names.Contains(state) && SymbolicDerivative.Of(derivative, state) is not Number { SI: 0 } and var slope)
                {
                    entries.Add((row, column));
                    slopes.Add(slope);
                }
            }
            if (names.Contains(BuiltIn.Time) && SymbolicDerivative.Of(derivative, BuiltIn.Time) is not Number { SI: 0 } and var change)
            {
                timeRows.Add(row);
                timeSlopes.Add(change);
            }
        }
        (Entries, TimeRows) = (entries, timeRows);
        Program = code.CompileExpressions([.. slopes, .. timeSlopes]);
    }

    /// <summary>Which derivative by which state, row after row: ∂f_Row/∂y_Column.</summary>
    public IReadOnlyList<(int Row, int Column)> Entries { get; }

    /// <summary>The states whose derivative f depends on the time itself, ascending.</summary>
    public IReadOnlyList<int> TimeRows { get; }

    /// <summary>One output for each of <see cref="Entries"/>, then one for each of <see cref="TimeRows"/>: ∂f/∂t.</summary>
    public LaneProgram Program { get; }
}
