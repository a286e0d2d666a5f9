using System.Text;
using SweepEngine.Equations;

namespace SweepEngine.Models;

/// <summary>The parts of a library as a page of Markdown. <c>docs/stimuli.md</c> and <c>docs/synapses.md</c> are printed by this.</summary>
public static class PartPage
{
    private const string Stimuli = """
        # Stimuli

        `stimulus: {NAME: {parameter: value, ...}}` in a sweep file gives the drive its course over time: wherever the model uses the drive, the course
        stands instead, and the drive's value in the grid is the size of the stimulus. The parameters become parameters of the model. They can be given in
        the stimulus, or swept by the grid, as in

        ```yaml
        grid: {frequency: {logspace: [1 Hz, 100 Hz, 21]}, I_app: {values: [10 pA, 20 pA]}}
        drive: I_app
        stimulus: {sine: {duration: 2 s}}
        ```

        A parameter whose name the model has already gets the ending `_stimulus`. What is measured is the `response` ([columns](columns.md)) between `on` and
        `off`, and `rheobase`, the least drive that makes a spike there; under a `step` also `fi`, the steady rate. A course of one's own is an expression
        over the time, the drive, and everything in the model, with the equations, states, events and parameters that it needs:

        ```yaml
        stimulus:
          expression:
            course: I_app*exp(-((t - 50 ms)/width)^2)
            duration: 200 ms
            breaks: [50 ms]            # times of jumps and kinks; this course has none
            parameters: {width: {default: 5 ms, above: 0 ms}}
        ```

        Each stimulus is a file in `src/SweepEngine.Models/Stimuli`; this page is printed from those files.
        """;

    private const string Synapses = """
        # Synapses

        Synapses are added to any model by a sweep file:

        ```yaml
        synapses:
          exc: {exponential: {rate: 800 Hz, g_max: 1 nS}}
          inh: {gaba_a: {every: 10 ms, g_max: 2 nS, release: {n: 5, p: 0.3}}}
        ```

        The name of a synapse is the ending of everything that it adds: `g_max_exc`, `rate_exc`, `E_inh`, `p_inh` are parameters that the grid can sweep, and
        `rate_exc` can be the drive. Its current is added to the parameter `I_app` or `I` of the model, or to the one named by `input:`; the membrane
        potential is the model's, or the one named by `voltage:`. Presynaptic spikes come at random (`rate:`, a Poisson process), at an interval
        (`every:`, the first at `from:`) or once (`at:`). With `release: {n: 5, p: 0.3}` each releases a binomially distributed part w of n quanta, else w is 1.
        `mean: true` replaces random spikes by their mean: what a spike adds becomes a rate of change.

        The receptors `ampa`, `gaba_a`, `gaba_b` and `nmda` are those of one synapse, and saturate. Many synapses of one kind together are better
        described by `exponential` and its like, which add up.

        Defaults are given for currents in pA and for those in uA/cm^2; in models with other units, such as pure numbers, what depends on them must be given.

        Each synapse is a file in `src/SweepEngine.Models/Synapses`; this page is printed from those files.
        """;

    /// <summary>The page of the stimuli.</summary>
    /// <returns>Markdown with a last newline.</returns>
    public static string PrintStimuli() => Print(PartLibrary.Stimuli, Stimuli, "0 of the drive's unit");

    /// <summary>The page of the synapses.</summary>
    /// <returns>Markdown with a last newline.</returns>
    public static string PrintSynapses() => Print(PartLibrary.Synapses, Synapses, null);

    private static string Print(PartLibrary library, string introduction, string? zeroOfDrive)
    {
        StringBuilder page = new(introduction.ReplaceLineEndings("\n"));
        (PartDescription Total, PartDescription PerArea)[] parts = [.. library.Names.Select(name => (library.Describe(name, "pA"), library.Describe(name, "uA/cm^2")))];
        page.Append("\n\n| name | what it is |\n|---|---|\n");
        foreach ((PartDescription part, _) in parts)
            page.Append($"| [{part.Name}](#{part.Name}) | {part.Summary} |\n");
        foreach ((PartDescription part, PartDescription perArea) in parts)
        {
            page.Append($"\n## {part.Name}\n\n{part.Summary}\n\n```\n").AppendJoin("", part.Formulas.Select(formula => $"{formula}\n"));
            page.Append("```\n\n| parameter | default | range | meaning |\n|---|---|---|---|\n");
            for (int i = 0; i < part.Parameters.Count; i++)
            {
                ModelParameter parameter = part.Parameters[i], other = perArea.Parameters[i];
                bool depends = !parameter.Unit.Equals(other.Unit);
                string text = part.MustBeGiven.Contains(parameter.Name) ? "must be given" : !depends ? $"{parameter.Default}"
                    : zeroOfDrive ?? $"{parameter.Default} or {other.Default}";
                string range = depends && parameter.Lower is { Value.Value: 0, Open: false } ? "at least 0" : parameter.RangeText;
                page.Append($"| `{parameter.Name}` | {text} | {range} | {parameter.Summary} |\n");
            }
            if (part.Source.Length > 0)
                page.Append($"\nSource: {part.Source}\n");
        }
        return page.ToString();
    }
}
