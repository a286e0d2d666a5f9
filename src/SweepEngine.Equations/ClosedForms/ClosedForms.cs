using System.Collections.Concurrent;

namespace SweepEngine.Equations;

/// <summary>The closed forms that come with the program: one YAML file each. They are functions of the model language, written in it.</summary>
public static class ClosedForms
{
    private const string Folder = "ClosedForms/", Ending = ".yaml";

    private static readonly ConcurrentDictionary<string, ClosedForm> Read = new(StringComparer.Ordinal);

    /// <summary>Their names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names { get; } =
    [
        .. typeof(ClosedForms).Assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Select(name => name[Folder.Length..^Ending.Length])
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// The functions of all closed forms (see <see cref="ClosedForm.Functions"/>) by name. Made on first use, since few models call one.
    /// </summary>
    internal static IReadOnlyDictionary<string, ModelFunction> Functions => field ??=
        Names.SelectMany(name => Find(name)!.Functions).ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Finds a closed form.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The closed form, or null when there is none of that name.</returns>
    /// <exception cref="InvalidDataException">Its file is wrong, which the tests rule out.</exception>
    public static ClosedForm? Find(string name) => Names.Contains(name) ? Read.GetOrAdd(name, ReadForm) : null;

    private static ClosedForm ReadForm(string name)
    {
        using Stream file = typeof(ClosedForms).Assembly.GetManifestResourceStream(Folder + name + Ending)!;
        using StreamReader reader = new(file);
        Findings findings = new();
        return ClosedFormReader.Read(reader.ReadToEnd(), name + Ending, findings) ?? throw new InvalidDataException(findings.ToString());
    }
}
