using SweepEngine.Equations;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>Reads the sweep file that a command names.</summary>
internal static class SweepFile
{
    /// <summary>Reads the file.</summary>
    /// <exception cref="WrongInputException">Something is wrong with it; the message is all that is.</exception>
    public static SweepSpec Read(string path)
    {
        var findings = new Findings();
        SweepSpec spec = SweepSpecReader.ReadFile(path, findings) ?? throw new WrongInputException(findings.ToString());
        if (findings.Notes is [var first, ..])
            Console.Error.WriteLine($"{first.Place.File}: {Words.Count(findings.Notes.Count, "note")} on what is ignored, see 'sweep validate {path}'");
        return spec;
    }
}
