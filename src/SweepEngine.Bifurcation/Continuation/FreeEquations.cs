using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>A smooth system whose drive, and perhaps a second parameter, are unknowns beside the states: what is compiled for it once. May be used from several threads.</summary>
internal sealed class FreeSystem
{
    private readonly Lazy<LaneProgram> _second;

    /// <summary>Compiles the derivatives by the free parameters.</summary>
    /// <param name="system">The model.</param>
    /// <param name="second">Name of the second parameter, which is swept; null for the drive alone.</param>
    public FreeSystem(SmoothSystem system, string? second = null)
    {
        System = system;
        string drive = system.Code.Swept[system.Drive];
        string[] names = second is null ? [drive] : [drive, second];
        Free = [.. names.Select(name => system.Code.Swept.ToList().IndexOf(name))];
        if (Free.Contains(-1))
        {
            throw new ArgumentException($"The parameter {second} is not among the swept ones.", nameof(second));
        }

        Slopes = second is null ? [system.DriveSlopes] : [system.DriveSlopes, system.Code.CompileParameterSlopes(second)];
        _second = new(() => system.Code.CompileDirectional(names).Second);
    }

    /// <summary>The model.</summary>
    public SmoothSystem System { get; }

    /// <summary>Indices of the free parameters among the swept ones, the drive first.</summary>
    public IReadOnlyList<int> Free { get; }

    /// <summary>Number of states and free parameters.</summary>
    public int Unknowns => System.Dimension + Free.Count;

    /// <summary>∂f by each of the free parameters, an output per state.</summary>
    public IReadOnlyList<LaneProgram> Slopes { get; }

    /// <summary>D²f(u, v) over directions of states and free parameters.</summary>
    public LaneProgram Second => _second.Value;
}

/// <summary>
/// The equations of one curve over z = (states, free parameters), each divided by a size that it typically has, and with a typical time as unit of time, so that
/// no unknown is lost beside another. Not for several threads at once.
/// </summary>
internal sealed class FreeEquations
{
    private readonly FreeSystem _free;
    private readonly double[] _states, _parameters, _values, _entries;
    private readonly double[] _manyStates, _manyParameters, _manyValues, _times;

    /// <summary>Takes a curve.</summary>
    /// <param name="free">The compiled model.</param>
    /// <param name="parameters">The swept parameters; those that are free do not matter.</param>
    /// <param name="sizes">Size of each state and free parameter [SI].</param>
    public FreeEquations(FreeSystem free, ReadOnlySpan<double> parameters, double[] sizes)
    {
        (_free, Sizes) = (free, sizes);
        int n = free.System.Dimension, all = free.Unknowns;
        _states = new double[n];
        _values = new double[n];
        _parameters = parameters.ToArray();
        _entries = new double[free.System.Jacobian.Entries.Count];
        _manyStates = new double[n * all];
        _manyParameters = new double[(parameters.Length + (2 * all)) * all];
        _manyValues = new double[n * all];
        _times = new double[all];
    }

    /// <summary>The compiled model.</summary>
    public FreeSystem System => _free;

    /// <summary>Number of states.</summary>
    public int Dimension => _states.Length;

    /// <summary>Size of each state and free parameter [SI].</summary>
    public IReadOnlyList<double> Sizes { get; }

    /// <summary>The unit of time [s].</summary>
    public double Time { get; set; } = 1;

    /// <summary>The states [SI].</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    public double[] States(Vector<double> z) => [.. Enumerable.Range(0, Dimension).Select(i => z[i] * Sizes[i])];

    /// <summary>The swept parameters [SI].</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    public double[] Parameters(Vector<double> z)
    {
        Load(z);
        return [.. _parameters];
    }

    /// <summary>A free parameter [SI].</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    /// <param name="index">0 for the drive, 1 for the second parameter.</param>
    public double Parameter(Vector<double> z, int index = 0) => z[Dimension + index] * Sizes[Dimension + index];

    /// <summary>dy/dt.</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    public Vector<double> Values(Vector<double> z)
    {
        Load(z);
        _free.System.Code.Derivatives.Evaluate(_times, _states, _parameters, _values, 1, 0, 1);
        return Vector<double>.Build.Dense(Dimension, i => _values[i] * (Time / Sizes[i]));
    }

    /// <summary>The derivatives of dy/dt by the states and the free parameters, shape [states × unknowns].</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    public Matrix<double> Slopes(Vector<double> z)
    {
        Load(z);
        Matrix<double> slopes = Matrix<double>.Build.Dense(Dimension, _free.Unknowns);
        _free.System.Jacobian.Program.Evaluate(_times, _states, _parameters, _entries, 1, 0, 1);
        for (int entry = 0; entry < _entries.Length; entry++)
        {
            (int row, int column) = _free.System.Jacobian.Entries[entry];
            slopes[row, column] = _entries[entry] * (Time * Sizes[column] / Sizes[row]);
        }

        for (int k = 0; k < _free.Slopes.Count; k++)
        {
            _free.Slopes[k].Evaluate(_times, _states, _parameters, _values, 1, 0, 1);
            for (int row = 0; row < Dimension; row++)
            {
                slopes[row, Dimension + k] = _values[row] * (Time * Sizes[Dimension + k] / Sizes[row]);
            }
        }

        return slopes;
    }

    /// <summary>How the slopes change along a direction: column k is D²f(u, e_k). Shape [states × unknowns].</summary>
    /// <param name="z">The unknowns; further ones may stand behind.</param>
    /// <param name="u">The direction, over the states; over the free parameters too where it is as long.</param>
    public Matrix<double> SlopesAlong(Vector<double> z, Vector<double> u)
    {
        Load(z);
        int all = _free.Unknowns, swept = _parameters.Length;
        Array.Clear(_manyParameters);
        for (int lane = 0; lane < all; lane++)
        {
            for (int i = 0; i < Dimension; i++)
            {
                _manyStates[(i * all) + lane] = _states[i];
            }

            for (int k = 0; k < swept; k++)
            {
                _manyParameters[(k * all) + lane] = _parameters[k];
            }

            for (int i = 0; i < u.Count && i < all; i++)
            {
                _manyParameters[((swept + i) * all) + lane] = u[i] * Sizes[i];
            }

            _manyParameters[((swept + all + lane) * all) + lane] = Sizes[lane];
        }

        _free.Second.Evaluate(_times, _manyStates, _manyParameters, _manyValues, all, 0, all);
        return Matrix<double>.Build.Dense(Dimension, all, (row, column) => _manyValues[(row * all) + column] * (Time / Sizes[row]));
    }

    private void Load(Vector<double> z)
    {
        for (int i = 0; i < Dimension; i++)
        {
            _states[i] = z[i] * Sizes[i];
        }

        for (int k = 0; k < _free.Free.Count; k++)
        {
            _parameters[_free.Free[k]] = Parameter(z, k);
        }
    }
}
