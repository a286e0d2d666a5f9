namespace SweepEngine.Cluster;

/// <summary>Another process works in the output directory.</summary>
public sealed class OutputInUseException(string message, Exception cause) : IOException(message, cause);

/// <summary>Keeps a second process out of an output directory. The operating system holds the lock, so it ends with the process, however
/// that ends.</summary>
public sealed class OutputLock : IDisposable
{
    /// <summary>Name of the file in the output directory. It stays there; only a running process locks it.</summary>
    public const string FileName = "sweep.lock";

    private const int LockedOnLinux = 11, LockedOnMac = 35, LockedOnWindows = unchecked((int)0x80070020);

    private readonly FileStream _file;

    private OutputLock(FileStream file) => _file = file;

    /// <summary>Takes the lock, or says who is in the way.</summary>
    /// <param name="outputDirectory">The directory; exists.</param>
    /// <exception cref="OutputInUseException">Another process holds the lock.</exception>
    /// <exception cref="IOException">The file cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be made.</exception>
    public static OutputLock Take(string outputDirectory)
    {
        string path = Path.Combine(outputDirectory, FileName);
        try
        {
            return new OutputLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException refused) when (refused.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            throw new OutputInUseException(
                $"Another sweep process works in {outputDirectory} (it holds {path}). Wait for it, stop it, or choose another output directory.", refused);
        }
    }

    /// <summary>Whether a process works in an output directory now. Changes nothing there.</summary>
    /// <param name="outputDirectory">The directory.</param>
    public static bool IsHeld(string outputDirectory)
    {
        string path = Path.Combine(outputDirectory, FileName);
        try
        {
            if (File.Exists(path)) new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read).Dispose();
            return false;
        }
        catch (IOException refused) when (refused.HResult is LockedOnLinux or LockedOnMac or LockedOnWindows)
        {
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();
}
