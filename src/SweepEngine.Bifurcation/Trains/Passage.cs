namespace SweepEngine.Bifurcation;

/// <summary>How the way from one spike to the next ended.</summary>
internal enum PassageEnd
{
    /// <summary>With a spike.</summary>
    Spike,

    /// <summary>At a stable equilibrium below threshold.</summary>
    Rest,

    /// <summary>At once: the reset leads to the threshold or beyond, without any refractory period.</summary>
    Endless,

    /// <summary>Not within the steps that are allowed: it passes something very slowly, or oscillates below threshold.</summary>
    TooLong,

    /// <summary>The equations gave no number.</summary>
    Failed,
}

/// <summary>The way from what one spike leaves to what the next one leaves; times in s, states in SI units. Filled by <see cref="SpikeMap"/>.</summary>
/// <param name="model">The model.</param>
internal sealed class Passage(ResetModel model)
{
    private readonly int _inputs = model.Coordinates.Count + 1;

    /// <summary>How it ended; unless with a spike, only <see cref="Slowest"/> and <see cref="HighestMiss"/> mean something.</summary>
    public PassageEnd End { get; set; }

    /// <summary>Its time, that of holding included.</summary>
    public double Duration { get; set; }

    /// <summary>Derivatives of <see cref="Duration"/> by the coordinates at its start and by the drive.</summary>
    public double[] DurationSlopes { get; } = new double[model.Coordinates.Count + 1];

    /// <summary>The coordinates at its end, shape [coordinates].</summary>
    public double[] Next { get; } = new double[model.Coordinates.Count];

    /// <summary>Derivatives of <see cref="Next"/> by the coordinates at its start and by the drive, shape [coordinates × (coordinates + 1)].</summary>
    public double[] NextSlopes { get; } = new double[model.Coordinates.Count * (model.Coordinates.Count + 1)];

    /// <summary>The state just before the spike, shape [states].</summary>
    public double[] AtSpike { get; } = new double[model.States];

    /// <summary>How fast the threshold function passes zero, times the duration, as a part of its size at the start; 0 where it only touches.</summary>
    public double Steepness { get; set; }

    /// <summary>The highest maximum of the threshold function without a spike, as a part of its size at the start: below 0; −∞ where there is none.</summary>
    public double HighestMiss { get; set; }

    /// <summary>Lowest voltage (else first state).</summary>
    public double Lowest { get; set; }

    /// <summary>The state where it moves slowest, of all states after the first steps, shape [states].</summary>
    public double[] Slowest { get; } = new double[model.States];

    /// <summary>How fast it moves there, in display units per second.</summary>
    public double SlowestRate { get; set; }

    /// <summary>What changes sign where the reset has a corner, shape [kinks].</summary>
    public double[] Kinks { get; } = new double[model.Kinks?.OutputCount ?? 0];

    /// <summary>Derivative of a coordinate at the end by one at the start.</summary>
    /// <param name="row">Which at the end.</param>
    /// <param name="column">Which at the start; their number stands for the drive.</param>
    public double Slope(int row, int column) => NextSlopes[row * _inputs + column];
}
