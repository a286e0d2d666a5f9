using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>Reads <c>traces</c>: what is wrong with it alone, and, once the rest of the sweep is known, what does not fit to that.</summary>
internal sealed class TracesReader
{
    private static readonly Unit Milliseconds = Unit.Parse("ms")!;

    // Columns of the table that are no variables.
    private static readonly string[] Taken = ["point", SweepTable.RepeatColumn, "curve", TracesTable.TimeColumn];

    private readonly Findings _findings;
    private readonly YamlText? _key, _to;
    private readonly Quantity? _every, _from, _end;
    private readonly List<TraceVariable> _variables = [];

    /// <summary>Reads the map.</summary>
    /// <param name="file">The sweep file.</param>
    /// <param name="model">The model, with everything that is added to it; null when it is wrong.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    public TracesReader(YamlMap file, ModelDefinition? model, SweepMeasures measures, Findings findings)
    {
        _findings = findings;
        bool measured = measures.HasFlag(SweepMeasures.Traces);
        if (file.Entry(SweepKeys.TracesKey) is not { } entry)
        {
            if (measured)
                findings.Add(file["measure"]!.Place, "it is not said what traces shall hold", hint: "add traces: {every: 0.1 ms}");
            return;
        }
        _key = entry.Key;
        if (!measured)
            findings.Add(entry.Key.Place, "traces are described, but not measured", hint: "add traces to measure, as in measure: [fi, traces]");
        if (file.Map(SweepKeys.TracesKey) is not { } map)
            return;
        map.Check(SweepKeys.Traces, SweepKeys.TracesKey, findings);
        _every = TimeKey.Read(map, "every", isPositive: true, _findings);
        _from = TimeKey.Read(map, "from", isPositive: false, _findings);
        (_end, _to) = (TimeKey.Read(map, "to", isPositive: false, _findings), map.Text("to"));
        if (model is not null)
            ReadVariables(map, model);
    }

    /// <summary>The sweep with its traces.</summary>
    /// <param name="spec">The sweep without them.</param>
    /// <returns>The sweep; the same when it has none, or something is wrong and reported.</returns>
    public SweepSpec AddTo(SweepSpec spec)
    {
        if (_key is null || _every is null || End(spec) is not { } end)
            return spec;
        double every = InMilliseconds(_every.Value.SI), from = InMilliseconds(_from?.SI ?? 0);
        end = InMilliseconds(end);
        // One more than the whole intervals that fit; the axis does not include its stop.
        double steps = Math.Floor(ArangeAxis.Parts(from, end, every)), rows = steps + 1;
        if (!(end >= from))
        {
            _findings.Add((_to ?? _key).Place, "the traces end before they begin", $"from {from} ms to {end} ms");
            return spec;
        }
        ParameterGrid grid = spec.Grid;
        double perCurve = rows * _variables.Count * grid.PointsPerCurve, all = rows * grid.PointCount;
        if (all > TraceSpec.MostRows)
            _findings.Add(_key.Place, "the traces have too many rows",
                $"{all:g4} = {rows:g4} times of {grid.PointCount} points", $"at most {TraceSpec.MostRows:g1}", "take a larger interval, a shorter time or fewer points");
        else if (perCurve > TraceSpec.MostValuesPerCurve)
            _findings.Add(_key.Place, "the traces of one curve are too large",
                $"{perCurve:g4} values = {rows:g4} times of {_variables.Count} variables of {grid.PointsPerCurve} points",
                $"at most {TraceSpec.MostValuesPerCurve:g1}", "take a larger interval, a shorter time, fewer variables or fewer drive values");
        else
            return spec with { Traces = new TraceSpec(new ArangeAxis(TracesTable.TimeColumn, Milliseconds, from, from + (steps + 0.5) * every, every), _variables) };
        return spec;
    }

    // In seconds.
    private double? End(SweepSpec spec)
    {
        if (_end is not null)
            return _end.Value.SI;
        switch (spec.Stimulus)
        {
            case StepStimulus step:
                return step.End;
            case CourseStimulus course:
                Expression end = spec.Model.Inline(course.End);
                if (spec.Swept.FirstOrDefault(name => SymbolicDerivative.Of(end, name) is not Number { SI: 0 }) is not { } swept)
                    return new Interpreter(spec.FixedSI).Evaluate(end);
                _findings.Add(_key!.Place, $"the recordings of the points end at different times, since {swept} is swept",
                    hint: "say with to: when the traces end; where a recording is over, they are NULL");
                return null;
            default:
                throw new ArgumentException($"No such stimulus: {spec.Stimulus}.", nameof(spec));
        }
    }

    // The decimals that people wrote, or that are the sum of what they wrote.
    private static double InMilliseconds(double seconds) =>
        double.Parse(Milliseconds.FromSI(seconds).ToString("E14", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private void ReadVariables(YamlMap map, ModelDefinition model)
    {
        string[] names = [.. model.States.Select(state => state.Name), .. model.Intermediates.Select(each => each.Name)];
        if (map.List("variables") is not { } list)
        {
            _variables.AddRange(model.States.Select(StateOf));
            return;
        }
        if (list.Items.Count == 0)
            _findings.Add(list.Place, "there is no variable to record", allowed: string.Join(", ", names));
        foreach (YamlNode item in list.Items)
        {
            if (!item.Is(YamlKinds.Text, "a variable", _findings))
                continue;
            string name = ((YamlText)item).Value;
            if (_variables.Any(variable => variable.Name == name))
                _findings.Add(item.Place, "a variable is listed twice", Finding.Quote(name), hint: "leave it out");
            else if (Taken.Contains(name))
                _findings.Add(item.Place, "a variable cannot have the name of another column", Finding.Quote(name), hint: "give it another name in the model");
            else if (Read(item.Place, name, names, model) is { } variable)
                _variables.Add(variable);
        }
    }

    private TraceVariable? Read(TextPlace place, string name, string[] names, ModelDefinition model)
    {
        if (model.States.FirstOrDefault(state => state.Name == name) is { } state)
            return StateOf(state);
        if (model.Intermediates.FirstOrDefault(each => each.Name == name) is not { } intermediate)
        {
            _findings.Add(place, $"the model {model.Name} has no such variable", Finding.Quote(name), string.Join(", ", names),
                model.Parameter(name) is not null ? "it is a parameter, and does not change" : DidYouMean.Hint(name, names));
            return null;
        }
        Expression value = model.Inline(intermediate.Value);
        if (model.Noises.FirstOrDefault(noise => SymbolicDerivative.Of(value, noise) is not Number { SI: 0 }) is { } white)
        {
            _findings.Add(place, $"{name} has no value at a time, since it holds the white noise {white}");
            return null;
        }
        if (model.DimensionOf(value) is not { } dimension)
        {
            _findings.Add(place, $"{name} is a condition, which is no number", hint: "record what it compares");
            return null;
        }
        return new TraceVariable(name, UnitOf(dimension, model), intermediate.ToString());
    }

    private static TraceVariable StateOf(StateVariable state) =>
        new(state.Name, state.Unit, state.Summary.Length > 0 ? state.Summary : state.ToString());

    // The unit in which the model writes such quantities, or people do.
    private static Unit UnitOf(Dimension dimension, ModelDefinition model) =>
        model.States.Select(state => state.Unit).Concat(model.Parameters.Select(parameter => parameter.Unit)).FirstOrDefault(unit => unit.Dimension == dimension)
        ?? Unit.Parse(dimension.CommonUnit()) ?? throw new InvalidOperationException($"No unit of {dimension}.");
}
