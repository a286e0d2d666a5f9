using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per lane of one evaluation of a model's derivatives, 64 lanes side by side as the integrator calls it. Parameters as in a sweep: conductances and the
/// current are read per lane, all others are constants.
/// </summary>
public class RightHandSides
{
    /// <summary>Lanes of an evaluation.</summary>
    public const int Lanes = 64;

    private const int Evaluations = 1000;

    private static readonly string[] Axes = ["g_Na", "g_K", "I_app"];

    // The start of a cache line, so that the time does not depend on where the memory happens to lie.
    private readonly double[] _memory = GC.AllocateArray<double>(65536, pinned: true);
    private readonly int _first;
    private LaneProgram _program = null!;
    private int _states, _swept;

    /// <summary>Finds the memory.</summary>
    public RightHandSides() => _first = (int)(-Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0) & 63) / sizeof(double);

    /// <summary>Name of the model.</summary>
    [Params("hodgkin_huxley", "traub_miles", "wang_buzsaki", "connor_stevens", "morris_lecar", "pinsky_rinzel", "hodgkin_huxley_markov", "adex", "lif_adapt")]
    public string Model { get; set; } = "hodgkin_huxley";

    /// <summary>Compiles the model and draws states along the course of an action potential.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelDefinition model = ModelLibrary.Find(Model)!;
        string[] swept = [.. Axes.Where(name => model.Parameter(name) is not null)];
        _program = ModelCode.Compile(model, new Dictionary<string, double>(), swept).Derivatives;
        (_states, _swept) = (model.States.Count, swept.Length);
        var random = new Random(1);
        // Potentials are in volts; gates, and whatever else there is, are between 0 and 1 of their unit.
        double[] numbers =
        [
            .. model.States.SelectMany(state => Enumerable.Range(0, Lanes).Select(_ => state.Unit.ToString() == "mV" ? -0.09 + 0.13 * random.NextDouble() : random.NextDouble() / state.Unit.FromSI(1))),
            .. swept.SelectMany(name => Enumerable.Range(0, Lanes).Select(_ => model.Parameter(name)!.Default.SI * (0.9 + 0.2 * random.NextDouble()))),
        ];
        numbers.CopyTo(_memory, _first + Lanes);
    }

    /// <summary>Evaluates.</summary>
    /// <returns>Some of the derivatives, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Lanes * Evaluations)]
    public double Evaluate()
    {
        Span<double> time = _memory.AsSpan(_first), state = time[Lanes..], parameters = state[(Lanes * _states)..], slopes = parameters[(Lanes * _swept)..];
        for (int i = 0; i < Evaluations; i++)
            _program.Evaluate(time, state, parameters, slopes, Lanes, 0, Lanes);
        return slopes[0] + slopes[Lanes * _states - 1];
    }
}
