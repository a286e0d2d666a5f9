using System.Text;

namespace SweepEngine.Equations;

/// <summary>A neuron model: its equations, states and parameters, read and checked by <see cref="ModelReader"/>.</summary>
public sealed class ModelDefinition
{
    private readonly Inliner _inliner;

    internal ModelDefinition(Inliner inliner) => _inliner = inliner;

    /// <summary>Name of the model, such as <c>lif_adapt</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it is, in a sentence; may be empty.</summary>
    public required string Summary { get; init; }

    /// <summary>The paper or book it comes from; may be empty.</summary>
    public required string Source { get; init; }

    /// <summary>The state that is the membrane potential; null when there is none.</summary>
    public required string? Voltage { get; init; }

    /// <summary>The parameters, in the order of the file.</summary>
    public required IReadOnlyList<ModelParameter> Parameters { get; init; }

    /// <summary>The state variables, in the order of the file, which is the order of all vectors of states.</summary>
    public required IReadOnlyList<StateVariable> States { get; init; }

    /// <summary>The named intermediates, in the order of the file.</summary>
    public required IReadOnlyList<Intermediate> Intermediates { get; init; }

    /// <summary>The functions, in the order of the file, then those of the closed forms that are called.</summary>
    public required IReadOnlyList<ModelFunction> Functions { get; init; }

    /// <summary>What makes a spike and what follows it; null for a model without spikes.</summary>
    public required SpikeRule? Spike { get; init; }

    /// <summary>What else happens to the state, in the order of the file; of two events at one time the earlier in this list comes first.</summary>
    public IReadOnlyList<ModelEvent> Events { get; init; } = [];

    /// <summary>The random numbers in the start values, in the order in which they are drawn.</summary>
    public IReadOnlyList<RandomDraw> StartDraws { get; init; } = [];

    /// <summary>
    /// Names of the independent white noises in the equations, such as <c>xi</c> [s^-0.5]; the derivatives are linear in them, in the sense of Itô.
    /// </summary>
    public IReadOnlyList<string> Noises { get; init; } = [];

    /// <summary>
    /// What each noise adds to each derivative, written out; where that is nothing, there is no term. Ascending states, within them the order of <see cref="Noises"/>.
    /// </summary>
    public IReadOnlyList<NoiseTerm> NoiseTerms => field ??= FindNoiseTerms();

    /// <summary>True when two runs of one point differ: with white noise, or with random numbers at the start or at events.</summary>
    public bool IsRandom => Noises.Count > 0 || StartDraws.Count > 0 || Spike is { Draws.Count: > 0 } || Events.Any(each => each.Draws.Count > 0);

    /// <summary>
    /// The model as text for a content hash. Comments, white space, the spelling of numbers and superfluous parentheses make no
    /// difference, nor does order where it has no meaning: of parameters, equations and assignments of a reset. The order of the states
    /// is kept, since sums over states round differently in another order. Summaries and source are left out.
    /// </summary>
    public string CanonicalText => field ??= Canonical();

    /// <summary>Writes intermediates and functions out.</summary>
    /// <param name="expression">An expression of this model.</param>
    /// <returns>The same over <c>t</c>, <c>pi</c>, states and parameters alone.</returns>
    public Expression Inline(Expression expression) => _inliner.Inline(expression);

    /// <summary>Writes intermediates and functions out, and expressions in the place of states or parameters.</summary>
    /// <param name="expression">An expression of this model.</param>
    /// <param name="values">What stands for which name, written out itself.</param>
    /// <returns>The same over <c>t</c>, <c>pi</c>, and what is left of states and parameters.</returns>
    public Expression InlineWith(Expression expression, IReadOnlyDictionary<string, Expression> values) =>
        Inliner.Replace(Inline(expression), new Dictionary<string, Expression>(values));

    /// <summary>The start value of a state with everything written out: over parameters alone.</summary>
    /// <param name="state">Index of the state.</param>
    /// <returns>The expression.</returns>
    public Expression InlineStart(int state) => _inliner.Start(States[state].Name);

    /// <summary>An expression at t = 0 with everything written out: over parameters alone, and random numbers of the start where it uses a state that starts from one.</summary>
    /// <param name="expression">An expression of this model.</param>
    /// <returns>The expression.</returns>
    public Expression InlineAtStart(Expression expression) => _inliner.InlineAtStart(expression);

    /// <summary>Finds a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The parameter, or null when there is none.</returns>
    public ModelParameter? Parameter(string name) => Parameters.FirstOrDefault(parameter => parameter.Name == name);

