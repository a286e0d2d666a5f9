using System.Runtime.InteropServices;
using SweepEngine.Equations;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>How many points a comparison has.</summary>
public enum Size
{
    /// <summary>64 points, for tests.</summary>
    Tiny,

    /// <summary>1024 points: seconds.</summary>
    Small,

    /// <summary>The workload as it is defined.</summary>
    Full,
}

/// <summary>A swept parameter: evenly spaced values, both ends included.</summary>
/// <param name="Name">Name of the parameter.</param>
/// <param name="Unit">Unit of the values.</param>
/// <param name="From">First value.</param>
/// <param name="To">Last value.</param>
/// <param name="Counts">Number of values in the sizes tiny, small and full.</param>
public sealed record Axis(string Name, string Unit, double From, double To, params int[] Counts)
{
    internal double[] Values(Size size)
    {
        int count = Counts[(int)size];
        return [.. Enumerable.Range(0, count).Select(i => From + (To - From) * i / (count - 1))];
    }
}

/// <summary>A sweep that every program computes: the response to a step from rest, at every point of a grid.</summary>
/// <param name="Name">Name of the workload.</param>
/// <param name="Model">Name of the model in the library.</param>
/// <param name="Duration">Length of the step [s].</param>
/// <param name="Fixed">Parameters that differ from the library's defaults [SI].</param>
/// <param name="Axes">The three swept parameters, the drive first, which varies fastest.</param>
public sealed record Workload(string Name, string Model, double Duration, IReadOnlyDictionary<string, double> Fixed, params Axis[] Axes)
{
    /// <summary>W1: leaky integrate-and-fire with adaptation, 20,000 points of 2 s.</summary>
    public static Workload W1 { get; } = new("W1", "lif_adapt", 2, new Dictionary<string, double>(),
        new Axis("I_app", "pA", 0, 1000, 8, 32, 100), new Axis("g_adapt", "nS", 0, 5, 4, 8, 20), new Axis("tau_ref", "ms", 0, 10, 2, 4, 10));

    /// <summary>W2: Hodgkin–Huxley, 16,384 points of 500 ms.</summary>
    public static Workload W2 { get; } = new("W2", "hodgkin_huxley", 0.5, new Dictionary<string, double> { ["E_L"] = -54.4e-3 },
        new Axis("I_app", "uA/cm^2", 0, 160, 8, 16, 64), new Axis("g_Na", "mS/cm^2", 100, 140, 4, 8, 16),
        new Axis("g_K", "mS/cm^2", 30, 42, 2, 8, 16));

    /// <summary>The points in the units of the axes, shape [points × axes].</summary>
    /// <param name="size">How many.</param>
    public double[] Points(Size size) =>
    [
        .. from second in Axes[1].Values(size)
           from third in Axes[2].Values(size)
           from drive in Axes[0].Values(size)
           from value in new[] { drive, second, third }
           select value,
    ];

    /// <summary>As many points as those of <see cref="Points"/>, drawn evenly from the ranges of the axes.</summary>
    /// <param name="size">How many.</param>
    /// <param name="seed">Which.</param>
    public double[] RandomPoints(Size size, int seed)
    {
        var random = new Random(seed);
        return [.. Points(size).Select((_, i) => Axes[i % Axes.Length].From + random.NextDouble() * (Axes[i % Axes.Length].To - Axes[i % Axes.Length].From))];
    }

    internal double[] InSI(double[] points) => [.. points.Select((value, i) => Unit.Parse(Axes[i % Axes.Length].Unit)!.ToSI(value))];

    // What the other programs read.
    internal static void Write(double[] points, string file) => File.WriteAllBytes(file, MemoryMarshal.AsBytes(points.AsSpan()));
}
