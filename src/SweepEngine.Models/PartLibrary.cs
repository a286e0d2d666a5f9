using SweepEngine.Equations;

namespace SweepEngine.Models;

/// <summary>Parts that come with the program and are added to models: one YAML file each.</summary>
public sealed class PartLibrary
{
    private const string Ending = ".yaml";

    private readonly string _folder;

    private PartLibrary(string folder)
    {
        _folder = folder + "/";
        Names =
        [
            .. typeof(PartLibrary).Assembly.GetManifestResourceNames()
                .Where(name => name.StartsWith(_folder, StringComparison.Ordinal))
                .Select(name => name[_folder.Length..^Ending.Length])
                .Order(StringComparer.Ordinal),
        ];
    }

    /// <summary>Courses of the drive over time.</summary>
    public static PartLibrary Stimuli { get; } = new("Stimuli");

    /// <summary>Synapses.</summary>
    public static PartLibrary Synapses { get; } = new("Synapses");

    /// <summary>Names of the parts, in alphabetical order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The text of a part's file.</summary>
    /// <param name="name">The name, one of <see cref="Names"/>.</param>
    /// <returns>YAML with placeholders for units.</returns>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    public string Text(string name)
    {
        using Stream file = typeof(PartLibrary).Assembly.GetManifestResourceStream(_folder + name + Ending)
            ?? throw new ArgumentException($"There is no '{name}'.", nameof(name));
        using StreamReader reader = new(file);
        return reader.ReadToEnd();
    }

    /// <summary>What a part is, for models whose membrane potential is in mV.</summary>
    /// <param name="name">The name, one of <see cref="Names"/>.</param>
    /// <param name="current">Unit of the drive, or of the input current: pA or uA/cm^2.</param>
    /// <exception cref="ArgumentException">There is no such part.</exception>
    public PartDescription Describe(string name, string current) => new(Text(name), Unit.Parse(current)!, Unit.Parse("mV")!);
}
