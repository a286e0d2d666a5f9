using System.CommandLine;
using SweepEngine.Equations;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep validate</c>.</summary>
internal static class ValidateCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var specs = new Argument<string[]>("SPEC") { Description = "Sweep files", Arity = ArgumentArity.OneOrMore };
        var command = new DetailedCommand("validate", "Check sweep files, and say all that is wrong with them.",
            """
            Every finding has its line and column; exit code 2 if there is any.

            Example: sweep validate examples/*.yaml
            """)
        {
            specs,
        };
        command.SetAction(parsed => parsed.GetRequiredValue(specs).Select(Validate).ToList().TrueForAll(good => good) ? ExitCode.Complete : ExitCode.WrongInput);
        return command;
    }

    private static bool Validate(string path)
    {
        var findings = new Findings();
        SweepSpec? read = SweepSpecReader.ReadFile(path, findings);
        foreach (Finding note in findings.Notes) Console.Error.WriteLine(note);
        if (read is { } spec)
        {
            Console.Out.WriteLine($"{path}: ok, {Words.Count(spec.Grid.PointCount, "point")} in {Words.Count(spec.Grid.CurveCount, "curve")} of {spec.Model.Name}");
            return true;
        }
        Console.Error.WriteLine(findings);
        return false;
    }
}
