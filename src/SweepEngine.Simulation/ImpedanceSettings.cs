using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>How the impedance follows from the state at the end of the stimulus.</summary>
/// <param name="Real">Its real part.</param>
/// <param name="Imaginary">Its imaginary part.</param>
public sealed record ImpedanceSettings(Expression Real, Expression Imaginary)
{
    /// <summary>
    /// The phase of a complex number, by arithmetic that has the same bits everywhere: each step takes the sine of what is left for what is left, from an
    /// approximation to 0.004.
    /// </summary>
    /// <param name="real">Its real part.</param>
    /// <param name="imaginary">Its imaginary part.</param>
    /// <returns>Above −π up to π; NaN for zero.</returns>
    internal static double Phase(double real, double imaginary)
    {
        double size = Math.Sqrt(real * real + imaginary * imaginary), x = real / size, y = imaginary / size;
        bool steep = Math.Abs(y) > Math.Abs(x);
        double ratio = steep ? Math.Abs(x / y) : Math.Abs(y / x);
        double angle = ratio * (Math.PI / 4 + 0.273 * (1 - ratio));
        angle = steep ? Math.PI / 2 - angle : angle;
        angle = x < 0 ? Math.PI - angle : angle;
        angle = y < 0 ? -angle : angle;
        for (int i = 0; i < 3; i++)
        {
            Lane1 at = new(angle);
            angle += y * LaneMath.Cos(at).Value - x * LaneMath.Sin(at).Value;
        }

        return angle;
    }
}
