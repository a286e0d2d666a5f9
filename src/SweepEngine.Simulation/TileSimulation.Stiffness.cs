namespace SweepEngine.Simulation;

/// <content>
/// Whether a point is stiff: whether what limits the steps of the explicit method is not accuracy but that longer ones would be unstable. Then the point is left, to be
/// computed by the implicit method.
/// </content>
/// <remarks>
/// As E. Hairer and G. Wanner do it (Solving Ordinary Differential Equations II, section IV.2): the last two stages are at the same time, and the quotient of the difference of
/// their derivatives and of their states is about the largest eigenvalue. Only few steps are looked at, counted per point, so that a neighbour makes no difference.
/// </remarks>
internal sealed partial class TileSimulation
{
    // Steps between two looks, after a look that found nothing and while stiff steps are being counted.
    private const int RareLook = 512, CloseLook = 32;

    // So many looks, those that found a stiff step less some for each that did not, make a point stiff. So at least five of six steps are limited by stability over some
    // thousand of them; an implicit step costs about four explicit ones.
    private const int EnoughStiff = 32, CountedAgainst = 5;

    private void BeginStiffness(int lane, PointProgress point)
    {
        point.StiffLooks = 0;
        _tile.StiffnessCheck[lane] = _leavesStiff ? RareLook : double.PositiveInfinity;
    }

    // The lane's step was accepted and is looked at.
    private bool IsStiff(int lane, PointProgress point)
    {
        point.StiffLooks = StepTimesEigenvalue(lane) > _pair.StabilityLimit ? point.StiffLooks + 1 : Math.Max(point.StiffLooks - CountedAgainst, 0);
        _tile.StiffnessCheck[lane] = _tile.Steps[lane] + (point.StiffLooks > 0 ? CloseLook : RareLook);
        if (point.StiffLooks < EnoughStiff)
        {
            return false;
        }

        if (!_linearization.Value.IsAffordable)
        {
            _tile.StiffnessCheck[lane] = double.PositiveInfinity;
            return false;
        }

        point.Answer = PointAnswer.Without(PointStatus.Ok, point.Answer.Method);
        point.Answer.IsStiff = true;
        return true;
    }

    private double StepTimesEigenvalue(int lane)
    {
        int last = _pair.Stages - 1;
        double derivatives = 0, states = 0;
        for (int i = 0; i < _scale.Length; i++)
        {
            int at = i * LaneTile.Lanes + lane;
            double change = _pair.A[last][last - 1] * _tile.Stage(last - 1)[at];
            for (int s = 0; s < last - 1; s++)
            {
                change += (_pair.A[last][s] - _pair.A[last - 1][s]) * _tile.Stage(s)[at];
            }

            double scale = 1 / (_scale[i] + Math.Abs(_tile.EndState[at]));
            double difference = (_tile.Stage(last)[at] - _tile.Stage(last - 1)[at]) * scale;
            derivatives += difference * difference;
            states += change * scale * change * scale;
        }

        return Math.Sqrt(derivatives / states);
    }
}
