using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// Reads sweep files strictly. All that is wrong with a file, and with the model file that it names, is reported together.
/// </summary>
public sealed class SweepSpecReader
{
    private const int LongestName = 100, MostWorkers = 4096;
    private const double LeastTolerance = 1e-12, LargestTolerance = 1e-2, DefaultTolerance = 1e-6;
    private const long LargestSeed = 1L << 53;
    private static readonly int[] LaneWidths = [8, 4, 1];

    private readonly YamlMap _file;
    private readonly string _path;
    private readonly Findings _findings;

    private SweepSpecReader(YamlMap file, string path, Findings findings) => (_file, _path, _findings) = (file, path, findings);

    /// <summary>Reads a sweep file from disk.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="findings">Where everything that is wrong goes, also a file that cannot be read.</param>
    /// <returns>The sweep, or null when something is wrong with it.</returns>
    public static SweepSpec? ReadFile(string path, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        return TextFile.Read(path, new TextPlace(path, 1, 1), findings) is { } text ? Read(text, path, findings) : null;
    }

    /// <summary>Reads the text of a sweep file.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">Its path: for places, and because paths of model files in it are relative to its folder.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The sweep, or null when something is wrong with it.</returns>
    public static SweepSpec? Read(string text, string file, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(findings);
        int before = findings.Count;
        return YamlFile.Read(text, file, findings) is { } map ? new SweepSpecReader(map, file, findings).Read(before) : null;
    }

    private SweepSpec? Read(int findingsBefore)
    {
        _file.Check(SweepKeys.File, "the sweep file", _findings);
        string? name = ReadName();
        PartsReader parts = new(_file, _findings);
        ModelDefinition? model = parts.AddSynapses(ReadModel());
        ModelParameter? driven = ReadDrive(model);
        SweepMeasures measures = ReadMeasures(parts.StimulusName);
        Stimulus? stimulus;
        if (measures.HasFlag(SweepMeasures.Response) || parts.StimulusName is not (null or "step"))
            (model, stimulus) = parts.AddStimulus(model, driven);
        else
            stimulus = parts.ReadStep(driven);
        string? drive = _file.Text("drive")?.Value;
        AxisReader axes = new(model, drive, _findings);
        List<IReadOnlyList<Axis>> groups = _file.Map("grid") is { } map ? axes.Read(map) : [];
        List<KeyValuePair<string, Quantity>> parameters = ReadParameters(model, axes.Swept, parts.Given);
        parts.CheckNeeded(parameter => axes.Swept.ContainsKey(parameter) || _file.Map("parameters")?.Entry(parameter) is not null);
        CheckDrive(axes.Swept);
        CheckMeasures(model, measures, parts.StimulusName);
        BifurcationsReader.Check(_file, model, measures, parts.StimulusName, groups, _findings);
        FollowSpec? follow = FollowReader.Read(_file, model, measures, axes.Swept, parameters, _findings);
        TracesReader traces = new(_file, model, measures, _findings);
        ImpedanceModel? impedance = measures.HasFlag(SweepMeasures.Impedance) ? parts.AddImpedance(drive ?? "", _file["measure"]!.Place) : null;
        double tolerance = ReadTolerance();
        long seed = ReadWhole(_file, "seed", 0, LargestSeed) ?? 1;
        IntegrationMethod method = MethodReader.Read(_file, model, measures, _findings);
        RandomnessReader randomness = new(_file, model, method, _findings);
        ExecutionSpec execution = ReadExecution();
        CheckSize(groups, randomness.Repeats);
        if (_findings.Count > findingsBefore)
            return null;

        IReadOnlyList<Axis> innermost = groups.Single(group => group[0].Parameter == drive);
        SweepSpec spec = traces.AddTo(new SweepSpec
        {
            Name = name!,
            Model = impedance?.Model ?? model!,
            Impedance = impedance is null ? null : new ImpedanceSettings(impedance.Real, impedance.Imaginary),
            Parameters = parameters,
            Grid = new ParameterGrid([.. groups.Where(group => group != innermost), innermost], randomness.Repeats),
            Stimulus = stimulus!,
            Follow = follow,
            Measures = measures,
            Tolerance = tolerance,
            Seed = seed,
            Method = method,
            FixedStep = randomness.FixedStep,
            Execution = execution,
        });
        return _findings.Count > findingsBefore ? null : spec;
    }

    private string? ReadName()
    {
        if (_file.Text("sweep") is not { } name)
            return null;
        bool good = name.Value.Length is > 0 and <= LongestName && char.IsAsciiLetterOrDigit(name.Value[0])
            && name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');
        if (!good)
            _findings.Add(name.Place, "the name of the sweep does not fit", Finding.Quote(name.Value),
                $"1 to {LongestName} of A-Z a-z 0-9 . _ -, beginning with a letter or digit");
        return name.Value;
    }

