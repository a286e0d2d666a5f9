using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>The multipliers of a corrected cycle, from the transfer matrices of its intervals.</summary>
internal sealed partial class CycleFollower
{
    private TransferMultipliers? _floquet;
    private double[] _transfers = [], _flows = [], _columns = [], _inputs = [], _slopes = [];

    // Null where there are none: numbers are not finite.
    private FloquetMultipliers? Multipliers(CycleTile tile, int lane, CycleProfile cycle)
    {
        int n = cycle.States, count = cycle.Intervals;
        if (_transfers.Length < count * n * n)
        {
            (_transfers, _flows, _columns, _slopes) = (new double[count * n * n], new double[count * n], new double[count * n], new double[count * n]);
            _inputs = new double[count * Start.Parameters.Length];
        }

        Span<double> transfers = _transfers.AsSpan(0, count * n * n), flows = _flows.AsSpan(0, count * n);
        tile.Transfers(lane, transfers);
        for (int i = 0; i < count; i++)
        {
            for (int k = 0; k < Start.Parameters.Length; k++)
            {
                _inputs[(k * count) + i] = k == _system.Drive ? DriveOf(cycle) : Start.Parameters[k];
            }

            for (int k = 0; k < n; k++)
            {
                _columns[(k * count) + i] = cycle.Starts[(k * count) + i] * _system.Scale[k];
            }
        }

        _system.Code.Derivatives.Evaluate([], _columns, _inputs, _slopes, count, 0, count);

        // In units of the amplitudes, so that directions do not depend on the units of the states.
        Span<double> units = stackalloc double[n];
        for (int k = 0; k < n; k++)
        {
            units[k] = Math.Sqrt(_weights[k]);
            for (int i = 0; i < count; i++)
            {
                flows[(i * n) + k] = _slopes[(k * count) + i] / _system.Scale[k] * units[k];
            }
        }

        for (int i = 0; i < count; i++)
        {
            for (int row = 0; row < n; row++)
            {
                for (int column = 0; column < n; column++)
                {
                    transfers[(((i * n) + row) * n) + column] *= units[row] / units[column];
                }
            }
        }

        _floquet ??= new TransferMultipliers(n);
        Complex[] values = new Complex[n - 1];
        return _floquet.Find(transfers, flows, values) ? new FloquetMultipliers(values, Math.Abs(_floquet.Trivial - 1)) : null;
    }
}
