namespace SweepEngine.Simulation;

/// <summary>Zeros of functions of one variable between two arguments with values of different sign.</summary>
internal static class Bracket
{
    /// <summary>
    /// A zero of <paramref name="function"/> in [a, b] by regula falsi with the Illinois rule and bisection as its backstop
    /// (M. Dowell, P. Jarratt, BIT 11 (1971) 168).
    /// </summary>
    /// <param name="function">The function; <c>function(a)</c> and <c>function(b)</c> differ in sign or one is zero.</param>
    /// <param name="a">One end.</param>
    /// <param name="valueA">The value there.</param>
    /// <param name="b">The other end.</param>
    /// <param name="valueB">The value there.</param>
    /// <param name="width">Stop when the zero is enclosed in an interval of this width, or the value is zero.</param>
    /// <param name="counters">Counts the zero and its iterations.</param>
    public static double Zero(
        Func<double, double> function, double a, double valueA, double b, double valueB, double width, KernelCounters counters)
    {
        double zero = Zero(function, a, valueA, b, valueB, width, out int iterations);
        counters.AddRoot(iterations);
        return zero;
    }

    private static double Zero(
        Func<double, double> function, double a, double valueA, double b, double valueB, double width, out int iterations)
    {
        int side = 0;
        iterations = 0;
        for (int i = 0; Math.Abs(b - a) > width && i < 100; i++)
        {
            if (valueA == 0)
            {
                return a;
            }

            if (valueB == 0)
            {
                return b;
            }

            double middle = i % 8 == 7 ? 0.5 * (a + b) : (a * valueB - b * valueA) / (valueB - valueA);
            // Keep away from the ends, so that the enclosing interval shrinks from both sides.
            double margin = Math.Min(0.5 * width, 0.25 * Math.Abs(b - a));
            middle = Math.Clamp(middle, Math.Min(a, b) + margin, Math.Max(a, b) - margin);
            double value = function(middle);
            iterations++;
            if (value == 0)
            {
                return middle;
            }

            if (value > 0 == valueB > 0)
            {
                (b, valueB) = (middle, value);
                valueA = side == 1 ? 0.5 * valueA : valueA;
                side = 1;
            }
            else
            {
                (a, valueA) = (middle, value);
                valueB = side == -1 ? 0.5 * valueB : valueB;
                side = -1;
            }
        }

        return Math.Abs(valueA) < Math.Abs(valueB) ? a : b;
    }
}
