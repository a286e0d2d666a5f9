using System.Globalization;
using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using SweepEngine.Models;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>Models and starts for tests of cycles.</summary>
internal static class CycleModels
{
    /// <summary>A model of the library.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="width">Lanes of its code.</param>
    /// <param name="set">Parameters that are not the defaults [SI].</param>
    public static SmoothSystem Library(string name, int? width = null, Dictionary<string, double>? set = null) =>
        new(ModelCode.Compile(ModelLibrary.Find(name)!, set ?? [], ["I_app"], width), "I_app");

    /// <summary>A model of pure numbers x1, x2, … over the parameter p, with the time in ms.</summary>
    /// <param name="derivatives">Their derivatives [1/ms].</param>
    public static SmoothSystem Of(params string[] derivatives)
    {
        string lines = string.Concat(derivatives.Select((text, i) => string.Create(CultureInfo.InvariantCulture, $"  dx{i + 1}/dt = ({text})/(1 ms)\n")));
        string states = string.Concat(derivatives.Select((_, i) => string.Create(CultureInfo.InvariantCulture, $"  x{i + 1}: {{start: 0, unit: 1, summary: state}}\n")));
        Findings findings = new();
        ModelDefinition? model = ModelReader.Read(
            $"model: form\nsummary: A form.\nsource: none\nvoltage: x1\nequations: |\n{lines}states:\n{states}parameters:\n  p: {{default: 0, summary: drive}}\n", "form.yaml", findings);
        return new(ModelCode.Compile(model ?? throw new InvalidDataException(findings.ToString()), new Dictionary<string, double>(), ["p"]), "p");
    }

    /// <summary>
    /// A cycle x1, x2 of radius 1 and in a frame that turns half as fast x3, x4 with u' = growth·u and v' = −2·v: the cycle doubles its period where growth is 0.
    /// </summary>
    /// <param name="growth">Over p and the states.</param>
    /// <param name="radial">What is added to the rate r'/r = 1 − r² of the cycle.</param>
    /// <param name="turn">Angular velocity of the cycle [1/ms].</param>
    public static SmoothSystem Doubling(string growth, string radial, string turn) => Of(
        $"x1*(1 - x1^2 - x2^2 + {radial}) - {turn}*x2",
        $"x2*(1 - x1^2 - x2^2 + {radial}) + {turn}*x1",
        $"x3*({growth} - 2)/2 + ({growth} + 2)/2*(x1*x3 + x2*x4) - {turn}/2*x4",
        $"x4*({growth} - 2)/2 + ({growth} + 2)/2*(x2*x3 - x1*x4) + {turn}/2*x3");

    /// <summary>A circle of x1 and x2; the other states are 0.</summary>
    /// <param name="system">The model.</param>
    /// <param name="drive">The drive.</param>
    /// <param name="radius">The radius.</param>
    /// <param name="period">The period [s].</param>
    /// <param name="direction">Which way the branch is followed.</param>
    public static CycleStart Circle(SmoothSystem system, double drive, double radius, double period, int direction)
    {
        const int intervals = 12, degree = 4;
        double[] values = new double[((intervals * degree) + 1) * system.Dimension];
        for (int i = 0; i <= intervals * degree; i++)
        {
            (double sine, double cosine) = Math.SinCos(2 * Math.PI * i / (intervals * degree));
            values[i * system.Dimension] = radius * cosine;
            values[(i * system.Dimension) + 1] = radius * sine;
        }

        return new([drive], new(drive, period, Even(intervals), degree, values), null, direction);
    }

    /// <summary>A mesh of equal intervals.</summary>
    /// <param name="intervals">Their number.</param>
    public static double[] Even(int intervals) => [.. Enumerable.Range(0, intervals + 1).Select(i => (double)i / intervals)];

