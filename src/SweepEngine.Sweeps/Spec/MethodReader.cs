using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>Reads <c>method</c>: which one a sweep asks for, and whether that fits the rest of the file.</summary>
internal static class MethodReader
{
    private const string Key = "method";

    /// <summary>Reads it.</summary>
    /// <param name="file">The sweep file.</param>
    /// <param name="model">The model, with everything that is added to it; null when it is wrong.</param>
    /// <param name="measures">What is measured.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The method; <see cref="IntegrationMethod.ToTolerance"/> when it is left out or wrong.</returns>
    public static IntegrationMethod Read(YamlMap file, ModelDefinition? model, SweepMeasures measures, Findings findings)
    {
        if (file.Text(Key) is not { } written)
            return IntegrationMethod.ToTolerance;
        string[] words = [.. IntegrationMethodText.FixedSteps.Select(each => each.Text())];
        int index = Array.IndexOf(words, written.Value);
        if (index < 0)
        {
            findings.Add(written.Place, "there is no such method", Finding.Quote(written.Value), string.Join(", ", words),
                DidYouMean.Hint(written.Value, words) ?? "leave method out to integrate to the tolerance");
            return IntegrationMethod.ToTolerance;
        }

        IntegrationMethod method = IntegrationMethodText.FixedSteps[index];
        if (model is not null && IntegrationMethodText.WhyNot(model) is { } reason)
            findings.Add(written.Place, $"the model {model.Name} {reason}", Finding.Quote(written.Value), hint: "leave method out");
        foreach ((string word, SweepMeasures measure, _) in SweepKeys.Measures)
        {
            if (measure is SweepMeasures.Traces or SweepMeasures.Impedance or SweepMeasures.Bifurcations && measures.HasFlag(measure))
                findings.Add(written.Place, $"methods of fixed steps do not measure {word}", Finding.Quote(written.Value), hint: $"leave out method, or {word}");
        }
        if (file.Text("tolerance") is { } tolerance && !measures.HasFlag(SweepMeasures.Rheobase))
            findings.Add(tolerance.Place, $"the error of {written.Value} follows from dt, and there is no rheobase that the tolerance could be for", Finding.Quote(tolerance.Value),
                hint: "leave tolerance out");
        return method;
    }
}
