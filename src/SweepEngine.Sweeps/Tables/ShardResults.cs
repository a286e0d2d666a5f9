using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>What a shard gave, for the tables to write down.</summary>
/// <param name="Range">Its curves.</param>
/// <param name="FirstPoint">The grid point that its rows begin with.</param>
/// <param name="Points">What its points gave.</param>
/// <param name="Curves">What its curves gave.</param>
internal sealed record ShardResults(ShardRange Range, long FirstPoint, PointTable Points, CurveTable Curves);