    /// <summary>The branch that begins at a Hopf point.</summary>
    /// <param name="system">The model.</param>
    /// <param name="drive">The drive [SI].</param>
    /// <param name="guess">About the equilibrium [SI].</param>
    /// <param name="amplitude">Amplitude of the first cycle in the first state [display units].</param>
    public static CycleStart AtHopf(SmoothSystem system, double drive, double[] guess, double amplitude = 0.5)
    {
        const int intervals = 20, degree = 4;
        int n = system.Dimension;
        double[] state = [.. guess], slopes = new double[n];
        for (int i = 0; i < 50; i++)
        {
            system.Code.Derivatives.Evaluate([], state, [drive], slopes, 1, 0, 1);
            Vector<double> change = Jacobian(system, drive, state).Solve(Vector<double>.Build.Dense(n, k => slopes[k] / system.Scale[k]));
            double damping = Math.Min(1, 5 / change.L2Norm());
            for (int k = 0; k < n; k++)
            {
                state[k] -= damping * change[k] * system.Scale[k];
            }
        }

        Matrix<double> jacobian = Jacobian(system, drive, state);
        double omega = jacobian.Evd().EigenValues.Where(value => value.Imaginary > 0).MinBy(value => Math.Abs(value.Real)).Imaginary;
        Matrix<Complex> shifted = jacobian.ToComplex() - (Matrix<Complex>.Build.DenseIdentity(n) * new Complex(1e-6 * omega, omega));
        Vector<Complex> vector = Vector<Complex>.Build.Dense(n, k => new Complex(1, 0.3 * k));
        for (int i = 0; i < 4; i++)
        {
            vector = shifted.Solve(vector);
            vector /= vector.L2Norm();
        }

        vector *= amplitude / vector[0];
        double[] still = new double[((intervals * degree) + 1) * n], cycle = new double[still.Length];
        for (int i = 0; i <= intervals * degree; i++)
        {
            for (int k = 0; k < n; k++)
            {
                still[(i * n) + k] = state[k];
                cycle[(i * n) + k] = state[k] + (system.Scale[k] * (vector[k] * Complex.FromPolarCoordinates(1, 2 * Math.PI * i / (intervals * degree))).Real);
            }
        }

        double period = 2 * Math.PI / omega;
        return new([drive], new(drive, period, Even(intervals), degree, cycle), new(drive, period, Even(intervals), degree, still));
    }

    /// <summary>Follows branches.</summary>
    /// <param name="system">The model.</param>
    /// <param name="settings">How far.</param>
    /// <param name="starts">Their starts.</param>
    /// <param name="width">Lanes.</param>
    /// <returns>The branches, in the order of the starts.</returns>
    public static CycleBranch[] Follow(SmoothSystem system, CycleSettings settings, CycleStart[] starts, int? width = null)
    {
        Tasks tasks = new(starts);
        new CycleContinuation(system, settings, width).Run(tasks);
        return [.. starts.Select(start => tasks.Done[start])];
    }

    private static Matrix<double> Jacobian(SmoothSystem system, double drive, double[] state)
    {
        double[] values = new double[system.Jacobian.Program.OutputCount];
        system.Jacobian.Program.Evaluate([], state, [drive], values, 1, 0, 1);
        Matrix<double> result = Matrix<double>.Build.Dense(state.Length, state.Length);
        for (int i = 0; i < values.Length; i++)
        {
            (int row, int column) = system.Jacobian.Entries[i];
            result[row, column] = values[i] * system.Scale[column] / system.Scale[row];
        }

        return result;
    }

    private sealed class Tasks(CycleStart[] starts) : ICycleTasks
    {
        private int _next;

        public Dictionary<CycleStart, CycleBranch> Done { get; } = new(ReferenceEqualityComparer.Instance);

        public bool TryTake(out CycleStart start)
        {
            start = _next < starts.Length ? starts[_next] : null!;
            return _next++ < starts.Length;
        }

        public void Finish(CycleStart start, CycleBranch branch) => Done.Add(start, branch);
    }
}
