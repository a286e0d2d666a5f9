namespace SweepEngine.Sweeps;

/// <summary>
/// The threshold-linear rate max(0, gain (I − onset)) that is nearest to an f–I curve: its sum of squared errors over the points is the least there
/// is. Where the rates do not rise on the whole, flat lines with an onset far below all drives would be nearest: then the onset is kept from the first
/// drive on.
/// </summary>
/// <remarks>
/// The points above the onset decide the line, those below cost f². Between two neighbouring drives the sum is a quadratic form of the line: its
/// minimum is the usual regression over the points above, if that crosses zero between the two; otherwise it lies at one of them, where only
/// the gain is left to choose, and above 0. So the least of all these is the least of all. The sums over the points above grow from the right as in B. P. Welford,
/// Technometrics 4 (1962) 419, which loses no digits.
/// </remarks>
/// <param name="Gain">Slope above the onset [Hz per unit of the drive].</param>
/// <param name="Onset">Drive at which the rate leaves zero.</param>
/// <param name="RmsError">Root of the mean squared error over the points [Hz].</param>
/// <param name="LargestError">Largest error of a point [Hz].</param>
public sealed record ThresholdLinearFit(double Gain, double Onset, double RmsError, double LargestError)
{
    /// <summary>Fits a curve.</summary>
    /// <param name="drives">Drives, ascending, shape [n].</param>
    /// <param name="rates">Rates [Hz], ≥ 0, shape [n].</param>
    /// <exception cref="ArgumentException">The shapes differ, or fewer than two points fire.</exception>
    public static ThresholdLinearFit Of(ReadOnlySpan<double> drives, ReadOnlySpan<double> rates)
    {
        int n = drives.Length, firing = 0;
        foreach (double rate in rates)
            firing += rate > 0 ? 1 : 0;
        if (rates.Length != n || firing < 2)
        {
            throw new ArgumentException($"A line needs two points with a rate above 0, and there are {firing}.", nameof(rates));
        }

        // What the points below each one cost when the onset lies above them.
        var below = new double[n + 1];
        for (int i = 0; i < n; i++)
            below[i + 1] = below[i] + rates[i] * rates[i];

        double best = below[n], gain = 0, onset = drives[n - 1];
        double count = 0, mean_I = 0, mean_f = 0, S_II = 0, S_If = 0, S_ff = 0;
        for (int k = n - 1; k >= 0; k--)
        {
            // The onset at the drive of point k: the points above it are those that the sums hold.
            double distance = mean_I - drives[k], squares = S_II + count * distance * distance, products = S_If + count * mean_f * distance;
            Take(below[k + 1] + S_ff + count * mean_f * mean_f - products * products / squares, products / squares, drives[k]);

            // Point k joins them.
            count++;
            double to_I = drives[k] - mean_I, to_f = rates[k] - mean_f;
            mean_I += to_I / count;
            mean_f += to_f / count;
            S_II += to_I * (drives[k] - mean_I);
            S_If += to_I * (rates[k] - mean_f);
            S_ff += to_f * (rates[k] - mean_f);

            // The onset between the points k − 1 and k.
            double slope = S_If / S_II, crossing = mean_I - mean_f / slope;
            if (crossing <= drives[k] && (k == 0 || crossing >= drives[k - 1]))
                Take(below[k] + S_ff - slope * S_If, slope, crossing);
        }

        double sum = 0, largest = 0;
        for (int i = 0; i < n; i++)
        {
            double error = Math.Abs(rates[i] - Math.Max(0, gain * (drives[i] - onset)));
            sum += error * error;
            largest = Math.Max(largest, error);
        }

        return new ThresholdLinearFit(gain, onset, Math.Sqrt(sum / n), largest);

        // With NaN, where a quotient has no value, nothing is taken.
        void Take(double error, double slope, double at)
        {
            if (slope > 0 && error < best)
                (best, gain, onset) = (error, slope, at);
        }
    }
}
