using System.Numerics;
using BenchmarkDotNet.Attributes;
using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per branch of Hodgkin and Huxley's cycles from the lower Hopf point to the upper one, with three folds and two period doublings: one branch alone, and branches of different sodium conductances side by side in the lanes.
/// On one core.
/// </summary>
public class CycleBranches
{
    private SmoothSystem _system = null!;
    private CycleSettings _settings = null!;
    private CycleStart[] _starts = null!;

    /// <summary>Number of branches.</summary>
    [Params(1, 64)]
    public int Branches { get; set; } = 1;

    /// <summary>Reads and compiles the model, and looks for the Hopf points.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelDefinition model = ModelLibrary.Find("hodgkin_huxley")!;
        _system = new(ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app", "g_Na"]), "I_app");
        _settings = new(0, 250 * _system.DriveScale);
        double g_Na = model.Parameter("g_Na")!.Default.SI;
        _starts = [.. Enumerable.Range(0, Branches).Select(i => LowerHopf(Branches == 1 ? g_Na : g_Na * (0.95 + (0.1 * i / (Branches - 1)))))];
    }

    /// <summary>Follows the branches.</summary>
    /// <returns>Points of all branches, so that nothing can be left out.</returns>
    [Benchmark]
    public int Follow()
    {
        Tasks tasks = new(_starts);
        new CycleContinuation(_system, _settings).Run(tasks);
        return tasks.Points;
    }

    // The equilibria are a curve over the potential: gates are linear in themselves, and the drive in the current.
    private CycleStart LowerHopf(double g_Na)
    {
        const int n = 4, intervals = 20, degree = 4;
        const double lowest = -0.065, highest = -0.05, amplitude = 0.5;
        double[] state = new double[n], parameters = [0, g_Na], slopes = new double[n], other = new double[n];
        (double low, double high) = (lowest, highest);
        while (high - low > 1e-15)
        {
            double middle = (low + high) / 2;
            (low, high) = Rate(middle).Real < 0 ? (middle, high) : (low, middle);
        }

        double omega = Rate(high).Imaginary;
        Matrix<Complex> shifted = Jacobian().ToComplex() - (Matrix<Complex>.Build.DenseIdentity(n) * new Complex(1e-6 * omega, omega));
        var vector = MathNet.Numerics.LinearAlgebra.Vector<Complex>.Build.Dense(n, Complex.One);
        for (int i = 0; i < 4; i++)
        {
            vector = shifted.Solve(vector);
            vector /= vector.L2Norm();
        }

        vector *= amplitude / vector[0];
        double[] mesh = [.. Enumerable.Range(0, intervals + 1).Select(i => (double)i / intervals)];
        double[] still = new double[((intervals * degree) + 1) * n], cycle = new double[still.Length];
        for (int i = 0; i < still.Length; i++)
        {
            Complex turn = Complex.FromPolarCoordinates(1, 2 * Math.PI * (i / n) / (intervals * degree));
            still[i] = state[i % n];
            cycle[i] = state[i % n] + ((vector[i % n] * turn).Real * _system.Scale[i % n]);
        }

        double period = 2 * Math.PI / omega;
        return new(parameters, new(parameters[0], period, mesh, degree, cycle), new(parameters[0], period, mesh, degree, still));

        Complex Rate(double potential)
        {
            (state[0], parameters[0]) = (potential, 0);
            for (int k = 1; k < n; k++)
            {
                state[k] = 0;
                _system.Code.Derivatives.Evaluate([], state, parameters, slopes, 1, 0, 1);
                state[k] = 1;
                _system.Code.Derivatives.Evaluate([], state, parameters, other, 1, 0, 1);
                state[k] = slopes[k] / (slopes[k] - other[k]);
            }

            _system.Code.Derivatives.Evaluate([], state, parameters, slopes, 1, 0, 1);
            _system.DriveSlopes.Evaluate([], state, parameters, other, 1, 0, 1);
            parameters[0] = -slopes[0] / other[0];
            return Jacobian().Evd().EigenValues.MaxBy(value => value.Imaginary);
        }

        Matrix<double> Jacobian()
        {
            double[] values = new double[_system.Jacobian.Program.OutputCount];
            _system.Jacobian.Program.Evaluate([], state, parameters, values, 1, 0, 1);
            Matrix<double> result = Matrix<double>.Build.Dense(n, n);
            for (int i = 0; i < values.Length; i++)
            {
                (int row, int column) = _system.Jacobian.Entries[i];
                result[row, column] = values[i] * _system.Scale[column] / _system.Scale[row];
            }

            return result;
        }
    }

    private sealed class Tasks(CycleStart[] starts) : ICycleTasks
    {
        private int _next;

        public int Points { get; private set; }

        public bool TryTake(out CycleStart start)
        {
            start = _next < starts.Length ? starts[_next] : null!;
            return _next++ < starts.Length;
        }

        public void Finish(CycleStart start, CycleBranch branch) => Points += branch.Points.Count;
    }
}
