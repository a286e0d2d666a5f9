using System.CommandLine;

namespace SweepEngine.Cli;

/// <summary>A command with more to say in its own help than in the list of commands.</summary>
/// <param name="name">Its name.</param>
/// <param name="summary">A line about it.</param>
/// <param name="details">What follows the line in its own help: an example, exit codes, formats.</param>
internal sealed class DetailedCommand(string name, string summary, string details) : Command(name, summary)
{
    /// <summary>Makes the description whole, for the help of the command itself.</summary>
    public void ShowDetails() => Description = $"{summary}\n{details}";
}
