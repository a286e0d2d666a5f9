using System.Collections.Concurrent;
using SweepEngine.Equations;

namespace SweepEngine.Models;

/// <summary>The models that come with the program: one YAML file each, in the language that users write.</summary>
public static class ModelLibrary
{
    private const string Folder = "Library/", Ending = ".yaml";

    private static readonly ConcurrentDictionary<string, ModelDefinition> Read = new(StringComparer.Ordinal);

    /// <summary>Names of the models, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ModelLibrary).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Finds a model.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The model, or null when the library has none of that name.</returns>
    /// <exception cref="InvalidDataException">The model's file is wrong, which the tests of the library rule out.</exception>
    public static ModelDefinition? Find(string name) => Names.Contains(name) ? Read.GetOrAdd(name, ReadModel) : null;

    /// <summary>The text of a model's file.</summary>
    /// <param name="name">The model's name, one of <see cref="Names"/>.</param>
    public static string Text(string name)
    {
        using Stream file = typeof(ModelLibrary).Assembly.GetManifestResourceStream(Folder + name + Ending)
            ?? throw new ArgumentException($"The library has no model '{name}'.", nameof(name));
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private static ModelDefinition ReadModel(string name)
    {
        var findings = new Findings();
        return ModelReader.Read(Text(name), name + Ending, findings) ?? throw new InvalidDataException(findings.ToString());
    }
}
