using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

// Locates the roots that the division of curves has separated, all of them side by side.
public sealed partial class EquilibriumScan
{
    // A step of Newton's method that is this part of the interval squares to less than rounding.
    private const double LastStep = 1e-8;
    private const int MostSteps = 100;

    // Steps of the last correction, for V and ω² at once; it starts within rounding of H.
    private const int Corrections = 3;
    private const double MostGrowth = 0.1;

    // The polynomial is about 0 at iω, relative to its terms, unless ω comes out wrong.
    private const double MostWrong = 1e-6;

    private readonly List<Root> _roots = [];
    private readonly CurveSamples _trials, _corrections;

    private void Locate(ReadOnlySpan<double> parameters)
    {
        foreach (Root root in _roots)
        {
            root.Guess();
        }

        for (int step = 0; step < MostSteps && _roots.Exists(root => !root.Done); step++)
        {
            _trials.Clear();
            foreach (Root root in _roots)
            {
                root.Sample = root.Done ? -1 : _trials.Add(root.At, parameters.Slice(root.Curve * _swept, _swept));
            }

            _trials.Evaluate();
            foreach (Root root in _roots)
            {
                if (!root.Done)
                {
                    root.Take(_trials[root.Sample], last: step == MostSteps - 1);
                }
            }
        }

        for (int step = 0; step <= Corrections; step++)
        {
            _corrections.Clear();
            foreach (Root root in _roots)
            {
                if (root.Kind is BifurcationKind.Hopf && !root.IsCorner)
                {
                    root.Sample = _corrections.Add(root.At, parameters.Slice(root.Curve * _swept, _swept));
                }
            }

            _corrections.Evaluate();
            foreach (Root root in _roots)
            {
                if (root.Kind is BifurcationKind.Hopf && !root.IsCorner)
                {
                    root.Correct(_corrections, _states, first: step == 0, Narrowest * _unit);
                }
            }
        }

        foreach (Root root in _roots)
        {
            if (root.IsCorner)
            {
                Corners.Add(new EquilibriumPoint(root.Curve, root.Kind, root.At, root.Drive, 0));
            }
            else if (root.Kind is BifurcationKind.Fold || (root.SquareOfOmega > 0 && root.Drive >= _lowest && root.Drive <= _highest))
            {
                double omega = root.Kind is BifurcationKind.Fold ? 0 : Math.Sqrt(root.SquareOfOmega) / 1e-3;
                Points.Add(new EquilibriumPoint(root.Curve, root.Kind, root.At, root.Drive, omega));
            }
        }
    }

    /// <summary>A root that is being located, between two values of the master where the function has different signs.</summary>
    private sealed class Root(BifurcationKind kind, int curve, double a, double b, double u, double du, double v, double dv, bool corner)
    {
        private readonly (double Value, double Slope) _start = (u, du), _end = (v, dv);
        private readonly double _width = b - a;
        private double _lower = a, _upper = b;

        public BifurcationKind Kind => kind;

        public int Curve => curve;

        public bool IsCorner => corner;

        public int Sample { get; set; }

        public double At { get; private set; }

        public double Drive { get; private set; }

        public double SquareOfOmega { get; private set; }

        public bool Done { get; private set; }

        // The root of the cubic with the values and slopes at both ends, by Newton's method in [0, 1].
        public void Guess()
        {
            ((double u, double du), (double v, double dv)) = (_start, _end);
            double d0 = du * _width, d1 = dv * _width, square = (3 * (v - u)) - (2 * d0) - d1, cube = d0 + d1 - (2 * (v - u));
            double x = u / (u - v);
            for (int step = 0; step < 4; step++)
            {
                double value = u + (x * (d0 + (x * (square + (x * cube))))), slope = d0 + (x * ((2 * square) + (3 * x * cube)));
                double next = x - (value / slope);
                x = next > 0 && next < 1 ? next : x;
            }

            At = _lower + (x * _width);
        }

