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

/// <summary>
/// Halves the brackets of all curves, for several effects at once: each curve asks its next point as soon as it has the answer for the one before, so that none waits
/// for another.
/// </summary>
internal sealed class OnsetSearch : IPointQueue
{
    private readonly Question[] _questions;
    private readonly double _tolerance;
    private readonly int _curves, _swept, _drive;
    private readonly OnsetBracket[] _brackets;
    private readonly Queue<int> _waiting = [], _stiff = [];

    /// <summary>Begins with the brackets of the grid.</summary>
    /// <param name="effects">What is looked for, and the size of its effect at each point, NaN where it is unknown.</param>
    /// <param name="parameters">Swept parameters of the points, curve after curve, the drive ascending within each.</param>
    /// <param name="pointsPerCurve">Number of drives.</param>
    /// <param name="swept">Number of swept parameters.</param>
    /// <param name="drive">Which of them is the drive.</param>
    /// <param name="tolerance">How narrow brackets become.</param>
    public OnsetSearch(
        IReadOnlyList<(Question Question, double[] Sizes)> effects, ReadOnlySpan<double> parameters, int pointsPerCurve, int swept, int drive, double tolerance)
    {
        (_questions, _swept, _drive, _tolerance) = ([.. effects.Select(effect => effect.Question)], swept, drive, tolerance);
        _curves = parameters.Length / swept / pointsPerCurve;
        _brackets = new OnsetBracket[effects.Count * _curves];
        Parameters = new double[_brackets.Length * swept];
        Answers = new PointAnswer[_brackets.Length];
        var drives = new double[pointsPerCurve];
        for (int c = 0; c < _curves; c++)
        {
            ReadOnlySpan<double> curve = parameters.Slice(c * pointsPerCurve * swept, pointsPerCurve * swept);
            for (int i = 0; i < pointsPerCurve; i++)
            {
                drives[i] = curve[i * swept + drive];
            }

            for (int e = 0; e < effects.Count; e++)
            {
                int point = e * _curves + c;
                _brackets[point] = OnsetBracket.OnGrid(drives, effects[e].Sizes.AsSpan(c * pointsPerCurve, pointsPerCurve));
                curve[..swept].CopyTo(Parameters.AsSpan(point * swept));
                Ask(point);
            }
        }
    }

    /// <summary>Swept parameters of the points that are asked for: one point for each effect and curve, again and again.</summary>
    public double[] Parameters { get; }

    /// <summary>Their answers.</summary>
    public PointAnswer[] Answers { get; }

    /// <summary>The bracket of an effect and curve.</summary>
    /// <param name="effect">Index of the effect.</param>
    /// <param name="curve">The curve.</param>
    public OnsetBracket this[int effect, int curve] => _brackets[effect * _curves + curve];

    /// <inheritdoc/>
    public bool TryTake(out int point, out Question question)
    {
        bool waits = _waiting.TryDequeue(out point);
        question = waits ? _questions[point / _curves] : default;
        return waits;
    }

    /// <inheritdoc/>
    public void Done(int point)
    {
        ref OnsetBracket bracket = ref _brackets[point];
        ref PointAnswer answer = ref Answers[point];
        if (answer.IsStiff)
        {
            _stiff.Enqueue(point);
            return;
        }

        double effect = _questions[point / _curves] == Question.AnySpike ? answer.Train.Count : answer.Rate;
        if (!answer.Status.HasMeasures())
        {
            bracket.Status = OnsetStatus.Unresolved;
        }
        else if (effect > 0)
        {
            bracket.Upper = bracket.Middle;
            bracket.EffectAtUpper = effect;
        }
        else
        {
            bracket.Lower = bracket.Middle;
        }

        Ask(point);
    }

    /// <summary>Asks once more for points that were left because they are stiff.</summary>
    /// <returns>Whether there were any.</returns>
    public bool AskStiffAgain()
    {
        while (_stiff.TryDequeue(out int point))
        {
            _waiting.Enqueue(point);
        }

        return _waiting.Count > 0;
    }

    private void Ask(int point)
    {
        ref OnsetBracket bracket = ref _brackets[point];
        if (bracket.Status == OnsetStatus.Found && !bracket.IsNarrow(_tolerance))
        {
            Parameters[point * _swept + _drive] = bracket.Middle;
            _waiting.Enqueue(point);
        }
    }
}