    private ModelDefinition? ReadModel()
    {
        ModelDefinition? model = _file["model"] switch
        {
            YamlMap more when more.Entry("ode") is not null => OdeModel(more),
            YamlMap inline => ModelReader.Read(inline, _findings),
            YamlText { IsEmpty: false } text => ModelReader.IsPath(text.Value) ? ModelFile(text, null) : LibraryModel(text),
            _ => null,
        };
        return model;
    }

    private static bool IsOde(YamlNode model) =>
        model is YamlMap map ? map.Entry("ode") is not null : ((YamlText)model).Value.EndsWith(XppReader.Ending, StringComparison.OrdinalIgnoreCase);

    private ModelDefinition? OdeModel(YamlMap more)
    {
        more.Check(XppReader.Keys, "the model", _findings);
        return more.Text("ode") is { } ode ? ModelFile(ode, more) : null;
    }

    private ModelDefinition? LibraryModel(YamlText name)
    {
        if (ModelLibrary.Find(name.Value) is { } model)
            return model;
        _findings.Add(name.Place, "there is no such model", Finding.Quote(name.Value), string.Join(", ", ModelLibrary.Names),
            DidYouMean.Hint(name.Value, ModelLibrary.Names) ?? "write the path of a model file as ./name.yaml");
        return null;
    }

    // What a map adds to an .ode file is read with it.
    private ModelDefinition? ModelFile(YamlText written, YamlMap? more)
    {
        string path = Path.Combine(Path.GetDirectoryName(_path) ?? "", written.Value).Replace("/./", "/", StringComparison.Ordinal);
        return TextFile.Read(path, written.Place, _findings) is not { } text ? null
            : more is null ? ModelReader.Read(text, path, _findings) : XppReader.Read(text, path, _findings, more);
    }

    private List<KeyValuePair<string, Quantity>> ReadParameters(
        ModelDefinition? model, IReadOnlyDictionary<string, TextPlace> swept, IReadOnlyList<GivenValue> given)
    {
        List<KeyValuePair<string, Quantity>> parameters = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach ((YamlText key, string name, YamlNode written) in
            (_file.Map("parameters")?.Entries ?? []).Select(entry => new GivenValue(entry.Key, entry.Name, entry.Value)).Concat(given))
        {
            ModelParameter? parameter = model is null ? null : model.Parameter(name) ?? ParameterNames.Find(model, key, _findings);
            if (!known.Add(name))
                _findings.Add(key.Place, $"the parameter {name} is fixed twice", hint: "keep one of the values");
            if (swept.TryGetValue(name, out TextPlace axis))
                _findings.Add(key.Place, $"the parameter {name} is both fixed and swept",
                    hint: $"leave it out here, or its axis in line {axis.Line}");
            if (!written.Is(YamlKinds.Text, name, _findings) || parameter is null
                || !Quantity.TryRead((YamlText)written, name, parameter.Unit.Dimension, _findings, out Quantity value))
                continue;
            ParameterNames.CheckRange(parameter, written.Place, value, _findings);
            parameters.Add(KeyValuePair.Create(name, value));
        }
        return parameters;
    }

    private ModelParameter? ReadDrive(ModelDefinition? model) => _file.Text("drive") is { } drive ? model?.Parameter(drive.Value) : null;

    private void CheckDrive(IReadOnlyDictionary<string, TextPlace> swept)
    {
        if (_file.Text("drive") is { } drive && _file.Map("grid") is not null && !swept.ContainsKey(drive.Value))
            _findings.Add(drive.Place, "the drive is not an axis of the grid", Finding.Quote(drive.Value),
                swept.Count == 0 ? null : string.Join(", ", swept.Keys),
                DidYouMean.Hint(drive.Value, swept.Keys) ?? $"add an axis for {drive.Value} to the grid");
    }

