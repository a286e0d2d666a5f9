using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>What an implicit method needs of a model: the derivatives of its equations, and how linear equations with them are solved.</summary>
internal sealed class Linearization
{
    // An elimination of more operations per state would cost more than it saves; some 50 states that all depend on each other have as many.
    private const double MostPerState = 1000;

    /// <summary>Derives the equations.</summary>
    /// <param name="code">The model.</param>
    public Linearization(ModelCode code)
    {
        Jacobian = code.CompileJacobian();
        Elimination = new SparseElimination(code.Model.States.Count, Jacobian.Entries, Jacobian.Program.OutputCount);
        IsAffordable = Elimination.Operations <= MostPerState * code.Model.States.Count;
    }

    /// <summary>The derivatives.</summary>
    public JacobianCode Jacobian { get; }

    /// <summary>How equations are solved whose matrix has the Jacobian's pattern.</summary>
    public SparseElimination Elimination { get; }

    /// <summary>Whether solving costs little enough for stiff points to gain by it.</summary>
    public bool IsAffordable { get; }
}
