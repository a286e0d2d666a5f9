using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>How an equation with white noise is integrated. The drift is taken to second order by all of them.</summary>
internal enum NoiseMethod
{
    /// <summary>
    /// The noise's intensity depends on no state. SRA1 of A. Rößler, SIAM J. Numer. Anal. 48 (2010) 922, table 6.1: order 1.5 along each path
    /// (strong), 2 for distributions (weak).
    /// </summary>
    Sra1,

    /// <summary>
    /// The intensity depends on states, and the noises commute: no noise changes the intensity of another one (or there is only one). G. N. Milstein, Theor. Probab.
    /// Appl. 19 (1975) 557; drift by Heun's predictor and corrector: strong order 1, weak order 1.
    /// </summary>
    Milstein,

    /// <summary>Any other noise. G. Maruyama (1955); drift by Heun's predictor and corrector: strong order 1/2, weak order 1.</summary>
    EulerMaruyama,
}

/// <summary>A nonzero element of the matrix of noise intensities: this noise acts on this state.</summary>
/// <param name="State">Index of the state.</param>
/// <param name="Noise">Index of the noise.</param>
internal readonly record struct NoiseEntry(int State, int Noise);

/// <summary>
/// The white noise of a model: what multiplies each noise in each equation, how that depends on the states, and how strongly it moves the conditions
/// for spikes and events. Structural zeros are left out.
/// </summary>
internal sealed class NoiseCode
{
    /// <summary>Prepares the code.</summary>
    /// <param name="code">A model with white noise.</param>
    public NoiseCode(ModelCode code)
    {
        ModelDefinition model = code.Model;
        Noises = model.Noises.Count;
        Expression?[,] intensity = new Expression?[model.States.Count, Noises];
        foreach (NoiseTerm term in model.NoiseTerms)
        {
            intensity[term.State, term.Noise] = term.Intensity;
        }

        Entries = [.. model.NoiseTerms.Select(term => new NoiseEntry(term.State, term.Noise))];
        Intensity = code.Diffusion!;
        IsConstant = Intensity.StateRows == 0 && !Intensity.ReadsTime;
        CompileCorrections(code, intensity);
        Conditions =
        [
            .. new[] { model.Spike?.Threshold }.Concat(model.Events.Select(each => each.When is { } when ? Crossing.Of(when) : null))
                .Select(condition => condition is null ? null : ConditionNoise.Of(code, model.Inline(condition), intensity)),
        ];
    }

    /// <summary>Number of independent noises.</summary>
    public int Noises { get; }

    /// <summary>How the equations are integrated.</summary>
    public NoiseMethod Method { get; private set; }

    /// <summary>Which noise acts on which state: ascending states, within them ascending noises.</summary>
    public NoiseEntry[] Entries { get; }

    /// <summary>What multiplies the noise, of each of <see cref="Entries"/>.</summary>
    public LaneProgram Intensity { get; }

    /// <summary>Whether the intensities depend on parameters alone.</summary>
    public bool IsConstant { get; }

    /// <summary>Where Milstein's correction is not zero.</summary>
    public NoiseEntry[] CorrectionEntries { get; private set; } = [];

    /// <summary>Σ_i b_ik ∂b_lk/∂y_i of each of <see cref="CorrectionEntries"/> (l, k); null when there is none.</summary>
    public LaneProgram? Correction { get; private set; }

    /// <summary>The noise in the spike condition, then in those of the events; null where no noise moves it at once.</summary>
    public IReadOnlyList<ConditionNoise?> Conditions { get; }

    /// <summary>The text of the column <c>method</c>.</summary>
    public string MethodText => Method switch
    {
        NoiseMethod.Sra1 => "sra1",
        NoiseMethod.Milstein => "milstein",
        _ => "euler_maruyama",
    };

