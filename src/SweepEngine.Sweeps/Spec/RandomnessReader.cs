using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>Reads <c>repeat</c>, which only random models have, and <c>dt</c>, which white noise and methods of fixed steps have.</summary>
internal sealed class RandomnessReader
{
    /// <summary>Most repeats of a point: a curve is computed as one.</summary>
    public const long MostRepeats = 100_000;

    /// <summary>Reads both.</summary>
    /// <param name="file">The sweep file.</param>
    /// <param name="model">The model, with everything that is added to it; null when it is wrong.</param>
    /// <param name="method">The method, which may need <c>dt</c> as well.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    public RandomnessReader(YamlMap file, ModelDefinition? model, IntegrationMethod method, Findings findings)
    {
        if (file.Text("repeat") is { } repeat && WholeNumber.Read(repeat, "repeat", 1, MostRepeats, findings) is { } repeats)
        {
            Repeats = repeats;
            if (repeats > 1 && model is { IsRandom: false })
                findings.Add(repeat.Place, $"the model {model.Name} is not random, so all its repeats are the same", Finding.Quote(repeat.Value), "1",
                    "leave repeat out, or add noise (xi) or random events to the model");
        }

        bool noisy = model is { Noises.Count: > 0 };
        if (file.Text("dt") is { } written)
        {
            if (Quantity.TryRead(written, "dt", Dimension.Time, findings, out Quantity step))
            {
                if (!(step.SI > 0))
                    findings.Add(written.Place, "dt does not fit", Finding.Quote(written.Value), "above 0 s");
                FixedStep = step.SI;
            }

            if (model is not null && !noisy && method is IntegrationMethod.ToTolerance)
                findings.Add(written.Place, $"the model {model.Name} has no white noise, so its steps follow from the tolerance",
                    hint: $"leave dt out, or add a method of fixed steps: {string.Join(", ", IntegrationMethodText.FixedSteps.Select(each => each.Text()))}");
        }
        else if (method is not IntegrationMethod.ToTolerance)
        {
            findings.Add(file.Text("method")!.Place, $"the method {method.Text()} makes fixed steps, and dt is missing", hint: "add dt, such as dt: 0.01 ms");
        }
        else if (noisy)
        {
            findings.Add((file["model"] ?? file).Place, $"the model {model!.Name} has white noise ({string.Join(", ", model.Noises)}), which is integrated in fixed steps, and dt is missing",
                hint: "add dt: about a hundredth of the membrane's or the fastest gate's time constant, such as dt: 0.05 ms; right when half of it does not move the means");
        }
    }

    /// <summary>How many times each point is computed; 1 when left out.</summary>
    public long Repeats { get; } = 1;

    /// <summary>The step [s]; null when left out.</summary>
    public double? FixedStep { get; }
}
