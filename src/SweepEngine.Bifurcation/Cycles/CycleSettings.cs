namespace SweepEngine.Bifurcation;

/// <summary>How far branches of cycles are followed.</summary>
/// <param name="LowestDrive">Lower end of the drive's range [SI].</param>
/// <param name="HighestDrive">Upper end, above the lower one.</param>
public sealed record CycleSettings(double LowestDrive, double HighestDrive)
{
    /// <summary>Most points of a branch.</summary>
    public int MostPoints { get; init; } = 1000;

    /// <summary>A branch ends where the period is so many times the shortest one of the branch.</summary>
    public double LongestPeriod { get; init; } = 300;

    /// <summary>Meshes are so many times as fine as usual, where errors of folds of cycles are about 1e-10 of the drive.</summary>
    public double Refinement { get; init; } = 1;

    /// <summary>Most mesh intervals of a cycle.</summary>
    public int MostIntervals { get; init; } = 480;
}