    /// <summary>Finds a state.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>Its index in <see cref="States"/>, or −1 when there is none.</returns>
    public int StateIndex(string name)
    {
        for (int i = 0; i < States.Count; i++)
        {
            if (States[i].Name == name)
                return i;
        }
        return -1;
    }

    private NoiseTerm[] FindNoiseTerms()
    {
        List<NoiseTerm> terms = [];
        for (int i = 0; i < States.Count && Noises.Count > 0; i++)
        {
            Expression derivative = Inline(States[i].Derivative);
            for (int k = 0; k < Noises.Count; k++)
            {
                if (SymbolicDerivative.Of(derivative, Noises[k]) is not Number { SI: 0 } and var intensity)
                    terms.Add(new NoiseTerm(i, k, intensity));
            }
        }
        return [.. terms];
    }

    private string Canonical()
    {
        StringBuilder text = new();
        void Line(string line) => text.Append(line).Append('\n');

        Line($"model {Name}");
        Line($"voltage {Voltage}");
        foreach (ModelParameter parameter in Parameters.OrderBy(parameter => parameter.Name, StringComparer.Ordinal))
            Line($"parameter {parameter.Name} = {parameter.Default}{(parameter.RangeText.Length > 0 ? ", " : "")}{parameter.RangeText}");
        foreach (ModelFunction function in Functions.OrderBy(function => function.Name, StringComparer.Ordinal))
            Line(function.Table?.CanonicalText() ?? function.ToString());
        foreach (Intermediate intermediate in Intermediates.OrderBy(intermediate => intermediate.Name, StringComparer.Ordinal))
            Line(intermediate.ToString());
        foreach (StateVariable state in States)
            Line($"{state}, unit {state.Unit}, start {state.Start}");
        if (Spike is not null)
        {
            Line($"when {Spike.When}");
            foreach (ResetAssignment assignment in Spike.Reset.OrderBy(assignment => StateIndex(assignment.State)))
                Line($"reset {assignment}");
            if (Spike.RefractoryFor is not null)
                Line($"refractory {Spike.RefractoryFor}, hold {string.Join(' ', Spike.Hold.OrderBy(StateIndex))}");
            Draws(Spike.Draws);
        }
        foreach (ModelEvent happening in Events)
        {
            Line(happening.Times is { } times ? $"event at {times.First}, every {times.Every}, last {times.Last}" : $"event when {happening.When}");
            foreach (ResetAssignment assignment in happening.Reset.OrderBy(assignment => StateIndex(assignment.State)))
                Line($"reset {assignment}");
            if (happening.RefractoryFor is not null)
                Line($"refractory {happening.RefractoryFor}, hold {string.Join(' ', happening.Hold.OrderBy(StateIndex))}");
            Draws(happening.Draws);
        }
        Draws(StartDraws);
        foreach (string noise in Noises)
            Line($"noise {noise}");
        return text.ToString();

        void Draws(IReadOnlyList<RandomDraw> draws)
        {
            foreach (RandomDraw draw in draws)
                Line($"draw {draw}");
        }
    }
}

/// <summary>One end of a parameter's range.</summary>
/// <param name="Value">The value there.</param>
/// <param name="Open">True when the value itself is outside.</param>
public readonly record struct Bound(Quantity Value, bool Open);

/// <summary>A parameter of a model.</summary>
/// <param name="Name">The field's symbol, such as <c>tau_ref</c>.</param>
/// <param name="Default">Its value unless a sweep says otherwise; its unit is the unit in which the parameter is shown.</param>
/// <param name="Lower">The lower end of its range; null when there is none.</param>
/// <param name="Upper">The upper end of its range; null when there is none.</param>
/// <param name="Summary">A line about it; may be empty.</param>
public sealed record ModelParameter(string Name, Quantity Default, Bound? Lower, Bound? Upper, string Summary)
{
    /// <summary>The unit in which it is shown.</summary>
    public Unit Unit => Default.Unit;

    /// <summary>The range in words.</summary>
    public string RangeText => string.Join(", ", new[]
    {
        Lower is { } lower ? $"{(lower.Open ? "above" : "at least")} {lower.Value}" : null,
        Upper is { } upper ? $"{(upper.Open ? "below" : "at most")} {upper.Value}" : null,
    }.Where(end => end is not null));

    /// <summary>Whether a value lies in the range.</summary>
    /// <param name="si">The value in SI units.</param>
    /// <returns>False also for infinities and NaN.</returns>
    public bool Allows(double si) =>
        double.IsFinite(si)
        && (Lower is not { } lower || si > lower.Value.SI || (!lower.Open && si == lower.Value.SI))
        && (Upper is not { } upper || si < upper.Value.SI || (!upper.Open && si == upper.Value.SI));
}