    private void CompileCorrections(ModelCode code, Expression?[,] intensity)
    {
        if (Intensity.StateRows == 0)
        {
            Method = NoiseMethod.Sra1;
            return;
        }

        int states = code.Model.States.Count;
        // How noise j changes the intensity of noise k in state l.
        Expression? Change(int j, int k, int l)
        {
            Expression? sum = null;
            for (int i = 0; i < states && intensity[l, k] is not null; i++)
            {
                if (intensity[i, j] is { } moved && NonZero(SymbolicDerivative.Of(intensity[l, k]!, code.Model.States[i].Name)) is { } slope)
                {
                    sum = Sum(sum, Product(moved, slope));
                }
            }

            return sum;
        }

        for (int j = 0; j < Noises; j++)
        {
            for (int k = 0; k < Noises; k++)
            {
                for (int l = 0; l < states; l++)
                {
                    if (j != k && Change(j, k, l) is not null)
                    {
                        Method = NoiseMethod.EulerMaruyama;
                        return;
                    }
                }
            }
        }

        Method = NoiseMethod.Milstein;
        List<NoiseEntry> entries = [];
        List<Expression> corrections = [];
        foreach (NoiseEntry entry in Entries)
        {
            if (Change(entry.Noise, entry.Noise, entry.State) is { } correction)
            {
                entries.Add(entry);
                corrections.Add(correction);
            }
        }

        if (corrections.Count > 0)
        {
            CorrectionEntries = [.. entries];
            Correction = code.CompileExpressions(corrections);
        }
    }

    internal static Expression? NonZero(Expression expression) => expression is Number { SI: 0 } ? null : expression;

    internal static Expression Sum(Expression? sum, Expression term) => sum is null ? term : new Binary(BinaryOperator.Add, sum, term);

    internal static Expression Product(Expression a, Expression b) => new Binary(BinaryOperator.Multiply, a, b);
}

/// <summary>How white noise moves a condition g > 0: per time, the variance of g grows by Σ_k s_k², s_k = Σ_i ∂g/∂y_i b_ik.</summary>
internal sealed class ConditionNoise
{
    private ConditionNoise(LaneProgram variance, LaneProgram direction)
    {
        (Variance, Direction) = (variance, direction);
        IsConstant = variance.StateRows == 0 && !variance.ReadsTime;
    }

    /// <summary>One output: Σ_k s_k² [square of the condition's unit, per s].</summary>
    public LaneProgram Variance { get; }

    /// <summary>Σ_k b_ik s_k of every state i: divided by the variance, how far the state is expected to lie off when g does.</summary>
    public LaneProgram Direction { get; }

    /// <summary>Whether the variance depends on parameters alone.</summary>
    public bool IsConstant { get; }

    /// <summary>Null when no noise moves the condition at once.</summary>
    public static ConditionNoise? Of(ModelCode code, Expression condition, Expression?[,] intensity)
    {
        int states = intensity.GetLength(0), noises = intensity.GetLength(1);
        Expression?[] slopes = [.. code.Model.States.Select(state => NoiseCode.NonZero(SymbolicDerivative.Of(condition, state.Name)))];
        Expression? variance = null;
        var direction = new Expression?[states];
        for (int k = 0; k < noises; k++)
        {
            Expression? moves = null;
            for (int i = 0; i < states; i++)
            {
                if (slopes[i] is { } slope && intensity[i, k] is { } element)
                {
                    moves = NoiseCode.Sum(moves, NoiseCode.Product(slope, element));
                }
            }

            if (moves is null)
            {
                continue;
            }

            variance = NoiseCode.Sum(variance, NoiseCode.Product(moves, moves));
            for (int i = 0; i < states; i++)
            {
                if (intensity[i, k] is { } element)
                {
                    direction[i] = NoiseCode.Sum(direction[i], NoiseCode.Product(element, moves));
                }
            }
        }

        return variance is null ? null
            : new ConditionNoise(code.CompileExpressions([variance]), code.CompileExpressions([.. direction.Select(each => each ?? new Number(0))]));
    }
}
