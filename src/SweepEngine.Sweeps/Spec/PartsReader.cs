using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>A value that a sweep file gives to a parameter of a part.</summary>
/// <param name="Key">What the file calls it.</param>
/// <param name="Parameter">Its name in the model.</param>
/// <param name="Value">The value.</param>
internal readonly record struct GivenValue(YamlText Key, string Parameter, YamlNode Value);

/// <summary>Reads <c>synapses</c> and <c>stimulus</c> and adds to the model what they say.</summary>
internal sealed class PartsReader(YamlMap file, Findings findings)
{
    private readonly List<GivenValue> _given = [];
    private readonly List<(TextPlace Place, string What, string Key, string Parameter)> _needed = [];

    private StimulatedModel? _stimulated;

    /// <summary>Values of parameters of the parts.</summary>
    public IReadOnlyList<GivenValue> Given => _given;

    /// <summary>The name of the stimulus; null when there is not exactly one.</summary>
    public string? StimulusName => file.Map("stimulus") is { Entries: [var only] } ? only.Name : null;

    /// <summary>Adds the synapses.</summary>
    /// <returns>The model, or null when something is wrong.</returns>
    public ModelDefinition? AddSynapses(ModelDefinition? model)
    {
        foreach (YamlEntry entry in file.Map("synapses")?.Entries ?? [])
        {
            if (entry.Name.Length == 0 || !entry.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                findings.Add(entry.Key.Place, "the name of the synapse is not valid", Finding.Quote(entry.Name), "letters, digits and _");
            else if (entry.Value.Is(YamlKinds.Map, $"the synapse {entry.Name}", findings)
                && OneOf((YamlMap)entry.Value, SweepKeys.SynapseKinds, $"the synapse {entry.Name}") is { } kind)
                model = AddSynapse(model, entry, kind.Name, (YamlMap)kind.Value);
        }
        return model;
    }

    /// <summary>The stimulus under which a steady rate exists.</summary>
    /// <param name="drive">The drive.</param>
    public StepStimulus? ReadStep(ModelParameter? drive)
    {
        if (Stimulus() is not { Value: YamlMap step })
            return null;
        step.Check(SweepKeys.Step, "the step", findings);
        double? duration = TimeKey.Read(step, "duration", isPositive: true, findings)?.SI;
        double? delay = TimeKey.Read(step, "delay", isPositive: false, findings)?.SI, after = TimeKey.Read(step, "after", isPositive: false, findings)?.SI;
        double rest = 0;
        if (drive is not null && step.Text("base") is { } written
            && Quantity.TryRead(written, $"base (the drive {drive.Name})", drive.Unit.Dimension, findings, out Quantity value))
        {
            ParameterNames.CheckRange(drive, written.Place, value, findings);
            rest = value.SI;
        }
        return duration is null ? null : new StepStimulus(duration.Value, delay ?? 0, after ?? 0, rest);
    }

    /// <summary>Adds the course of the stimulus.</summary>
    /// <param name="model">The model with its synapses.</param>
    /// <param name="drive">The drive, one of its parameters.</param>
    /// <returns>The model and its stimulus, or nulls when something is wrong.</returns>
    public (ModelDefinition? Model, CourseStimulus? Stimulus) AddStimulus(ModelDefinition? model, ModelParameter? drive)
    {
        if (Stimulus() is not { } entry || model is null)
            return (null, null);
        if (drive is null)
        {
            if (file.Text("drive") is { } written)
                ParameterNames.Find(model, written, findings);
            return (null, null);
        }
        YamlMap map = (YamlMap)entry.Value;
        StimulatedModel? stimulated = entry.Name == SweepKeys.Expression.Name ? StimulusComposition.Add(model, drive, map, findings)
            : StimulusComposition.Add(model, drive, PartLibrary.Stimuli.Text(entry.Name), entry.Key.Place, findings);
        if (stimulated is null)
            return (null, null);
        if (entry.Name != SweepKeys.Expression.Name)
            ReadValues($"the stimulus {entry.Name}", entry.Key.Place, map.Entries, stimulated.Parameters);
        _stimulated = stimulated;
        return (stimulated.Model, new CourseStimulus(stimulated.On, stimulated.Off, stimulated.End));
    }

    /// <summary>Adds to the model under a sine what the impedance is measured with.</summary>
    /// <param name="drive">Name of the drive.</param>
    /// <param name="place">Where the impedance is asked for.</param>
    /// <returns>The model, or null when the stimulus is none, or something is wrong with it.</returns>
    public ImpedanceModel? AddImpedance(string drive, TextPlace place)
    {
        if (StimulusName is not (null or "sine"))
            findings.Add(place, "only a sine has the frequency at which the impedance is measured", Finding.Quote(StimulusName), "stimulus: {sine: {frequency: 10 Hz}}");
        if (_stimulated is { Model: { IsRandom: true } random })
            findings.Add(place, $"the model {random.Name} is random here, so it has no impedance", hint: "measure response");
        return StimulusName == "sine" && _stimulated is not null ? ImpedanceComposition.Add(_stimulated, drive, place, findings) : null;
    }

    /// <summary>Reports parameters that have no value: no default, none given, none swept.</summary>
    /// <param name="hasValue">Whether the file gives a value to a parameter of the model elsewhere.</param>
    public void CheckNeeded(Func<string, bool> hasValue)
    {
        foreach ((TextPlace place, string what, string key, string parameter) in _needed)
        {
            if (!hasValue(parameter) && !_given.Exists(given => given.Parameter == parameter))
                findings.Add(place, $"{what} lacks '{key}', which has no default here", hint: $"add '{key}:', or an axis of the grid for {parameter}");
        }
    }

    private YamlEntry? Stimulus() => file.Map("stimulus") is { } map ? OneOf(map, SweepKeys.Stimulus, "the stimulus") : null;

    // The only entry of a map whose keys are kinds; null and a finding otherwise.
    private YamlEntry? OneOf(YamlMap map, IReadOnlyList<YamlKey> kinds, string what)
    {
        int before = findings.Count;
        map.Check(kinds, what, findings);
        if (findings.Count == before && map.Entries.Count != 1)
            findings.Add(map.Place, $"{what} must be of one kind", map.Entries.Count == 0 ? "none" : string.Join(", ", map.Entries.Select(each => each.Name)),
                $"one of {string.Join(", ", kinds.Select(each => each.Name))}");
        return findings.Count == before ? map.Entries[0] : null;
    }

    private ModelDefinition? AddSynapse(ModelDefinition? model, YamlEntry entry, string kind, YamlMap map)
    {
        int before = findings.Count;
        string what = $"the synapse {entry.Name}";
        YamlEntry[] options = [.. map.Entries.Where(each => SweepKeys.SynapseOptions.Any(key => key.Name == each.Name))];
        foreach (YamlEntry option in options)
            option.Value.Is(SweepKeys.SynapseOptions.First(key => key.Name == option.Name).Kinds, option.Name, findings);
        bool isMean = Flag(map, "mean");
        SynapseInput input = map.Entry("every") is not null ? SynapseInput.Regular : map.Entry("at") is not null ? SynapseInput.Once
            : isMean ? SynapseInput.Mean : SynapseInput.Poisson;
        string[] causes = [.. SweepKeys.SynapseInputs.Select(key => key.Name).Where(key => map.Entry(key) is not null)];
        if (causes.Length > 1)
            findings.Add(map.Entry(causes[1])!.Value.Key.Place, $"'{causes[1]}' and '{causes[0]}' cannot stand together", hint: "keep one of them");
        else if (isMean && input is not SynapseInput.Mean)
            findings.Add(map.Entry("mean")!.Value.Key.Place, "only a rate has a mean", $"'{causes[0]}'", "'rate'");
        if (model is null || findings.Count > before)
            return null;
        SynapseRequest request = new(entry.Name, input, map.Map("release") is not null, map.Text("input")?.Value, map.Text("voltage")?.Value);
        if (SynapseComposition.Add(model, request, PartLibrary.Synapses.Text(kind), entry.Key.Place, findings) is not var (composed, parameters))
            return null;
        ReadValues(what, entry.Key.Place, map.Entries.Except(options).Concat(map.Map("release")?.Entries ?? []), parameters);
        return composed;
    }

    private bool Flag(YamlMap map, string key)
    {
        if (map.Text(key) is not { } written)
            return false;
        if (written.Value is not ("true" or "false"))
            findings.Add(written.Place, $"{key} does not fit", Finding.Quote(written.Value), "true or false");
        return written.Value == "true";
    }

    private void ReadValues(string what, TextPlace place, IEnumerable<YamlEntry> entries, PartParameters parameters)
    {
        foreach (YamlEntry entry in entries)
        {
            if (parameters.Names.TryGetValue(entry.Name, out string? name))
                _given.Add(new GivenValue(entry.Key, name, entry.Value));
            else
                findings.Add(entry.Key.Place, $"{what} has no such parameter", Finding.Quote(entry.Name), string.Join(", ", parameters.Names.Keys),
                    DidYouMean.Hint(entry.Name, parameters.Names.Keys));
        }
        foreach ((string key, string name) in parameters.Names)
        {
            if (parameters.WithoutDefault.Contains(name))
                _needed.Add((place, what, key, name));
        }
    }
}
