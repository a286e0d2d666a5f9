namespace SweepEngine.Simulation;

/// <summary>How the search for the lowest drive with an effect ended.</summary>
public enum OnsetStatus
{
    /// <summary>The bracket is as narrow as asked for (<c>found</c>).</summary>
    Found,

    /// <summary>The lowest drive has the effect already (<c>below_axis</c>).</summary>
    BelowAxis,

    /// <summary>No drive has the effect (<c>above_axis</c>).</summary>
    AboveAxis,

    /// <summary>A point in the bracket could not be computed (<c>unresolved</c>).</summary>
    Unresolved,

    /// <summary>No point of the curve could be computed (<c>undefined</c>).</summary>
    Undefined,
}

/// <summary>Texts of <see cref="OnsetStatus"/>.</summary>
public static class OnsetStatusText
{
    /// <summary>The text that the status columns hold.</summary>
    public static string Text(this OnsetStatus status) => status switch
    {
        OnsetStatus.Found => "found",
        OnsetStatus.BelowAxis => "below_axis",
        OnsetStatus.AboveAxis => "above_axis",
        OnsetStatus.Unresolved => "unresolved",
        OnsetStatus.Undefined => "undefined",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "No such status."),
    };
}

/// <summary>The bracket of one curve: the highest drive tried without the effect and the lowest with it.</summary>
internal struct OnsetBracket
{
    /// <summary>State of the search.</summary>
    public OnsetStatus Status;

    /// <summary>Highest drive without the effect [SI], NaN unless found or unresolved.</summary>
    public double Lower;

    /// <summary>Lowest drive with the effect [SI], NaN unless found or unresolved.</summary>
    public double Upper;

    /// <summary>Size of the effect at <see cref="Upper"/>.</summary>
    public double EffectAtUpper;

    /// <summary>Whether the bracket is narrow enough.</summary>
    public readonly bool IsNarrow(double tolerance)
    {
        double middle = Middle;
        return Upper - Lower <= tolerance * Math.Max(Math.Abs(Lower), Math.Abs(Upper)) || !(middle > Lower && middle < Upper);
    }

    /// <summary>The drive between the ends.</summary>
    public readonly double Middle => Lower + 0.5 * (Upper - Lower);

    /// <summary>The bracket that the grid gives.</summary>
    /// <param name="drive">Drive of each point of the curve [SI], ascending.</param>
    /// <param name="effect">Size of the effect at each, NaN where it is unknown.</param>
    public static OnsetBracket OnGrid(ReadOnlySpan<double> drive, ReadOnlySpan<double> effect)
    {
        var bracket = new OnsetBracket
        {
            Status = OnsetStatus.Undefined,
            Lower = double.NaN,
            Upper = double.NaN,
            EffectAtUpper = double.NaN,
        };
        double below = double.NaN;
        for (int i = 0; i < drive.Length; i++)
        {
            if (effect[i] > 0)
            {
                bracket.Status = double.IsNaN(below) ? OnsetStatus.BelowAxis : OnsetStatus.Found;
                if (bracket.Status == OnsetStatus.Found)
                {
                    bracket.Lower = below;
                    bracket.Upper = drive[i];
                    bracket.EffectAtUpper = effect[i];
                }

                return bracket;
            }

            if (effect[i] == 0)
            {
                below = drive[i];
                bracket.Status = OnsetStatus.AboveAxis;
            }
        }

        return bracket;
    }
}
