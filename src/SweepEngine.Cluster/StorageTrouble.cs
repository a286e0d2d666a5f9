namespace SweepEngine.Cluster;

/// <summary>Tells trouble that a person can remove (disk full, permission, input/output error) from errors of the program, and says what
/// to do.</summary>
public static class StorageTrouble
{
    private const int NoSpaceOnUnix = 28, QuotaOnLinux = 122;
    private const int DiskFullOnWindows = unchecked((int)0x80070070), HandleDiskFullOnWindows = unchecked((int)0x80070027);

    /// <summary>Whether a person can remove the trouble.</summary>
    public static bool Is(Exception exception) => exception is IOException or UnauthorizedAccessException;

    /// <summary>For example: <c>the part of curves 8..15 cannot be written: No space left on device : '/data/…'. Free space …</c></summary>
    public static string Describe(string what, Exception trouble) => $"{what}: {trouble.Message.TrimEnd('.')}. " + trouble switch
    {
        { HResult: NoSpaceOnUnix or QuotaOnLinux or DiskFullOnWindows or HandleDiskFullOnWindows } =>
            "Free space on that disk, then run the same command again; nothing that was committed is lost.",
        UnauthorizedAccessException =>
            "Allow writing there or choose another output directory, then run the same command again.",
        _ => "Check that path and its disk, then run the same command again; nothing that was committed is lost.",
    };
}
