namespace SweepEngine.Simulation;

/// <summary>What to record of every point over time.</summary>
/// <param name="Count">Number of times, at least 1.</param>
/// <param name="Time">The time of each, an index from 0 to <paramref name="Count"/> − 1 [s]: ascending, from 0 on.</param>
/// <param name="Variables">Names of states and intermediates of the model, at least one.</param>
public sealed record TraceSettings(int Count, Func<long, double> Time, IReadOnlyList<string> Variables);
