namespace SweepEngine.Cli;

/// <summary>What the program tells the program that started it.</summary>
internal static class ExitCode
{
    /// <summary>All is done.</summary>
    public const int Complete = 0;

    /// <summary>A defect of this program.</summary>
    public const int Defect = 1;

    /// <summary>The command line, a file or a folder is not what it has to be; nothing was computed.</summary>
    public const int WrongInput = 2;

    /// <summary>The tables are complete, but hold points that could not be computed: any status but <c>ok</c> and <c>not_converged</c>.</summary>
    public const int FailedPoints = 3;

    /// <summary>Trouble with the disk or the workers ended the run; the same command goes on.</summary>
    public const int Incomplete = 4;

    /// <summary>Somebody stopped the run; the same command goes on.</summary>
    public const int Interrupted = 130;

    /// <summary>The codes as help shows them.</summary>
    public const string Help =
        """
        Exit codes:
          0    complete; with --shard: everything is committed, for 'sweep merge'
          2    wrong input: nothing was computed
          3    complete, but some points have a status other than ok and not_converged,
               so their measures are NULL (not_converged has measures; rate is then a mean)
          4    incomplete (disk full, folder not writable, ...): the same command goes on
          130  interrupted (Ctrl-C, SIGTERM): the same command goes on
        """;
}

/// <summary>Something that the user can put right; the message is all that is shown.</summary>
internal sealed class WrongInputException(string message) : Exception(message);