/// <summary>A state variable of a model.</summary>
/// <param name="Name">The field's symbol, such as <c>V_m</c>.</param>
/// <param name="Unit">The unit in which it is shown.</param>
/// <param name="Derivative">Right side of its differential equation, as written.</param>
/// <param name="Start">Its value at t = 0, as written: over parameters and the start values of other states.</param>
/// <param name="Summary">A line about it; may be empty.</param>
public sealed record StateVariable(string Name, Unit Unit, Expression Derivative, Expression Start, string Summary)
{
    /// <summary>Its differential equation.</summary>
    /// <returns>For example <c>dg_sra/dt = -g_sra/tau_sra</c>.</returns>
    public override string ToString() => $"d{Name}/dt = {Derivative}";
}

/// <summary>What a white noise adds to a derivative: the noise times its intensity.</summary>
/// <param name="State">Index of the state.</param>
/// <param name="Noise">Index of the noise in <see cref="ModelDefinition.Noises"/>.</param>
/// <param name="Intensity">What multiplies the noise, over t, states and parameters [SI].</param>
public sealed record NoiseTerm(int State, int Noise, Expression Intensity);

/// <summary>A named part of the equations.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">What it stands for, as written.</param>
public sealed record Intermediate(string Name, Expression Value)
{
    /// <summary>Its equation.</summary>
    /// <returns>For example <c>I_Na = g_Na*m^3*h*(V_m - E_Na)</c>.</returns>
    public override string ToString() => $"{Name} = {Value}";
}

/// <summary>A function that a model defines by a formula or a table, or a closed form that it calls.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Arguments">Names of its arguments.</param>
/// <param name="Body">What it gives, as written.</param>
public sealed record ModelFunction(string Name, IReadOnlyList<string> Arguments, Expression Body)
{
    /// <summary>Dimensions of the arguments and of what it gives; null when it takes whatever makes sense in its body.</summary>
    internal (IReadOnlyList<Dimension> Arguments, Dimension Result)? Signature { get; init; }

    /// <summary>The table that it is; null when it is a formula.</summary>
    public LookupTable? Table => (Body as Lookup)?.Table;

    /// <summary>Of a table, the units in which its first argument and value are shown.</summary>
    internal (Unit Argument, Unit Value) Units { get; init; } = (Unit.One, Unit.One);

    /// <summary>Its equation; of a table, its ends.</summary>
    /// <returns>For example <c>beta_n(V) = 0.125/ms*exp(-(V + 65 mV)/80 mV)</c>, or <c>m_inf(x) = table of 9 points from (-80 mV, 0) to (0 mV, 1)</c>.</returns>
    public override string ToString()
    {
        if (Table is not { } table)
            return $"{Name}({string.Join(", ", Arguments)}) = {Body}";
        return $"{Name}({Arguments[0]}) = table of {table.X.Count} points from {Point(0)} to {Point(table.X.Count - 1)}, "
            + (table.Continues ? "its end lines go on beyond" : "its end values hold beyond");
        string Point(int i) => $"({new Quantity(Units.Argument.FromSI(table.X[i]), Units.Argument)}, {new Quantity(Units.Value.FromSI(table.Y[i]), Units.Value)})";
    }
}

/// <summary>What a state becomes at a spike.</summary>
/// <param name="State">Name of the state.</param>
/// <param name="Value">Its new value, over the values just before the spike.</param>
public sealed record ResetAssignment(string State, Expression Value)
{
    /// <summary>The assignment as a person writes it.</summary>
    /// <param name="draws">The random numbers that it may use.</param>
    /// <returns>For example <c>V_m = E_L + sigma*normal()</c>.</returns>
    public string Show(IReadOnlyList<RandomDraw> draws) => (this with { Value = RandomDraw.Show(Value, draws) }).ToString();

    /// <summary>The assignment as an equation.</summary>
    /// <returns>For example <c>g_sra = g_sra + g_adapt</c>.</returns>
    public override string ToString() => $"{State} = {Value}";
}

/// <summary>A condition whose becoming true is something that happens.</summary>
public static class Crossing
{
    /// <summary>A continuous function that crosses zero upward there: <c>a - b</c> of <c>a &gt; b</c>, <c>b - a</c> of <c>a &lt; b</c>.</summary>
    /// <param name="when">The comparison, one of these two.</param>
    /// <returns>The function.</returns>
    public static Expression Of(Binary when)
    {
        ArgumentNullException.ThrowIfNull(when);
        return when.Operator is BinaryOperator.Greater
            ? new Binary(BinaryOperator.Subtract, when.Left, when.Right) { Place = when.Place }
            : new Binary(BinaryOperator.Subtract, when.Right, when.Left) { Place = when.Place };
    }
}

