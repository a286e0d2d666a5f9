namespace SweepEngine.Sweeps;

/// <summary>A run of whole curves that is computed, committed and resumed as one.</summary>
/// <param name="FirstCurve">The first curve.</param>
/// <param name="CurveCount">Number of curves, at least 1.</param>
public readonly record struct ShardRange(long FirstCurve, long CurveCount);
