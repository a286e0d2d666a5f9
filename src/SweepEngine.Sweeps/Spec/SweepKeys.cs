using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

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
        new("synapses", YamlKinds.Map, false, "synapses that are added to the model, each under a name of its own, which is the ending of its parameters' names"),
        new("measure", YamlKinds.List, false,
            "what to compute: fi, rate, rheobase, response, impedance, traces, bifurcations, branches; when the stimulus is no step, [response] without it", "[fi, rheobase]"),
        new(TracesKey, YamlKinds.Map, false, "what the measure traces records over time"),
        new(FollowKey, YamlKinds.Map, false, "which bifurcations the measure bifurcations follows while a second parameter varies beside the drive"),
        new("tolerance", YamlKinds.Text, false, "the relative error asked for, 1e-12 to 1e-2", "1e-6"),
        new("seed", YamlKinds.Text, false, "the seed of random numbers, a whole number", "1"),
        new("repeat", YamlKinds.Text, false, "how many times each point of a random model is computed, with other random numbers, 1 to 100000", "1"),
        new("method", YamlKinds.Text, false,
            $"a method of fixed steps, as clock-driven simulators have them: {string.Join(", ", IntegrationMethodText.FixedSteps.Select(method => method.Text()))}; needs dt", "what the tolerance asks for"),
        new("dt", YamlKinds.Text, false, "the step in which white noise (xi) is integrated, needed for models that have it, or the step of method, such as 0.05 ms"),
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

    /// <summary>The key of <c>stimulus</c> for a course that the file writes out.</summary>
    public static YamlKey Expression { get; } = new("expression", YamlKinds.Map, false, "a course that is written out: an expression over the time t");

    /// <summary>Keys of <c>stimulus</c>, of which there is one.</summary>
    public static IReadOnlyList<YamlKey> Stimulus { get; } = [.. Parts(PartLibrary.Stimuli), Expression];

    /// <summary>Keys of a synapse, of which it has one.</summary>
    public static IReadOnlyList<YamlKey> SynapseKinds { get; } = [.. Parts(PartLibrary.Synapses)];

    /// <summary>Keys of every kind of synapse beside the parameters of the kind.</summary>
    public static IReadOnlyList<YamlKey> SynapseOptions { get; } =
    [
        new("release", YamlKinds.Map, false, "that each spike releases a random part of n quanta, each with the probability p: {n: 5, p: 0.3}", "all of what a spike can"),
        new("mean", YamlKinds.Text, false, "true to replace the spikes by their mean effect, in which the rate is a rate of change", "false"),
        new("input", YamlKinds.Text, false, "the parameter of the model to which the current is added", "I_app or I"),
        new("voltage", YamlKinds.Text, false, "the membrane potential that it sees", "that of the model"),
    ];

    /// <summary>Keys of <c>release</c> of a synapse.</summary>
    public static IReadOnlyList<YamlKey> Release { get; } =
    [
        new("n", YamlKinds.Text, false, "quanta that a spike can release, a whole number"),
        new("p", YamlKinds.Text, false, "probability that a quantum is released"),
    ];

    /// <summary>The key of a synapse with regular spikes for the time of the first.</summary>
    public static YamlKey From { get; } = new("from", YamlKinds.Text, false, "time of the first spike", "0 ms");

    /// <summary>Keys of every kind of synapse that say when its spikes come, of which it has one.</summary>
    public static IReadOnlyList<YamlKey> SynapseInputs { get; } =
    [
        new("rate", YamlKinds.Text, false, "spikes come at random at this rate: a Poisson process"),
        new("every", YamlKinds.Text, false, "spikes come at this interval, from the time 'from' on"),
        new("at", YamlKinds.Text, false, "one spike comes at this time"),
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

    /// <summary>The key that says what is followed in two parameters.</summary>
    public const string FollowKey = "follow";

    /// <summary>Keys of <c>follow</c>.</summary>
    public static IReadOnlyList<YamlKey> Follow { get; } =
    [
        new("point", YamlKinds.Text | YamlKinds.List, true, "the points that are followed: fold, hopf, fold_of_cycles, or several of them, as in [fold, hopf]"),
        new("with", YamlKinds.Text, true, "the second parameter, which the grid does not sweep"),
        new("range", YamlKinds.List, false, "its range, around the value that it has in the sweep: [20 mS/cm^2, 50 mS/cm^2]", "half of that value to twice the value"),
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
        ("rate", SweepMeasures.Rate, "in place of fi: the steady rate of every grid point and nothing else, which takes less time"),
        ("rheobase", SweepMeasures.Rheobase, "the onset of firing of every curve, located between the grid's drive values"),
        ("response", SweepMeasures.Response, "in place of fi: spikes and voltages of every grid point under any stimulus"),
        ("impedance", SweepMeasures.Impedance, "size and phase of the response at the frequency of a sine, besides response"),
        (TracesKey, SweepMeasures.Traces, "variables of every grid point over time"),
        (BifurcationsReader.Word, SweepMeasures.Bifurcations, "every bifurcation of every curve along the drive, its excitability and its bistable range; without fi or rate, nothing is simulated"),
        (BifurcationsReader.BranchesWord, SweepMeasures.Branches, "the equilibria and cycles between the bifurcations, besides bifurcations"),
    ];

    // What a part is, its file says: reading all of them for their names alone took 25 ms of every start.
    private static IEnumerable<YamlKey> Parts(PartLibrary library) => library.Names.Select(name => new YamlKey(name, YamlKinds.Map, false, ""));
}