/// <summary>What makes a spike and what follows it.</summary>
/// <param name="When">The comparison, as written: <c>a &gt; b</c> or <c>a &lt; b</c>.</param>
/// <param name="Reset">New values of states; empty in a model whose spikes are smooth.</param>
/// <param name="RefractoryFor">How long the states in <paramref name="Hold"/> are held [s], over the values just before the spike; null for not at all.</param>
/// <param name="Hold">States whose derivative is zero while refractory.</param>
public sealed record SpikeRule(Binary When, IReadOnlyList<ResetAssignment> Reset, Expression? RefractoryFor, IReadOnlyList<string> Hold)
{
    /// <summary>The random numbers in <see cref="Reset"/>, in the order in which they are drawn.</summary>
    public IReadOnlyList<RandomDraw> Draws { get; init; } = [];

    /// <summary>A continuous function that crosses zero upward at a spike.</summary>
    public Expression Threshold { get; } = Crossing.Of(When);
}

/// <summary>Something that happens to the state and is no spike. It has either a condition or times.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="When">It happens where this comparison, <c>a &gt; b</c> or <c>a &lt; b</c>, becomes true; null when it has times.</param>
/// <param name="Times">When it happens; null when it has a condition.</param>
/// <param name="Reset">
/// New values of states, over the values just before. When empty, the equations have a kink there: integration ends a step at the event and starts anew.
/// </param>
/// <param name="RefractoryFor">How long the states in <paramref name="Hold"/> are held [s], over the values just before; null for not at all.</param>
/// <param name="Hold">States whose derivative is zero for that time; while it lasts, an event with a condition does not happen again.</param>
public sealed record ModelEvent(
    string Name, Binary? When, EventTimes? Times, IReadOnlyList<ResetAssignment> Reset, Expression? RefractoryFor, IReadOnlyList<string> Hold)
{
    /// <summary>When it happens, as in the file.</summary>
    /// <returns>For example <c>at t_on, every period, until t_off</c> or <c>when Ca &gt; Ca_th</c>.</returns>
    public string Cause() => Times is not { } times ? $"when {When}"
        : $"at {times.First}{(times.Every is null ? "" : $", every {times.Every}")}{(times.Last is null ? "" : $", until {times.Last}")}";

    /// <summary>The random numbers in <see cref="Reset"/>, in the order in which they are drawn.</summary>
    public IReadOnlyList<RandomDraw> Draws { get; init; } = [];
}

/// <summary>Times known beforehand: First, First + Every, First + 2 Every, … up to Last. Expressions over parameters alone [s].</summary>
/// <param name="First">The first time. None at all when it is below 0.</param>
/// <param name="Every">The interval, above 0; null for one time only.</param>
/// <param name="Last">No later time than this; null for no end.</param>
public sealed record EventTimes(Expression First, Expression? Every, Expression? Last);

/// <summary>The distribution of a random number.</summary>
public enum RandomKind
{
    /// <summary>Evenly distributed between 0 and 1, both excluded.</summary>
    Uniform,

    /// <summary>Normally distributed with mean 0 and variance 1.</summary>
    Normal,

    /// <summary>Successes in n independent trials of probability p.</summary>
    Binomial,
}

/// <summary>A random number in a start value or a reset.</summary>
/// <param name="Name">The symbol that stands for it in the expression; no user can write it.</param>
/// <param name="Kind">Its distribution.</param>
/// <param name="Arguments">Parameters of the distribution, over what the expression itself may use: n and p of <see cref="RandomKind.Binomial"/>, else none.</param>
public sealed record RandomDraw(string Name, RandomKind Kind, IReadOnlyList<Expression> Arguments)
{
    /// <summary>The expression as a person writes it: with calls such as <c>normal()</c> in the place of the names of draws.</summary>
    /// <param name="expression">A start value, or a value of a reset.</param>
    /// <param name="draws">The random numbers that it may use.</param>
    /// <returns>The expression.</returns>
    public static Expression Show(Expression expression, IReadOnlyList<RandomDraw> draws)
    {
        ArgumentNullException.ThrowIfNull(draws);
        return draws.Count == 0 ? expression : Inliner.Replace(expression, draws.ToDictionary(draw => draw.Name, draw => (Expression)new Call(
            BuiltIn.Draws.First(each => each.Value.Kind == draw.Kind).Key, draw.Arguments), StringComparer.Ordinal));
    }

    /// <summary>The draw as an equation.</summary>
    /// <returns>For example <c>binomial#1 = Binomial(n, p_rel)</c>.</returns>
    public override string ToString() => $"{Name} = {Kind}({string.Join(", ", Arguments)})";
}
