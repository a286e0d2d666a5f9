using System.Diagnostics;
using System.Globalization;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>
/// <c>compiling</c>: how long one process takes from the text of a model to its first answer, model after model. The first pays for what the runtime loads and compiles of
/// the engine itself.
/// </summary>
public static class CompilingCommand
{
    /// <summary>The models, small ones first; the last has 21 compartments.</summary>
    private static readonly string[] s_models =
        ["hodgkin_huxley", "morris_lecar", "connor_stevens", "wang_buzsaki", "adex", "pinsky_rinzel", "traub_miles", "hodgkin_huxley_markov", "cable_passive", "myelinated_axon"];

    /// <summary>Runs the command.</summary>
    /// <param name="args">Names of models of the library; if there are none, a list of ten.</param>
    /// <returns>0, or 2 for a model that does not exist or has no spikes.</returns>
    public static int Run(string[] args)
    {
        string[] models = args.Length > 0 ? args : s_models;
        if (models.FirstOrDefault(name => ModelLibrary.Find(name) is not { Spike: not null, IsRandom: false }) is { } wrong)
        {
            Console.Error.WriteLine($"compiling: {wrong} is not a model of the library that spikes and is not random.");
            return 2;
        }

        Console.Out.WriteLine("From the text of a model to the first answer, beyond what the second takes; time and processor time [s]:");
        foreach (string name in models)
        {
            (double seconds, double processor) = Time(name);
            Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {name,-30}{seconds,8:0.000}{processor,8:0.000}"));
        }

        return 0;
    }

    private static (double Seconds, double Processor) Time(string name)
    {
        TimeSpan processor = Environment.CpuUsage.TotalTime;
        long began = Stopwatch.GetTimestamp();
        ModelDefinition model = ModelReader.Read(ModelLibrary.Text(name), $"{name}.yaml", new Findings())!;
        string drive = model.Parameters.Any(each => each.Name == "I_app") ? "I_app" : model.Parameters[0].Name;
        var kernel = new FIKernel(ModelCode.Compile(model, new Dictionary<string, double>(), [drive]), new FISettings(drive, new StepStimulus(1e-4), 1e-6));
        kernel.Points([0], []);
        (double first, TimeSpan used) = (Stopwatch.GetElapsedTime(began).TotalSeconds, Environment.CpuUsage.TotalTime);
        began = Stopwatch.GetTimestamp();
        kernel.Points([0], []);
        double second = Stopwatch.GetElapsedTime(began).TotalSeconds;
        return (first - second, (used - processor).TotalSeconds - second);
    }
}
