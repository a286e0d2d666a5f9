using MathNet.Numerics.LinearAlgebra;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Steps along a curve by its arclength, with the tangent as predictor (H. B. Keller, in Applications of Bifurcation Theory, Academic Press 1977, p. 359). A step is as long as the curve turns little on it and few
/// corrections are needed.
/// </summary>
/// <param name="equations">The equations of the curve.</param>
/// <param name="longest">The longest step.</param>
internal sealed class CurveStepper(CurveEquations equations, double longest)
{
    /// <summary>The first step.</summary>
    public const double First = 1e-3;

    // Sines of the angle by which the curve turns in a step.
    private const double Aimed = 0.1, Largest = 0.3;

    // How far the corrected point may be from the predicted one, in steps: half the angle where the curvature is constant.
    private const double Farthest = 0.3;

    private const double Shortest = 1e-11;
    private const int FewCorrections = 4;

    /// <summary>Length of the next step.</summary>
    public double Length { get; set; } = First;

    /// <summary>Makes a step and chooses the length of the next one.</summary>
    /// <param name="z">A point of the curve.</param>
    /// <param name="tangent">Its tangent.</param>
    /// <returns>The next point and its tangent; null where steps become too short.</returns>
    public (Vector<double> Z, Vector<double> Tangent)? Next(Vector<double> z, Vector<double> tangent)
    {
        for (; Length >= Shortest; Length /= 2)
        {
            Vector<double> guess = z + (tangent * Length);
            if (equations.Correct(guess, tangent) is not var (point, corrections) || (point - guess).L2Norm() > Farthest * Length)
            {
                continue;
            }

            Vector<double> next = equations.Tangent(point, tangent);
            double cosine = next.DotProduct(tangent), sine = Math.Sqrt(Math.Max(0, 1 - (cosine * cosine)));
            if (!(cosine > 0) || sine > Largest)
            {
                continue;
            }

            double factor = Math.Clamp(Aimed / Math.Max(sine, 1e-6), 0.5, corrections > FewCorrections ? 1 : 2);
            Length = Math.Min(Length * factor, longest);
            return (point, next);
        }

        return null;
    }
}
