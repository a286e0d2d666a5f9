using SweepEngine.Equations;

namespace SweepEngine.Sweeps;

/// <summary>
/// The keys of a sweep file: the reader checks against them, the JSON Schema and the documentation are printed from them.
/// </summary>
public static class SweepKeys
{
    /// <summary>Keys of the file.</summary>
    public static IReadOnlyList<YamlKey> File { get; } =
    [
        new("sweep", YamlKinds.Text, true, "the name of the sweep: letters, digits, '.', '_', '-'"),
        new("model", YamlKinds.Text | YamlKinds.Map, true,
            "a model of the library, the path of a model file such as ./my_model.yaml or ./neuron.ode, or the model itself"),
        new("parameters", YamlKinds.Map, false,
            "parameters that have one value in the whole sweep, such as tau_sra: 200 ms", "the model's defaults"),
        new("grid", YamlKinds.Map, true,
            "the swept parameters, each with its axis; the first is the outermost; zip: advances several together"),
        new("drive", YamlKinds.Text, true, "the swept parameter that is the stimulus; its axis is the innermost and ascends"),
        new("stimulus", YamlKinds.Map, true, "the course of the drive over time"),
        new("measure", YamlKinds.List, false, "what to compute: fi, rheobase, traces", "[fi, rheobase]"),
        new(TracesKey, YamlKinds.Map, false, "what the measure traces records over time"),
        new("tolerance", YamlKinds.Text, false, "the relative error asked for, 1e-12 to 1e-2", "1e-6"),
        new("seed", YamlKinds.Text, false, "the seed of random numbers, a whole number", "1"),
        new("execution", YamlKinds.Map, false, "how the sweep is carried out; none of it changes a result"),
    ];

    /// <summary>The key of <c>grid</c> that is no parameter.</summary>
    public static YamlKey Zip { get; } =
        new("zip", YamlKinds.Map | YamlKinds.List, false,
            "axes of equal length that advance together; a list of such maps for several groups");

    /// <summary>Keys of an axis, of which it has exactly one.</summary>
    public static IReadOnlyList<YamlKey> Axis { get; } =
    [
        new("values", YamlKinds.List, false, "the values themselves: [0 ms, 2 ms, 5 ms]"),
        new("linspace", YamlKinds.List, false, "evenly spaced values, both ends included: [0 pA, 1000 pA, 101]"),
        new("logspace", YamlKinds.List, false, "values with a constant ratio, both ends included: [1 nS, 100 nS, 21]"),
        new("arange", YamlKinds.List, false, "values at a constant step, the stop excluded: [0 pA, 1000 pA, 10 pA]"),
    ];

    /// <summary>Keys of <c>stimulus</c>.</summary>
    public static IReadOnlyList<YamlKey> Stimulus { get; } =
    [
        new("step", YamlKinds.Map, true, "the drive is base, then the grid's value for the duration, then base again"),
    ];

    /// <summary>Keys of <c>stimulus: step</c>.</summary>
    public static IReadOnlyList<YamlKey> Step { get; } =
    [
        new("duration", YamlKinds.Text, true, "the length of the step, above 0 s"),
        new("delay", YamlKinds.Text, false, "the time before the step", "0 s"),
        new("after", YamlKinds.Text, false,
            "the time after the step, in which steady_state_voltage is defined", "0 s"),
        new("base", YamlKinds.Text, false, "the drive outside of the step", "0 in the drive's unit"),
    ];

    /// <summary>The key that says what traces hold; also the word of the measure.</summary>
    public const string TracesKey = "traces";

    /// <summary>Keys of <c>traces</c>.</summary>
    public static IReadOnlyList<YamlKey> Traces { get; } =
    [
        new("every", YamlKinds.Text, true, "the interval of the times that are recorded, above 0 s"),
        new("variables", YamlKinds.List, false, "states and intermediates of the model, such as [V_m, n, I_Na]", "all states"),
        new("from", YamlKinds.Text, false, "the first time, counted from the start of the recording", "0 s"),
        new("to", YamlKinds.Text, false, "no time is later than this", "the end of the recording"),
    ];

    /// <summary>Keys of <c>execution</c>.</summary>
    public static IReadOnlyList<YamlKey> Execution { get; } =
    [
        new("workers", YamlKinds.Text, false, "how many shards are computed at a time, 1 to 4096", "the number of processors"),
        new("curves_per_shard", YamlKinds.Text, false, "how many curves make a shard", "what a short calibration finds"),
        new("lanes", YamlKinds.Text, false, "the width of the registers: 8, 4 or 1", "the best of the processor"),
    ];

    /// <summary>The words of <c>measure</c>.</summary>
    public static IReadOnlyList<(string Word, SweepMeasures Measure, string Summary)> Measures { get; } =
    [
        ("fi", SweepMeasures.FI, "rate, spike count, intervals and voltages of every grid point"),
        ("rheobase", SweepMeasures.Rheobase, "the onset of firing of every curve, located between the grid's drive values"),
        (TracesKey, SweepMeasures.Traces, "variables of every grid point over time"),
    ];
}
