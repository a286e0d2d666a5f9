namespace SweepEngine.Bifurcation;

/// <summary>
/// Collocation at the four Gauss points of an interval: polynomials of degree 4 through the interval's start and these points, whose error at the borders of intervals is of order 8
/// (C. de Boor and B. Swartz, SIAM J. Numer. Anal. 10 (1973) 582). Places are from 0 to 1 in the interval.
/// </summary>
internal static class GaussCollocation
{
    /// <summary>Points in an interval, and degree of the polynomials.</summary>
    public const int Stages = 4;

    /// <summary>Values that make a polynomial: at the start, then at the points.</summary>
    public const int Nodes = Stages + 1;

    /// <summary>Where a polynomial's values are: 0, then the Gauss points.</summary>
    public static readonly double[] Places = Zeros();

    /// <summary>Weights of the values at the points in the integral over the interval, exact for polynomials of degree 7.</summary>
    public static readonly double[] Quadrature = [(18 - Math.Sqrt(30)) / 72, (18 + Math.Sqrt(30)) / 72, (18 + Math.Sqrt(30)) / 72, (18 - Math.Sqrt(30)) / 72];

    // One over the product of each place's distances from the others.
    private static readonly double[] Denominators = InverseDistances();

    /// <summary>Slope at each point (row) by each value (column), shape [stages × nodes].</summary>
    public static readonly double[] Slopes = SlopeWeights();

    /// <summary>Slope at the interval's start by each value.</summary>
    public static readonly double[] SlopeAtStart = SlopesAt(0);

    /// <summary>Slope at the interval's end by each value.</summary>
    public static readonly double[] SlopeAtEnd = SlopesAt(1);

    /// <summary>Value at the interval's end by each value.</summary>
    public static readonly double[] End = At(1);

    /// <summary>Fourth derivative by each value.</summary>
    public static readonly double[] Fourth = [.. Denominators.Select(weight => 24 * weight)];

    /// <summary>Coefficients of the powers of the place (row) by each value (column), shape [nodes × nodes].</summary>
    public static readonly double[] Powers = PowerWeights();

    /// <summary>The value at a place by each value.</summary>
    /// <param name="place">The place.</param>
    public static double[] At(double place)
    {
        double[] weights = new double[Nodes];
        At(place, weights);
        return weights;
    }

    /// <summary>The value at a place by each value.</summary>
    /// <param name="place">The place.</param>
    /// <param name="weights">Receives the weights, shape [nodes].</param>
    public static void At(double place, Span<double> weights)
    {
        Span<double> after = stackalloc double[Nodes];
        double product = 1;
        for (int node = Nodes - 1; node >= 0; node--)
        {
            after[node] = product;
            product *= place - Places[node];
        }

        product = 1;
        for (int node = 0; node < Nodes; node++)
        {
            weights[node] = product * after[node] * Denominators[node];
            product *= place - Places[node];
        }
    }

    private static double[] Zeros()
    {
        double inner = Math.Sqrt(525 - (70 * Math.Sqrt(30))) / 70, outer = Math.Sqrt(525 + (70 * Math.Sqrt(30))) / 70;
        return [0, 0.5 - outer, 0.5 - inner, 0.5 + inner, 0.5 + outer];
    }

    private static double[] SlopeWeights() => [.. Enumerable.Range(1, Stages).SelectMany(point => SlopesAt(Places[point]))];

    // The slope of a product is the sum of products with one factor less.
    private static double[] SlopesAt(double place)
    {
        double[] weights = new double[Nodes];
        for (int node = 0; node < Nodes; node++)
        {
            for (int less = 0; less < Nodes; less++)
            {
                double term = less == node ? 0 : 1 / (Places[node] - Places[less]);
                for (int other = 0; other < Nodes; other++)
                {
                    if (other != node && other != less)
                    {
                        term *= (place - Places[other]) / (Places[node] - Places[other]);
                    }
                }

                weights[node] += term;
            }
        }

        return weights;
    }

    private static double[] InverseDistances()
    {
        double[] inverse = new double[Nodes];
        for (int node = 0; node < Nodes; node++)
        {
            inverse[node] = 1;
            for (int other = 0; other < Nodes; other++)
            {
                inverse[node] *= other == node ? 1 : 1 / (Places[node] - Places[other]);
            }
        }

        return inverse;
    }

    private static double[] PowerWeights()
    {
        double[] weights = new double[Nodes * Nodes], powers = new double[Nodes];
        for (int node = 0; node < Nodes; node++)
        {
            // The product of (x − place)/(own place − place), factor by factor.
            Array.Clear(powers);
            powers[0] = 1;
            for (int other = 0; other < Nodes; other++)
            {
                if (other == node)
                {
                    continue;
                }

                for (int power = Nodes - 1; power >= 0; power--)
                {
                    powers[power] = ((power == 0 ? 0 : powers[power - 1]) - (Places[other] * powers[power])) / (Places[node] - Places[other]);
                }
            }

            for (int power = 0; power < Nodes; power++)
            {
                weights[(power * Nodes) + node] = powers[power];
            }
        }

        return weights;
    }
}
