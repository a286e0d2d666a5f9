using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SweepEngine.Cluster;

/// <summary>
/// The two things that commits need and .NET does not offer: giving a file a name only if that name is free, and making a name durable.
/// <para>
/// <see cref="File.Move(string, string, bool)"/> without overwriting is atomic on Windows, but falls back to a plain copy on Unix where
/// hard links are
/// refused, and a copy can be torn. link(2) is atomic on every Unix file system that has hard links, NFS included; where it has none (FAT,
/// some FUSE file systems) Linux offers renameat2 with RENAME_NOREPLACE.
/// </para>
/// <para>
/// A name is durable after fsync of its directory on Unix. Windows has no such call; NTFS journals names, and the worst case is that a
/// part is not there after a power failure and is computed again.
/// </para>
/// </summary>
public static class DurableFiles
{
    private const int EPERM = 1, EEXIST = 17, EMLINK = 31;
    private const int CurrentDirectory = -100, RenameNoReplace = 1;

    /// <summary>Moves a finished temporary file to its name, unless the name is taken; then the temporary file stays.</summary>
    /// <returns>False if the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses.</exception>
    internal static bool MoveIfAbsent(string temporary, string name)
    {
        if (OperatingSystem.IsWindows())
        {
            try
            {
                File.Move(temporary, name, overwrite: false);
                return true;
            }
            catch (IOException) when (File.Exists(name))
            {
                return false;
            }
        }
        if (link(temporary, name) == 0)
        {
            File.Delete(temporary);
            return true;
        }
        int error = Marshal.GetLastPInvokeError();
        if (error == EEXIST) return false;
        // EPERM and the not-supported family mean "no hard links here"; EMLINK cannot happen to a new file.
        if (error is not EMLINK && OperatingSystem.IsLinux() && (error == EPERM || error >= 38)) return RenameIfAbsent(temporary, name);
        throw Refused("link", name, error);
    }

    /// <summary>Moves a finished temporary file to its name, in place of one that has it, and makes the name durable.</summary>
    /// <param name="temporary">A file in the same directory, flushed to disk.</param>
    /// <param name="name">Its name from now on.</param>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static void Publish(string temporary, string name)
    {
        File.Move(temporary, name, overwrite: true);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(name))!);
    }

    /// <summary>Moves a finished temporary file to its name if that is free, and makes the name durable; else deletes the temporary file.</summary>
    /// <param name="temporary">A file in the same directory, flushed to disk.</param>
    /// <param name="name">Its name from now on.</param>
    /// <returns>False if the name is taken.</returns>
    /// <exception cref="IOException">The file system refuses.</exception>
    public static bool PublishIfAbsent(string temporary, string name)
    {
        bool isFirst = MoveIfAbsent(temporary, name);
        if (!isFirst) File.Delete(temporary);
        SyncDirectory(Path.GetDirectoryName(Path.GetFullPath(name))!); // also for the second: the first may not have come so far
        return isFirst;
    }

    /// <summary>The way without hard links.</summary>
    internal static bool RenameIfAbsent(string temporary, string name)
    {
        if (renameat2(CurrentDirectory, temporary, CurrentDirectory, name, RenameNoReplace) == 0) return true;
        int error = Marshal.GetLastPInvokeError();
        return error == EEXIST ? false : throw Refused("rename", name, error);
    }

    /// <summary>Makes the names in a directory durable.</summary>
    /// <exception cref="IOException">The file system refuses.</exception>
    internal static void SyncDirectory(string directory)
    {
        if (OperatingSystem.IsWindows()) return;
        int handle = open(directory, 0);
        if (handle < 0) throw Refused("open", directory, Marshal.GetLastPInvokeError());
        int result = fsync(handle);
        int error = Marshal.GetLastPInvokeError();
        _ = close(handle);
        const int EINVAL = 22; // file systems that cannot sync a directory say so; there is nothing better to do on them
        if (result != 0 && error != EINVAL) throw Refused("fsync", directory, error);
    }

    /// <summary>Gives the calling thread a lower priority (nice 10), so that the machine stays usable. .NET's own thread priorities do
    /// nothing on Linux.</summary>
    internal static void LowerPriorityOfThisThread()
    {
        if (OperatingSystem.IsLinux()) _ = setpriority(0, 0, 10);
        else Thread.CurrentThread.Priority = ThreadPriority.BelowNormal;
    }

    private static IOException Refused(string call, string path, int error) =>
        new($"{new Win32Exception(error).Message} : '{path}' ({call})", error);

#pragma warning disable CA2101, SYSLIB1054 // UTF-8 is what Unix wants; source-generated marshalling would need unsafe code
    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int link([MarshalAs(UnmanagedType.LPUTF8Str)] string from, [MarshalAs(UnmanagedType.LPUTF8Str)] string to);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int renameat2(
        int fromDirectory, [MarshalAs(UnmanagedType.LPUTF8Str)] string from,
        int toDirectory, [MarshalAs(UnmanagedType.LPUTF8Str)] string to, uint flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int fsync(int handle);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int close(int handle);

    [DllImport("libc", SetLastError = true), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int setpriority(int which, int who, int priority);
#pragma warning restore CA2101, SYSLIB1054
}
