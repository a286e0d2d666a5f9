using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>
/// One f–I curve of a finished sweep, as its table of points holds it: what a reduced description is fitted to.
/// </summary>
/// <param name="Sweep">Name of the sweep.</param>
/// <param name="ContentHash">Its identity.</param>
/// <param name="Model">Name of the model that fired.</param>
/// <param name="Drive">Name of the drive.</param>
/// <param name="DriveUnit">The unit of <see cref="Drives"/>.</param>
/// <param name="Setting">The other swept parameters, as the curve has them.</param>
/// <param name="Drives">Drives, ascending, at least one.</param>
/// <param name="Rates">Their steady rates [Hz].</param>
/// <param name="LeftOut">Points of the curve whose status is not <c>ok</c>, which are not among these.</param>
/// <param name="LeakTimeConstant">Of the model that fired, C_m/g_L or tau_m where it has such parameters [s]; null where it has not.</param>
public sealed record FICurve(
    string Sweep, string ContentHash, string Model, string Drive, Unit DriveUnit, IReadOnlyList<(string Name, Quantity Value)> Setting,
    double[] Drives, double[] Rates, int LeftOut, double? LeakTimeConstant)
{
    /// <summary>Where the curve comes from, for people.</summary>
    /// <returns>For example <c>sweep atlas (6f0c2a91d3b4), model lif_adapt, g_adapt = 1 nS, I_app from 0 pA to 1000 pA</c>.</returns>
    public string Origin() =>
        $"sweep {Sweep} ({ContentHash[..12]}), model {Model}, {string.Concat(Setting.Select(each => $"{each.Name} = {each.Value}, "))}"
        + $"{Drive} from {new Quantity(Drives[0], DriveUnit)} to {new Quantity(Drives[^1], DriveUnit)}";
}
