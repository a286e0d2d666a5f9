using System.Diagnostics;

namespace SweepEngine.Cluster.Tests;

/// <summary>A small file system in memory, mounted to be filled. Only root on Linux can do that; elsewhere the test is skipped.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    /// <summary>Mounts it on a folder, or skips the test.</summary>
    public static SmallDisk Mount(string folder, string size)
    {
        Skip.IfNot(Run("-t", "tmpfs", "-o", $"size={size}", "tmpfs", folder), "Filling a disk needs a small file system, and mounting one needs root on Linux.");
        return new SmallDisk(folder);
    }

    public void Resize(string size) => Remount($"size={size}");

    public void MakeReadOnly() => Remount("ro");

    public void Dispose()
    {
        using var unmount = Process.Start("umount", ["-l", _folder]);
        unmount.WaitForExit();
    }

    private void Remount(string option) => Assert.True(Run("-o", $"remount,{option}", _folder));

    private static bool Run(params string[] arguments)
    {
        if (!OperatingSystem.IsLinux() || Environment.UserName != "root") return false;
        using var mount = Process.Start(new ProcessStartInfo("mount", arguments) { RedirectStandardError = true });
        mount!.WaitForExit();
        return mount.ExitCode == 0;
    }
}
