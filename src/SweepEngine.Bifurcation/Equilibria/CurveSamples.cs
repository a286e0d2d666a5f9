using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>What is known at one place of a curve of equilibria [SI].</summary>
/// <param name="Master">The state over which the curve goes.</param>
/// <param name="Drive">The drive.</param>
/// <param name="Slope">Its derivative by the master.</param>
/// <param name="Curvature">Its second derivative.</param>
/// <param name="Hurwitz">The last but one of Hurwitz' determinants.</param>
/// <param name="HurwitzSlope">Its derivative.</param>
internal readonly record struct CurveSample(double Master, double Drive, double Slope, double Curvature, double Hurwitz, double HurwitzSlope)
{
    /// <summary>Whether all of it is a number; far away from where neurons live, rates overflow.</summary>
    public bool IsFinite => double.IsFinite((0 * Drive) + (0 * Slope) + (0 * Curvature) + (0 * Hurwitz) + (0 * HurwitzSlope));
}

/// <summary>Samples of curves, in the rows that a program reads and writes; what was added is evaluated in one call.</summary>
/// <param name="program">What computes them; the indexer needs that of <see cref="SteadyCode.Scan"/>.</param>
/// <param name="master">Index of the state over which curves go.</param>
/// <param name="swept">Number of swept parameters.</param>
internal sealed class CurveSamples(CurveProgram program, int master, int swept)
{
    private int _capacity, _evaluated;
    private double[] _states = [], _parameters = [], _results = [];

    /// <summary>Number of samples.</summary>
    public int Count { get; private set; }

    /// <summary>A sample that was evaluated.</summary>
    public CurveSample this[int index] => new(
        _states[(master * _capacity) + index], Output(0, index), Output(1, index), Output(2, index), Output(3, index), Output(4, index));

    /// <summary>An output of the program at a sample.</summary>
    public double Output(int output, int index) => _results[(output * _capacity) + index];

    /// <summary>Forgets all samples.</summary>
    public void Clear() => Count = _evaluated = 0;

    /// <summary>Adds a sample.</summary>
    /// <param name="at">Where, the value of the master.</param>
    /// <param name="parameters">The swept parameters of its curve.</param>
    /// <returns>Its index.</returns>
    public int Add(double at, ReadOnlySpan<double> parameters)
    {
        if (Count == _capacity)
        {
            Grow();
        }

        _states[(master * _capacity) + Count] = at;
        for (int i = 0; i < parameters.Length; i++)
        {
            _parameters[(i * _capacity) + Count] = parameters[i];
        }

        return Count++;
    }

    /// <summary>Evaluates what was added since the last time.</summary>
    public void Evaluate()
    {
        program.Evaluate(_states, _parameters, _results, _capacity, _evaluated, Count - _evaluated);
        _evaluated = Count;
    }

    private void Grow()
    {
        int capacity = Math.Max(1024, 2 * _capacity);
        _states = Spread(_states, master + 1, capacity);
        _parameters = Spread(_parameters, swept, capacity);
        _results = Spread(_results, program.OutputCount, capacity);
        _capacity = capacity;
    }

    private double[] Spread(double[] rows, int count, int capacity)
    {
        double[] spread = new double[count * capacity];
        for (int row = 0; row < count; row++)
        {
            rows.AsSpan(row * _capacity, _capacity).CopyTo(spread.AsSpan(row * capacity));
        }

        return spread;
    }
}
