using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace SweepEngine.Cli.Tests;

/// <summary>Starts the built program as a process of its own.</summary>
internal static class SweepProgram
{
    /// <summary>The program as the project reference puts it beside the tests.</summary>
    public static string Path { get; } =
        System.IO.Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "sweep.exe" : "sweep");

    /// <summary>The top of the repository.</summary>
    public static string Repository { get; } = Up(AppContext.BaseDirectory);

    /// <summary>Runs it to its end.</summary>
    public static Finished Run(string folder, params string[] arguments) => Run(folder, [], arguments);

    /// <summary>Runs it to its end with some environment variables.</summary>
    public static Finished Run(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        using Process process = Start(folder, environment, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Finished(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>Starts it; what it prints has to be read.</summary>
    public static Process Start(string folder, (string Name, string Value)[] environment, params string[] arguments)
    {
        var start = new ProcessStartInfo(Path, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static string Up(string folder) => File.Exists(System.IO.Path.Combine(folder, "SweepEngine.sln")) ? folder
        : Up(System.IO.Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("The tests do not run inside of the repository."));
}

/// <summary>How the program ended and what it said.</summary>
internal sealed record Finished(int ExitCode, string Output, string Errors)
{
    /// <summary>The events of --json.</summary>
    public IReadOnlyList<JsonElement> Events => [.. Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>The last event.</summary>
    public JsonElement Last => Events[^1];

    public override string ToString() => $"exit code {ExitCode}\n{Output}\n{Errors}";
}

/// <summary>A folder for one test, with sweep files and results.</summary>
internal sealed class Workplace : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("sweep-cli-").FullName;

    /// <summary>Writes a sweep file.</summary>
    public string Write(string name, string text)
    {
        string path = At(name);
        File.WriteAllText(path, text);
        return path;
    }

    public string At(params string[] path) => System.IO.Path.Combine([Folder, .. path]);

    public Finished Sweep(params string[] arguments) => SweepProgram.Run(Folder, arguments);

    /// <summary>The finished output of a sweep: each file of the tables and the manifest, with the hash of its bytes.</summary>
    public SortedDictionary<string, string> Tables(string output)
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string path in Directory.GetFiles(At(output), "*.parquet", SearchOption.AllDirectories).Append(At(output, "manifest.json")))
            files.Add(System.IO.Path.GetRelativePath(At(output), path), Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path))));
        return files;
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