        // A step of Newton's method that stays between the ends, else half of what is left.
        public void Take(CurveSample sample, bool last)
        {
            (double value, double slope) = kind is BifurcationKind.Fold ? (sample.Slope, sample.Curvature) : (sample.Hurwitz, sample.HurwitzSlope);
            if (value >= 0 == _end.Value >= 0)
            {
                _upper = At;
            }
            else
            {
                _lower = At;
            }

            double next = At - (value / slope);
            bool inside = next >= _lower && next <= _upper;
            if (!inside)
            {
                next = _lower + ((_upper - _lower) / 2);
            }

            double change = next - At;
            Done = last || change == 0 || (inside && Math.Abs(change) <= LastStep * _width) || _upper - _lower <= 4 * double.Epsilon;
            Drive = sample.Drive + (change * (sample.Slope + (change / 2 * sample.Curvature)));
            At = next;
        }

        // Where the characteristic polynomial has the root iω: its even and its odd part are 0, as functions of the master and of ω².
        public void Correct(CurveSamples outputs, int n, bool first, double most)
        {
            Drive = outputs.Output(0, Sample);
            if (first)
            {
                SquareOfOmega = outputs.Output(2 + (2 * n), Sample);
                (double even, double odd, double terms) = Parts(outputs, n);
                if (!(Math.Abs(even) + Math.Abs(odd) <= MostWrong * terms))
                {
                    SquareOfOmega = OppositePair(outputs, n);
                }
            }

            if (!(SquareOfOmega > 0))
            {
                return;
            }

            // Horner's scheme in -ω² for the parts of even and odd power, their slopes over ω², and those over the master.
            double s = SquareOfOmega;
            Span<double> part = stackalloc double[2], bySquare = stackalloc double[2], byMaster = stackalloc double[2];
            for (int power = n; power >= 0; power--)
            {
                int which = power & 1;
                double change = power == n ? 0 : outputs.Output(1 + (2 * n) - power, Sample);
                bySquare[which] = (-s * bySquare[which]) - part[which];
                part[which] = (-s * part[which]) + Coefficient(outputs, n, power);
                byMaster[which] = (-s * byMaster[which]) + change;
            }

            double determinant = (byMaster[0] * bySquare[1]) - (byMaster[1] * bySquare[0]);
            double move = ((bySquare[0] * part[1]) - (bySquare[1] * part[0])) / determinant;
            double grow = ((byMaster[1] * part[0]) - (byMaster[0] * part[1])) / determinant;
            if (Math.Abs(move) <= most && Math.Abs(grow) <= MostGrowth * s)
            {
                SquareOfOmega = s + grow;
                Drive += move * outputs.Output(1, Sample);
                At += move;
            }
        }

        private double Coefficient(CurveSamples outputs, int n, int power) => power == n ? 1 : outputs.Output(1 + n - power, Sample);

        // The even and the odd part of the polynomial, and the sizes of their terms.
        private (double Even, double Odd, double Terms) Parts(CurveSamples outputs, int n)
        {
            double even = 0, odd = 0, terms = 0, size = Math.Sqrt(Math.Abs(SquareOfOmega));
            for (int power = n; power >= 0; power--)
            {
                double a = Coefficient(outputs, n, power);
                terms = (size * terms) + Math.Abs(a);
                (even, odd) = (power & 1) == 0 ? ((-SquareOfOmega * even) + a, odd) : (even, (-SquareOfOmega * odd) + a);
            }

            return (even, size * odd, terms);
        }

        // λμ of the two eigenvalues that are most nearly opposite: where the determinants that give ω² are nearly 0 themselves.
        private double OppositePair(CurveSamples outputs, int n)
        {
            Matrix<double> companion = Matrix<double>.Build.Dense(n, n);
            for (int i = 0; i < n; i++)
            {
                companion[0, i] = -Coefficient(outputs, n, n - 1 - i);
                if (i > 0)
                {
                    companion[i, i - 1] = 1;
                }
            }

            Complex[] values = Spectrum.Of(companion);
            (double nearest, double square) = (double.PositiveInfinity, double.NaN);
            for (int i = 0; i < n; i++)
            {
                for (int j = 0; j < i; j++)
                {
                    Complex sum = values[i] + values[j], product = values[i] * values[j];
                    double distance = ((sum.Real * sum.Real) + (sum.Imaginary * sum.Imaginary)) / (Math.Abs(product.Real) + Math.Abs(product.Imaginary));
                    if (distance < nearest)
                    {
                        // Of a pair ±iω the product is ω², of ±λ it is -λ².
                        (nearest, square) = (distance, product.Real);
                    }
                }
            }

            return square;
        }
    }
}
