using System.Globalization;

namespace SweepEngine.Benchmarks.Peers;

/// <summary>The options of <c>peers</c>.</summary>
/// <param name="Size">How many points.</param>
/// <param name="Threads">Threads of each program.</param>
/// <param name="Repetitions">Runs of each program.</param>
/// <param name="Seed">Of points that are drawn from the ranges of the axes; null for those of the grid.</param>
public sealed record PeersOptions(Size Size = Size.Small, int Threads = 1, int Repetitions = 5, int? Seed = null)
{
    private const string Allowed = "--size tiny|small|full, --threads 1 to 64, --repetitions 1 to 1000, --seed 0 to 2147483647";

    /// <summary>The folder of the results within that of the processor.</summary>
    public string Folder => (Threads == 1 ? "" : $"{Threads}-threads") + (Seed is { } seed ? $"seed-{seed}" : "");

    /// <summary>Reads options.</summary>
    /// <param name="args">Words of a command line.</param>
    /// <param name="error">Receives what is wrong.</param>
    /// <returns>The options; null where something is wrong.</returns>
    public static PeersOptions? Read(string[] args, Action<string> error)
    {
        var options = new PeersOptions();
        for (int i = 0; i < args.Length; i += 2)
        {
            string value = i + 1 < args.Length ? args[i + 1] : "";
            bool isNumber = int.TryParse(value, CultureInfo.InvariantCulture, out int number);
            PeersOptions? changed = args[i] switch
            {
                "--size" when Enum.TryParse(value, ignoreCase: true, out Size size) && Enum.IsDefined(size) => options with { Size = size },
                "--threads" when isNumber && number is >= 1 and <= 64 => options with { Threads = number },
                "--repetitions" when isNumber && number is >= 1 and <= 1000 => options with { Repetitions = number },
                "--seed" when isNumber && number >= 0 => options with { Seed = number },
                _ => null,
            };
            if (changed is null)
            {
                error($"peers: '{args[i]} {value}' is none of {Allowed}");
                return null;
            }

            options = changed;
        }

        return options;
    }

    /// <summary>The points of a workload, shape [points × axes].</summary>
    public double[] Points(Workload workload) => Seed is { } seed ? workload.RandomPoints(Size, seed) : workload.Points(Size);

    /// <inheritdoc/>
    public override string ToString() => $"--size {Size.ToString().ToLowerInvariant()}" + (Threads == 1 ? "" : $" --threads {Threads}")
        + (Seed is { } seed ? $" --seed {seed}" : "");
}
