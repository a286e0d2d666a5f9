using System.Globalization;
using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>Writes fits as model files. Their drive has the name and the unit that it has in the sweep, so that a sweep file fits both.</summary>
public static class ReducedModel
{
    /// <summary>The rate unit of a threshold-linear fit.</summary>
    /// <param name="curve">What was fitted.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="tau">Its time constant [s], &gt; 0.</param>
    /// <returns>A model file.</returns>
    public static string ThresholdLinear(FICurve curve, ThresholdLinearFit fit, double tau)
    {
        (string gain, string I_0, string time, string r) = (Name("gain", curve), Name("I_0", curve), Name("tau", curve), Name("r", curve));
        return $$"""
            model: {{curve.Model}}_threshold_linear
            summary: Threshold-linear rate unit with the f-I curve of {{curve.Model}}.
            source: >-
              sweep fit, least squares over {{curve.Drives.Length}} points of {{curve.Origin()}}; RMS error {{Rounded(fit.RmsError)}} Hz.
            voltage: {{r}}
            equations: |
              d{{r}}/dt = (max(0, {{gain}}*({{curve.Drive}} - {{I_0}})) - {{r}})/{{time}}
            states:
              {{r}}: {start: 0 Hz, unit: Hz, summary: firing rate}
            parameters:
              {{gain}}: {default: {{Exact(fit.Gain)}} {{GainUnit(curve.DriveUnit)}}, min: 0 {{GainUnit(curve.DriveUnit)}}, summary: slope of the rate above the onset}
              {{I_0}}: {default: {{new Quantity(fit.Onset, curve.DriveUnit)}}, summary: drive at which firing begins}
              {{time}}: {default: {{Exact(tau * 1e3)}} ms, above: 0 ms, summary: time constant of the rate}
              {{DriveParameter(curve)}}

            """.ReplaceLineEndings("\n");
    }

    /// <summary>The cascade of a linear filter and the f–I curve.</summary>
    /// <param name="curve">What was fitted.</param>
    /// <param name="fit">The fit.</param>
    /// <param name="tau">Time constant of the filter [s], &gt; 0.</param>
    /// <returns>A model file.</returns>
    public static string Cascade(FICurve curve, CascadeFit fit, double tau)
    {
        (string x, string F, string time, string r, string tau_r) =
            (Name("x", curve), Name("F", curve), Name("tau", curve), Name("r", curve), Name("tau_r", curve));
        string unit = curve.DriveUnit.Text.Length == 0 ? "1" : curve.DriveUnit.Text;
        return $$"""
            model: {{curve.Model}}_ln
            summary: Linear filter of the drive, then the f-I curve of {{curve.Model}} as a static nonlinearity.
            source: sweep fit, {{curve.Drives.Length}} points of {{curve.Origin()}}.
            voltage: {{r}}
            equations: |
              d{{x}}/dt = ({{curve.Drive}} - {{x}})/{{time}}
              d{{r}}/dt = ({{F}}({{x}}) - {{r}})/{{tau_r}}
            tables:
              {{F}}:
                x: [{{string.Join(", ", fit.Drives.Select(Exact))}}]
                y: [{{string.Join(", ", fit.Rates.Select(Exact))}}]
                x_unit: {{unit}}
                y_unit: Hz
            states:
              {{x}}: {start: {{new Quantity(0, curve.DriveUnit)}}, unit: {{unit}}, summary: filtered drive}
              {{r}}: {start: {{F}}({{x}}), unit: Hz, summary: firing rate}
            parameters:
              {{time}}: {default: {{Exact(tau * 1e3)}} ms, above: 0 ms, summary: time constant of the filter}
              {{tau_r}}: {default: 1 ms, above: 0 ms, summary: time over which the rate is smoothed}
              {{DriveParameter(curve)}}

            """.ReplaceLineEndings("\n");
    }

    /// <summary>The unit of a gain.</summary>
    /// <param name="drive">The unit of the drive.</param>
    /// <returns>For example <c>Hz/pA</c> or <c>Hz/(uA/cm^2)</c>.</returns>
    public static string GainUnit(Unit drive) => drive.Text.Length == 0 ? "Hz" : drive.Text.All(char.IsLetter) ? $"Hz/{drive.Text}" : $"Hz/({drive.Text})";

    private static string DriveParameter(FICurve curve) => $"{curve.Drive}: {{default: {new Quantity(0, curve.DriveUnit)}, summary: drive}}";

    // A name of the reduced model that is not the drive's.
    private static string Name(string name, FICurve curve) => name == curve.Drive ? name + "_fit" : name;

    private static string Exact(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Rounded(double number) => number.ToString("G3", CultureInfo.InvariantCulture);
}
