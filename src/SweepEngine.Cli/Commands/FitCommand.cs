using System.CommandLine;
using SweepEngine.Equations;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep fit</c>.</summary>
internal static class FitCommand
{
    private const string ThresholdLinear = "threshold_linear";
    private const string Cascade = "ln";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var folder = new Argument<string>("DIR") { Description = "Folder of a complete sweep with measure: [fi], as results/NAME" };
        var kind = new Option<string>("--as") { HelpName = "KIND", Description = $"{ThresholdLinear}: gain and onset; {Cascade}: linear filter and the f-I curve as a table", Required = true };
        kind.AcceptOnlyFromAmong(ThresholdLinear, Cascade);
        var where = new Option<string[]>("--where") { HelpName = "PARAMETER=VALUE", Description = "Which curve, where the sweep has several: g_adapt=1, or 'g_adapt=1 nS'", AllowMultipleArgumentsPerToken = true };
        var tau = new Option<string?>("--tau") { HelpName = "TIME", Description = "Time constant, such as '10 ms' [C_m/g_L or tau_m of the sweep's model]" };
        var to = new Option<string?>("--to") { HelpName = "FILE", Description = "File to write the model to [printed]" };
        var command = new DetailedCommand("fit", "Fit a reduced description to an f-I curve of a sweep, and write it as a model.",
            """
            The model is a file that sweeps accept: write model: ./FILE. Its rate r is where other models have their voltage.

            Example: sweep fit results/adaptation-atlas --as threshold_linear --where g_adapt=1 tau_ref=2 --to rate.yaml
                     sweep fit results/adaptation-atlas --as ln --where g_adapt=1 tau_ref=2 --tau '5 ms' --to cascade.yaml
            """)
        {
            folder, kind, where, tau, to,
        };
        command.SetAction(parsed => Fit(
            parsed.GetRequiredValue(folder), parsed.GetRequiredValue(kind), parsed.GetValue(where) ?? [], parsed.GetValue(tau), parsed.GetValue(to)));
        return command;
    }

    private static void Fit(string folder, string kind, string[] where, string? tauText, string? to)
    {
        FICurve curve = FICurveReader.Read(folder, where);
        double tau = TimeConstant(tauText, curve);
        (string model, string[] quality) = kind == ThresholdLinear ? AsThresholdLinear(curve, tau) : AsCascade(curve, tau);
        if (to is not null && File.Exists(to))
        {
            throw new WrongInputException($"--to: there is already such a file: found {Finding.Quote(to)}\n    next step: choose another name, or delete it");
        }

        // The model alone goes to the standard output, so that it can be redirected into a file.
        TextWriter words = to is null ? Console.Error : Console.Out;
        words.WriteLine($"{kind} fitted to {curve.Origin()}");
        words.WriteLine($"  {Words.Count(curve.Drives.Length, "point")}{(curve.LeftOut > 0 ? $"; {Words.Count(curve.LeftOut)} left out, whose status is not ok" : "")}");
        foreach (string line in quality) words.WriteLine($"  {line}");
        words.WriteLine($"  time constant {Words.Number(tau * 1e3)} ms{(tauText is null ? $", the leak's of {curve.Model}" : "")}");
        if (to is null)
        {
            Console.Out.Write(model);
            return;
        }

        File.WriteAllText(to, model);
        words.WriteLine($"  written to {to}");
    }

    private static (string, string[]) AsThresholdLinear(FICurve curve, double tau)
    {
        int firing = curve.Rates.Count(rate => rate > 0);
        if (firing < 2)
        {
            throw new WrongInputException($"a line needs two points with a rate above 0: found {firing} of {Words.Count(curve.Rates.Length)}\n"
                + "    next step: choose another curve, or sweep larger drives");
        }

        ThresholdLinearFit fit = ThresholdLinearFit.Of(curve.Drives, curve.Rates);
        return (ReducedModel.ThresholdLinear(curve, fit, tau),
        [
            $"gain {Words.Number(fit.Gain)} {ReducedModel.GainUnit(curve.DriveUnit)} above {Words.Number(fit.Onset)} {curve.DriveUnit}".TrimEnd(),
            $"RMS error {Words.Number(fit.RmsError)} Hz, largest {Words.Number(fit.LargestError)} Hz, of rates up to {Words.Number(curve.Rates.Max())} Hz",
        ]);
    }

    private static (string, string[]) AsCascade(FICurve curve, double tau)
    {
        if (curve.Rates.Length is < LookupTable.FewestPoints or > LookupTable.MostPoints)
        {
            throw new WrongInputException($"a table has {LookupTable.FewestPoints} to {Words.Count(LookupTable.MostPoints)} points: found {Words.Count(curve.Rates.Length)} "
                + $"with the status ok\n    next step: sweep {(curve.Rates.Length < LookupTable.FewestPoints ? "more" : "fewer")} drives");
        }

        CascadeFit fit = CascadeFit.Of(curve.Drives, curve.Rates);
        return (ReducedModel.Cascade(curve, fit, tau),
        [
            $"no error at the points; RMS error of each from its neighbours {(double.IsNaN(fit.InterpolationError) ? "unknown" : Words.Number(fit.InterpolationError) + " Hz")}, "
            + $"of rates up to {Words.Number(curve.Rates.Max())} Hz",
        ]);
    }

    private static double TimeConstant(string? text, FICurve curve)
    {
        if (text is null)
        {
            return curve.LeakTimeConstant ?? throw new WrongInputException(
                $"{curve.Model} has neither C_m and g_L nor tau_m, so its time constant is not known\n    next step: give one, such as --tau '10 ms'");
        }

        return Quantity.TryParse(text, out Quantity tau) && tau.Unit.Dimension == Unit.Parse("ms")!.Dimension && tau.SI > 0 ? tau.SI
            : throw new WrongInputException($"--tau: allowed a time above 0, found {Finding.Quote(text)}\n    next step: write e.g. --tau '10 ms'");
    }
}