    private SweepMeasures ReadMeasures(string? stimulus)
    {
        if (_file.List("measure") is not { } list)
            return stimulus is null or "step" ? SweepMeasures.FI | SweepMeasures.Rheobase : SweepMeasures.Response;
        SweepMeasures measures = SweepMeasures.None;
        string[] words = [.. SweepKeys.Measures.Select(each => each.Word)];
        if (list.Items.Count == 0)
            _findings.Add(list.Place, "there is nothing to measure", allowed: string.Join(", ", words));
        foreach (YamlNode item in list.Items)
        {
            if (!item.Is(YamlKinds.Text, "a measure", _findings))
                continue;
            string word = ((YamlText)item).Value;
            SweepMeasures measure = SweepKeys.Measures.FirstOrDefault(each => each.Word == word).Measure;
            if (measure == SweepMeasures.None)
                _findings.Add(item.Place, "there is no such measure", Finding.Quote(word), string.Join(", ", words),
                    DidYouMean.Hint(word, words));
            else if (measures.HasFlag(measure))
                _findings.Add(item.Place, "a measure is listed twice", Finding.Quote(word), hint: "leave it out");
            measures |= measure;
        }
        // Points that are simulated have measures in any case.
        if (measures.HasFlag(SweepMeasures.Impedance))
            measures |= SweepMeasures.Response;
        if ((measures & ~BifurcationsReader.Both) == SweepMeasures.Traces)
            measures |= stimulus is null or "step" ? SweepMeasures.FI : SweepMeasures.Response;
        return BifurcationsReader.Complete(measures);
    }

    // Steady rates need a constant drive, onsets a model that does the same twice.
    private void CheckMeasures(ModelDefinition? model, SweepMeasures measures, string? stimulus)
    {
        const string response = "write measure: [response]";
        const SweepMeasures steady = SweepMeasures.FI | SweepMeasures.Rate;
        TextPlace place = (_file["measure"] ?? _file["model"] ?? _file).Place;
        string word = measures.HasFlag(SweepMeasures.FI) ? "fi" : "rate";
        if (measures.HasFlag(steady))
            _findings.Add(place, "rate is one of the measures of fi", hint: "leave out rate, or fi if nothing else is wanted");
        if ((measures & steady) != 0 && measures.HasFlag(SweepMeasures.Response))
            _findings.Add(place, $"{word} and response cannot be measured in one sweep", hint: $"write measure: [{word}, rheobase], or {response[6..]}");
        else if ((measures & steady) != 0 && stimulus is not (null or "step"))
            _findings.Add(place, $"there is no steady rate, and so no {word}, unless the stimulus is a step", Finding.Quote(stimulus), hint: response);
        if (model is null || (measures & (steady | SweepMeasures.Rheobase)) == 0)
            return;
        string lacks = (measures & steady) != 0 ? "f–I curve" : "rheobase";
        if (model.Spike is null)
            _findings.Add(_file["model"]!.Place, $"the model {model.Name} has no spike rule, so it has no {lacks}",
                hint: (IsOde(_file["model"]!) ? "write model: {ode: the file, spike: {when: v > 0}}" : "add spike: {when: V_m > V_th} to the model") + $", or {response}");
        else if (model.IsRandom)
            _findings.Add(place, $"the model {model.Name} is random here, so it has no {lacks}", hint: response);
    }

    private double ReadTolerance()
    {
        if (_file.Text("tolerance") is not { } written)
            return DefaultTolerance;
        if (Quantity.TryRead(written, "tolerance", Dimension.None, _findings, out Quantity tolerance)
            && !(tolerance.SI >= LeastTolerance && tolerance.SI <= LargestTolerance))
            _findings.Add(written.Place, "the tolerance does not fit", Finding.Quote(written.Value), "1e-12 to 1e-2");
        return tolerance.Unit is null ? DefaultTolerance : tolerance.SI;
    }

    private ExecutionSpec ReadExecution()
    {
        if (_file.Map("execution") is not { } execution)
            return new ExecutionSpec();
        execution.Check(SweepKeys.Execution, "execution", _findings);
        long? lanes = ReadWhole(execution, "lanes", 1, 8);
        if (lanes is { } width && !LaneWidths.Contains((int)width))
            _findings.Add(execution.Text("lanes")!.Place, "lanes does not fit", $"{width}", "8, 4 or 1");
        return new ExecutionSpec((int?)ReadWhole(execution, "workers", 1, MostWorkers),
            ReadWhole(execution, "curves_per_shard", 1, ParameterGrid.MostPoints), (int?)lanes);
    }

    private long? ReadWhole(YamlMap map, string key, long least, long most) =>
        map.Text(key) is { } written ? WholeNumber.Read(written, key, least, most, _findings) : null;

    private void CheckSize(List<IReadOnlyList<Axis>> groups, long repeats)
    {
        double points = groups.Aggregate((double)repeats, (product, group) => product * group[0].Count);
        if (points > ParameterGrid.MostPoints)
            _findings.Add(_file.Entry("grid")!.Value.Key.Place, "the grid has too many points",
                string.Join(" × ", groups.Select(group => group[0].Count).Concat(repeats > 1 ? [repeats] : [])), $"at most {ParameterGrid.MostPoints}", "take fewer values");
    }
}
