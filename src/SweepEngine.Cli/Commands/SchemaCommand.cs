using System.CommandLine;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep schema</c>.</summary>
internal static class SchemaCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new DetailedCommand("schema", "Print the JSON Schema (draft-07) of sweep files.",
            """
            Editors complete and check with it.

            Example: sweep schema > sweep.schema.json
              and in the first line of a sweep file: # yaml-language-server: $schema=sweep.schema.json
            """);
        command.SetAction(_ => Console.Out.WriteLine(SweepSchema.Json().TrimEnd()));
        return command;
    }
}
