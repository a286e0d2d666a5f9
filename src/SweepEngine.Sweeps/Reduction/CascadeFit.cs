namespace SweepEngine.Sweeps;

/// <summary>
/// The static nonlinearity of a linear-nonlinear cascade: the f–I curve itself, with straight lines between its points. Under a constant drive the
/// linear filter passes the drive on, so the cascade has the steady rates of the curve (S. Ostojic and N. Brunel, PLoS Comput. Biol. 7
/// (2011) e1001056).
/// </summary>
/// <param name="Drives">Drives, ascending.</param>
/// <param name="Rates">Rates [Hz]. The first and the last one hold beyond the ends.</param>
/// <param name="InterpolationError">
/// Root of the mean squared error [Hz] with which the points but the first and the last one lie on the line between their neighbours: what the
/// straight lines miss, or rather a few times that, since the neighbours are twice as far apart. NaN with fewer than three points.
/// </param>
public sealed record CascadeFit(double[] Drives, double[] Rates, double InterpolationError)
{
    /// <summary>Takes a curve over, with all of its points.</summary>
    /// <param name="drives">Drives, ascending, shape [n].</param>
    /// <param name="rates">Rates [Hz], shape [n].</param>
    /// <exception cref="ArgumentException">The shapes differ, or there are fewer than two points.</exception>
    public static CascadeFit Of(double[] drives, double[] rates)
    {
        if (rates.Length != drives.Length || drives.Length < 2)
        {
            throw new ArgumentException($"A curve needs two points, and there are {drives.Length}.", nameof(drives));
        }

        double sum = 0;
        for (int i = 1; i < drives.Length - 1; i++)
        {
            double part = (drives[i] - drives[i - 1]) / (drives[i + 1] - drives[i - 1]);
            double error = rates[i] - (rates[i - 1] + part * (rates[i + 1] - rates[i - 1]));
            sum += error * error;
        }

        return new CascadeFit(drives, rates, Math.Sqrt(sum / (drives.Length - 2)));
    }
}
