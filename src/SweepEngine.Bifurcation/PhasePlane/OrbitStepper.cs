using SweepEngine.Lanes;
using SweepEngine.Simulation;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Follows one orbit of a phase plane in steps of Dormand–Prince 5(4), forward or backward in time, together with the integral of the divergence along it. Inside of a step the orbit
/// is a polynomial of order 4.
/// </summary>
/// <param name="plane">The equations.</param>
/// <param name="direction">1 for forward, −1 for backward.</param>
internal sealed class OrbitStepper(PhasePlane plane, int direction)
{
    // A step's error, relative to magnitude plus one display unit.
    private const double Tolerance = 1e-11;
    private const double Shrink = 0.2, Grow = 5, Safety = 0.9;

    private static readonly ExplicitPair Pair = DormandPrince.Pair;

    private readonly double[,] _k = new double[Pair.Stages, 3];
    private readonly double[] _start = new double[3], _end = new double[3], _stage = new double[3];
    private double _next;
    private bool _holdX, _holdY;

    /// <summary>Time at the end of the last step [s], counted along the orbit: above 0 also when it is followed backward.</summary>
    public double Time { get; private set; }

    /// <summary>Length of the last step [s].</summary>
    public double Length { get; private set; }

    /// <summary>Where the last step began.</summary>
    public PlanePoint From => new(_start[0], _start[1]);

    /// <summary>Where it ended.</summary>
    public PlanePoint To => new(_end[0], _end[1]);

    /// <summary>dx/dt and dy/dt at the end of the last step, in the direction of the orbit.</summary>
    public (double X, double Y) Slope => (_k[Pair.Stages - 1, 0], _k[Pair.Stages - 1, 1]);

    /// <summary>The same at its beginning.</summary>
    public (double X, double Y) FirstSlope => (_k[0, 0], _k[0, 1]);

    /// <summary>The integral of the divergence from the start to the end of the last step, in the direction of the orbit.</summary>
    public double Divergence => _end[2];

    /// <summary>Begins an orbit, or goes on with it from another point.</summary>
    /// <param name="at">The point.</param>
    /// <param name="holdX">Whether the horizontal state does not change.</param>
    /// <param name="holdY">Whether the vertical state does not change.</param>
    public void Place(PlanePoint at, bool holdX = false, bool holdY = false)
    {
        (_end[0], _end[1], _holdX, _holdY) = (at.X, at.Y, holdX, holdY);
        Evaluate(_end, Pair.Stages - 1);
        double fastest = Math.Max(Math.Abs(Slope.X) / Size(0), Math.Abs(Slope.Y) / Size(1));
        _next = fastest > 0 ? 1e-3 / fastest : double.PositiveInfinity;
    }

    /// <summary>Begins another orbit: its time and divergence are 0.</summary>
    /// <param name="at">Where it begins.</param>
    public void Begin(PlanePoint at)
    {
        (Time, Length, _end[2]) = (0, 0, 0);
        Place(at);
    }

    /// <summary>Takes a step.</summary>
    /// <param name="longest">It is not longer than that [s].</param>
    /// <returns>False where the orbit cannot be followed: it blows up, or does not move.</returns>
    public bool Step(double longest)
    {
        _end.CopyTo(_start, 0);
        for (int i = 0; i < 3; i++)
        {
            _k[0, i] = _k[Pair.Stages - 1, i];
        }

        double step = Math.Min(_next, longest);
        while (double.IsFinite(step) && step > 1e-15 * Time)
        {
            double error = Try(step);
            // Squared errors, of which the tenth root is taken.
            double change = Safety * TileStep.InverseRoot(new Lane1(error), 10).Value;
            _next = step * Math.Clamp(change, Shrink, Grow);
            if (error <= 1)
            {
                (Time, Length) = (Time + step, step);
                return true;
            }

            step = _next;
        }

        return false;
    }

    /// <summary>Takes the last step anew, so that it ends earlier.</summary>
    /// <param name="part">The part of it that is taken.</param>
    public void EndAt(double part)
    {
        (Time, Length) = (Time - Length * (1 - part), Length * part);
        Try(Length);
    }

    /// <summary>Where the orbit was inside of the last step.</summary>
    /// <param name="part">Part of the step, 0 to 1.</param>
    public PlanePoint Inside(double part) => new(Dense(0, part), Dense(1, part));

    /// <summary>The part of the last step at which something becomes true.</summary>
    /// <param name="holds">What is false at its beginning and true at its end.</param>
    public double FirstPart(Func<PlanePoint, bool> holds)
    {
        (double before, double after) = (0, 1);
        for (int i = 0; i < 60; i++)
        {
            double middle = (before + after) / 2;
            (before, after) = holds(Inside(middle)) ? (before, middle) : (middle, after);
        }

        return after;
    }

    private double Size(int i) => Math.Abs(_end[i]) + (i == 0 ? plane.Scale.X : plane.Scale.Y);

    // The squared error in parts of what is allowed.
    private double Try(double step)
    {
        for (int stage = 1; stage < Pair.Stages; stage++)
        {
            double[] weights = Pair.A[stage];
            for (int i = 0; i < 3; i++)
            {
                double sum = 0;
                for (int s = 0; s < stage; s++)
                {
                    sum += weights[s] * _k[s, i];
                }

                _stage[i] = _start[i] + step * sum;
            }

            Evaluate(_stage, stage);
        }

        _stage.CopyTo(_end, 0);
        double worst = 0;
        for (int i = 0; i < 2; i++)
        {
            double error = 0;
            for (int s = 0; s < Pair.Stages; s++)
            {
                error += Pair.E[s] * _k[s, i];
            }

            error *= step / (Tolerance * Size(i));
            worst += error * error;
        }

        return double.IsFinite(worst) ? worst : double.PositiveInfinity;
    }

    private void Evaluate(double[] at, int stage)
    {
        ReadOnlySpan<double> slopes = plane.Slopes(at[0], at[1]);
        _k[stage, 0] = _holdX ? 0 : direction * slopes[0];
        _k[stage, 1] = _holdY ? 0 : direction * slopes[1];
        _k[stage, 2] = direction * slopes[2];
    }

    private double Dense(int i, double part)
    {
        double change = _end[i] - _start[i], bend = Length * _k[0, i] - change, weighted = 0, rest = 1 - part;
        for (int s = 0; s < Pair.Stages; s++)
        {
            weighted += Pair.D[0][s] * _k[s, i];
        }

        return _start[i] + part * (change + rest * (bend + part * (change - Length * _k[Pair.Stages - 1, i] - bend + rest * Length * weighted)));
    }
}
