using System.Collections.Concurrent;
using SweepEngine.Lanes;

namespace SweepEngine.Sweeps;

/// <summary>What repeats say about a measure.</summary>
/// <param name="Count">Number n of repeats in which it is defined.</param>
/// <param name="Mean">Their mean; NaN when there is none.</param>
/// <param name="Variance">Their variance (n − 1); NaN with fewer than two.</param>
internal readonly record struct RepeatedMeasure(int Count, double Mean, double Variance)
{
    /// <summary>Lower end of the 95 % confidence interval of the mean; NaN with fewer than two repeats.</summary>
    public double Lower => Mean - HalfWidth;

    /// <summary>Upper end of it.</summary>
    public double Upper => Mean + HalfWidth;

    private double HalfWidth => Count < 2 ? double.NaN : StudentT.Quantile975(Count - 1) * Math.Sqrt(Variance / Count);

    /// <summary>Takes the numbers together.</summary>
    /// <param name="values">One for each repeat, NaN where it is not defined.</param>
    public static RepeatedMeasure Of(ReadOnlySpan<double> values)
    {
        int count = 0;
        double sum = 0, squares = 0;
        foreach (double value in values)
        {
            if (!double.IsNaN(value))
            {
                count++;
                sum += value;
            }
        }

        double mean = sum / count;
        foreach (double value in values)
        {
            squares += double.IsNaN(value) ? 0 : (value - mean) * (value - mean);
        }

        return new RepeatedMeasure(count, mean, count < 2 ? double.NaN : squares / (count - 1));
    }
}

/// <summary>Student's t distribution, with the same bits everywhere.</summary>
internal static class StudentT
{
    private static readonly ConcurrentDictionary<int, double> Known = new();

    /// <summary>The number that is exceeded with probability 0.025.</summary>
    /// <param name="freedom">Degrees of freedom, ≥ 1.</param>
    public static double Quantile975(int freedom) => Known.GetOrAdd(freedom, Find);

    // With t = √ν tan θ the distribution is a finite sum: M. Abramowitz, I. A. Stegun, Handbook of Mathematical Functions (1964), 26.7.3 and 26.7.4.
    private static double Find(int freedom)
    {
        double low = 0, high = Math.PI / 2;
        for (double middle = 0.5 * high; middle > low && middle < high; middle = 0.5 * (low + high))
        {
            (low, high) = Between(freedom, middle) < 0.95 ? (middle, high) : (low, middle);
        }

        return Math.Sqrt(freedom) * LaneMath.Tan(Lane1.Broadcast(low)).Value;
    }

    // The probability of −t to t.
    private static double Between(int freedom, double angle)
    {
        double sine = LaneMath.Sin(Lane1.Broadcast(angle)).Value, cosine = LaneMath.Cos(Lane1.Broadcast(angle)).Value, square = cosine * cosine;
        bool odd = freedom % 2 == 1;
        double term = odd ? cosine : 1, sum = 0;
        for (int k = odd ? 1 : 0; k <= freedom - 2; k += 2)
        {
            sum += term;
            term *= square * (k + 1) / (k + 2);
        }

        return odd ? 2 / Math.PI * (angle + sine * sum) : sine * sum;
    }
}
