using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>Looks for the equilibrium that a point is coming to rest at, and whether it is stable.</summary>
/// <param name="code">The model; its derivatives must not depend on time.</param>
/// <param name="scale">Per state variable, the magnitude below which distances are absolute [its SI unit].</param>
internal sealed class Equilibrium(ModelCode code, double[] scale)
{
    private readonly double[] _derivatives = new double[scale.Length];
    private readonly double[] _entries = new double[scale.Length * scale.Length];
    private readonly double[] _time = new double[1], _reach = new double[scale.Length];
    private readonly JacobianCode _jacobian = code.CompileJacobian();

    /// <summary>The equilibrium found last, shape [states].</summary>
    public double[] State { get; } = new double[scale.Length];

    /// <summary>Newton's method from a state that may be near an equilibrium.</summary>
    /// <param name="state">The state, shape [states].</param>
    /// <param name="parameters">The swept parameters.</param>
    /// <param name="neighbourhood">How far it may be, in parts of scale plus magnitude; most states that are further away are left after one step of the method.</param>
    /// <returns>Whether there is an equilibrium in the neighbourhood; then <see cref="State"/> holds it.</returns>
    public bool TryFind(ReadOnlySpan<double> state, ReadOnlySpan<double> parameters, double neighbourhood)
    {
        int n = scale.Length;
        state.CopyTo(State);
        for (int iteration = 0; iteration < 20; iteration++)
        {
            code.Derivatives.Evaluate(_time, State, parameters, _derivatives, 1, 0, 1);
            Matrix<double> jacobian = JacobianAt(parameters);
            Vector<double> change = jacobian.LU().Solve(Vector<double>.Build.DenseOfArray(_derivatives));
            double size = 0;
            for (int i = 0; i < n; i++)
            {
                State[i] -= change[i];
                size = Math.Max(size, Math.Abs(change[i]) / (scale[i] + Math.Abs(State[i])));
            }

            // Distance is NaN where the Jacobian is singular, and then not within the neighbourhood.
            if (!(Distance(state) <= neighbourhood))
            {
                return false;
            }

            if (size <= 1e-13)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Takes an equilibrium that was found before.</summary>
    /// <param name="equilibrium">Where, shape [states].</param>
    /// <param name="state">The state, shape [states].</param>
    /// <param name="neighbourhood">How far it may be, in parts of scale plus magnitude.</param>
    /// <returns>Whether it is in the neighbourhood of the state.</returns>
    public bool TryTake(ReadOnlySpan<double> equilibrium, ReadOnlySpan<double> state, double neighbourhood)
    {
        equilibrium.CopyTo(State);
        return Distance(state) <= neighbourhood;
    }

    /// <summary>Whether all eigenvalues of the Jacobian at <see cref="State"/> have negative real parts; of many states this takes much longer than finding it.</summary>
    /// <param name="parameters">The swept parameters.</param>
    public bool IsStable(ReadOnlySpan<double> parameters)
    {
        Matrix<double> jacobian = JacobianAt(parameters);
        return IsDamped() || jacobian.Evd().EigenValues.All(value => value.Real < 0);
    }

    // Whether each diagonal element is further below zero than the rest of its row can reach; then no eigenvalue is above zero (Gershgorin). So it is in a passive
    // cable, of which 101 eigenvalues take milliseconds.
    private bool IsDamped()
    {
        _reach.AsSpan().Clear();
        for (int entry = 0; entry < _jacobian.Entries.Count; entry++)
        {
            (int row, int column) = _jacobian.Entries[entry];
            _reach[row] += row == column ? (1 - 1e-12) * _entries[entry] : Math.Abs(_entries[entry]);
        }

        return _reach.All(reach => reach < 0);
    }

    /// <summary>Largest distance of a variable from the equilibrium, as a part of its scale plus magnitude.</summary>
    public double Distance(ReadOnlySpan<double> state)
    {
        double distance = 0;
        for (int i = 0; i < scale.Length; i++)
        {
            double part = Math.Abs(state[i] - State[i]) / (scale[i] + Math.Abs(State[i]));
            distance = part <= distance ? distance : part;
        }

        return distance;
    }

    private Matrix<double> JacobianAt(ReadOnlySpan<double> parameters)
    {
        _jacobian.Program.Evaluate(_time, State, parameters, _entries, 1, 0, 1);
        Matrix<double> matrix = Matrix<double>.Build.Dense(scale.Length, scale.Length);
        for (int entry = 0; entry < _jacobian.Entries.Count; entry++)
        {
            (int row, int column) = _jacobian.Entries[entry];
            matrix[row, column] = _entries[entry];
        }

        return matrix;
    }
}
