using SweepEngine.Bifurcation;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>What a shard gave, for the tables to write down.</summary>
/// <param name="Range">Its curves.</param>
/// <param name="FirstPoint">The grid point that its rows begin with.</param>
/// <param name="Points">What its points gave; empty when they are not simulated.</param>
/// <param name="Curves">What its curves gave in simulations; null when they are not simulated.</param>
/// <param name="Traces">
/// Computes the traces of a run of its points, given by the first one's place in the shard and their number [SI]: shape [variables][points × times].
/// </param>
/// <param name="Diagrams">The diagram of each of its curves, null where that crashed; empty when they are not asked for.</param>
/// <param name="Followed">What is followed in two parameters, for each of its curves; null where that crashed; empty when nothing is.</param>
internal sealed record ShardResults(
    ShardRange Range, long FirstPoint, PointTable? Points, CurveTable? Curves, Func<int, int, double[][]> Traces, IReadOnlyList<Diagram?> Diagrams, IReadOnlyList<TwoParameterDiagram?> Followed);
