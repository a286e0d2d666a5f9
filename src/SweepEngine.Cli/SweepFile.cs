using SweepEngine.Equations;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>A sweep, and all that was read for it.</summary>
/// <param name="Spec">The sweep.</param>
/// <param name="Path">The sweep file.</param>
/// <param name="Texts">The texts of the sweep file and of the files that it names, by path.</param>
internal sealed record SweepSource(SweepSpec Spec, string Path, IReadOnlyDictionary<string, string> Texts);

/// <summary>Reads the sweep file that a command names.</summary>
internal static class SweepFile
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="WrongInputException">Something is wrong with it; the message is all that is.</exception>
    public static SweepSpec Read(string path) => ReadAll(path).Spec;

    /// <summary>Reads the file, and keeps what was read.</summary>
    /// <exception cref="WrongInputException">Something is wrong with it; the message is all that is.</exception>
    public static SweepSource ReadAll(string path)
    {
        var findings = new Findings();
        SweepSpec spec = SweepSpecReader.ReadFile(path, findings) ?? throw new WrongInputException(findings.ToString());
        if (findings.Notes is [var first, ..])
            Console.Error.WriteLine($"{first.Place.File}: {Words.Count(findings.Notes.Count, "note")} on what is ignored, see 'sweep validate {path}'");
        return new SweepSource(spec, path, findings.Texts);
    }
}
