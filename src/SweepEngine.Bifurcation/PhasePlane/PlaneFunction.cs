using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>A function of the two states of a phase plane whose zeros are a curve in it: of a derivative its nullcline. Not for several threads at once.</summary>
internal sealed class PlaneFunction
{
    private readonly PlaneProgram _values;

    /// <summary>Compiles a function.</summary>
    /// <param name="compile">Compiles expressions over the two states.</param>
    /// <param name="expression">The function, written out.</param>
    /// <param name="x">Name of the horizontal state.</param>
    /// <param name="y">Name of the vertical state.</param>
    public PlaneFunction(Func<Expression[], PlaneProgram> compile, Expression expression, string x, string y)
    {
        _values = compile([expression, SymbolicDerivative.Of(expression, x), SymbolicDerivative.Of(expression, y)]);
        LinearInX = Parts(x);
        LinearInY = Parts(y);

        PlaneProgram? Parts(string state) =>
            Linearity.Parts(expression, state) is ({ } slope and not Number { SI: 0 }, { } offset) ? compile([slope, offset]) : null;
    }

    /// <summary>Slope and offset where the function is slope·x + offset, both over y alone; null where it is not.</summary>
    public PlaneProgram? LinearInX { get; }

    /// <summary>Slope and offset where the function is slope·y + offset, both over x alone; null where it is not.</summary>
    public PlaneProgram? LinearInY { get; }

    /// <summary>The function at a point.</summary>
    public double Value(PlanePoint at) => _values.At(at.X, at.Y)[0];

    /// <summary>The function and its derivatives by both states.</summary>
    public (double Value, double ByX, double ByY) Slopes(PlanePoint at)
    {
        ReadOnlySpan<double> values = _values.At(at.X, at.Y);
        return (values[0], values[1], values[2]);
    }

    /// <summary>The function at many points; the derivatives follow behind.</summary>
    public double[] Values(IReadOnlyList<PlanePoint> points) => _values.At(points);

    /// <summary>The point of the curve that is nearest, by Newton's method along the gradient.</summary>
    /// <param name="near">A point near the curve.</param>
    /// <param name="window">By whose extents distances are measured.</param>
    /// <param name="reach">How far it may be, in parts of the window.</param>
    /// <returns>Null when there is none that near.</returns>
    public PlanePoint? Project(PlanePoint near, PlaneWindow window, double reach)
    {
        PlanePoint at = near;
        for (int iteration = 0; iteration < 20; iteration++)
        {
            (double value, double byX, double byY) = Slopes(at);
            (byX, byY) = (byX * window.Width, byY * window.Height);
            double step = value / (byX * byX + byY * byY), length = Math.Abs(step) * Math.Sqrt(byX * byX + byY * byY);
            at = new(at.X - step * byX * window.Width, at.Y - step * byY * window.Height);
            if (!(window.Distance(at, near) <= reach))
            {
                return value == 0 ? near : null;
            }

            if (length <= 1e-15)
            {
                return at;
            }
        }

        // Rounding of the function may not let steps become that small.
        return at;
    }
}
