using System.CommandLine;
using System.CommandLine.Parsing;
using SweepEngine.Equations;

namespace SweepEngine.Cli;

/// <summary>Says what is wrong with a command line, and what was probably meant.</summary>
internal static class CommandLineErrors
{
    /// <summary>What is wrong.</summary>
    /// <param name="parsed">The command line.</param>
    /// <returns>Null when nothing is.</returns>
    public static string? Of(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        // A misspelt option would otherwise be taken for the name of a file.
        List<string> unknown = [.. parsed.Tokens
            .TakeWhile(token => token.Type != TokenType.DoubleDash)
            .Where(token => token.Type == TokenType.Argument && token.Value.StartsWith("--", StringComparison.Ordinal))
            .Select(token => token.Value)
            .Union(command.Subcommands.Count > 0 ? parsed.UnmatchedTokens : [])];
        string help = $"'{Path(command)} --help' shows what there is";
        if (unknown.Count == 0)
        {
            return parsed.Errors.Count == 0 ? null
                : string.Join('\n', parsed.Errors.Select(error => $"{Path(command)}: {Text(error)}")) + $"\n    next step: {help}";
        }
        string[] known = [.. command.Subcommands.Select(each => each.Name), .. command.Options.Select(each => each.Name), "--help"];
        return string.Join('\n', unknown.Select(each =>
        {
            string kind = each.StartsWith('-') ? "option" : "command";
            // The likeliest reason for an unknown word where something can be shown.
            string? show = command.Subcommands.Any(sub => sub.Name == "show") && kind == "command" ? $"'{Path(command)} show {each}' shows what it names" : null;
            return $"{Path(command)}: there is no {kind} {Finding.Quote(each)}\n    next step: {DidYouMean.Hint(each, known) ?? show ?? help}";
        }));
    }

    private static string Text(ParseError error) =>
        error.SymbolResult is OptionResult { Option: var option, Tokens: [var token] } && option.ValueType != typeof(string)
            ? $"{option.Name}: allowed a whole number, found {Finding.Quote(token.Value)}" : error.Message;

    private static string Path(Command command) =>
        command is RootCommand ? "sweep" : $"{(command.Parents.FirstOrDefault() is Command above ? Path(above) : "sweep")} {command.Name}";
}
