using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Cli;

/// <summary>Reads the model that a command names: one of the library, or a file.</summary>
internal static class ModelFile
{
    /// <summary>Reads the model; notes on what has no effect go to the standard error.</summary>
    /// <param name="name">A name of the library, or the path of a file.</param>
    /// <exception cref="WrongInputException">There is no such model, or something is wrong with it; the message is all that is.</exception>
    public static ModelDefinition Read(string name) => Read(name, Text(name, "model", []));

    /// <summary>Reads a model from its text; notes on what has no effect go to the standard error.</summary>
    /// <param name="name">Where the text is from.</param>
    /// <param name="text">The text.</param>
    /// <exception cref="WrongInputException">Something is wrong with it; the message is all that is.</exception>
    public static ModelDefinition Read(string name, string text)
    {
        var findings = new Findings();
        ModelDefinition model = ModelReader.Read(text, name, findings) ?? throw new WrongInputException(findings.ToString());
        foreach (Finding note in findings.Notes) Console.Error.WriteLine(note);
        return model;
    }

    /// <summary>The text of a model.</summary>
    /// <param name="name">A name of the library, or the path of a file.</param>
    /// <param name="kind">What may be named, for the message.</param>
    /// <param name="others">Names of what else may be named, for the message.</param>
    /// <exception cref="WrongInputException">There is no such model.</exception>
    public static string Text(string name, string kind, IReadOnlyList<string> others)
    {
        if (ModelReader.IsPath(name))
        {
            var findings = new Findings();
            return TextFile.Read(name, new TextPlace(name, 1, 1), findings) ?? throw new WrongInputException(findings.ToString());
        }
        if (ModelLibrary.Names.Contains(name))
            return ModelLibrary.Text(name);
        string[] known = [.. ModelLibrary.Names, .. others];
        throw new WrongInputException($"there is no such {kind}: found {Finding.Quote(name)}, allowed {string.Join(", ", known)}\n"
            + $"    next step: {DidYouMean.Hint(name, known) ?? "write the path of a model file as ./name.yaml"}");
    }
}
