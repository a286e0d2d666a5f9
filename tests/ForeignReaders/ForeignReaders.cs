using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace SweepEngine.Testing;

/// <summary>
/// Reads Parquet files with four readers that are not ours: DuckDB, arrow-rs, Polars and hyparquet, in one Node process. Made for
/// <c>IClassFixture</c>. The first use installs them with npm into artifacts/foreign-readers; where Node or npm is missing, or the
/// installation fails, the test that asks is skipped and says why.
/// </summary>
public sealed class ForeignReaders : IDisposable
{
    private static readonly TimeSpan s_installLimit = TimeSpan.FromMinutes(5);

    private static readonly Lazy<(string? Folder, string? WhyNot)> s_installed = new(InstallAlone);

    private Process? _node;

    /// <summary>The names of the readers.</summary>
    public static readonly string[] Names = ["duckdb", "arrow", "polars", "hyparquet"];

    /// <summary>All values of a file, by column.</summary>
    /// <returns>By column name the values: null, bool, string, long, or double with its very bits.</returns>
    public IReadOnlyDictionary<string, object?[]> Read(string reader, string file)
        => Columns(Ask(new { reader, file = Path.GetFullPath(file) }));

    /// <summary>Asks DuckDB.</summary>
    public IReadOnlyDictionary<string, object?[]> Query(string sql) => Columns(Ask(new { sql }));

    /// <summary>The page index of a file as hyparquet reads it: by column name the pages, over all row groups.</summary>
    public IReadOnlyDictionary<string, ForeignPage[]> PageIndex(string file)
    {
        return Ask(new { pageIndex = Path.GetFullPath(file) }).EnumerateObject().ToDictionary(column => column.Name, column => column.Value
            .EnumerateArray().Select(page => new ForeignPage(page.GetProperty("offset").GetInt64(), page.GetProperty("firstRow").GetInt64(),
                Number(page.GetProperty("nulls")), Value(page.GetProperty("min")), Value(page.GetProperty("max")),
                Value(page.GetProperty("order"))?.ToString())).ToArray());
    }

    /// <summary>The footer of a file as hyparquet reads it, in the names of parquet.thrift.</summary>
    public JsonElement Footer(string file) => Ask(new { footer = Path.GetFullPath(file) });

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_node is null) return;
        _node.StandardInput.Close(); // the script ends with its input
        if (!_node.WaitForExit(10_000)) _node.Kill();
        _node.Dispose();
    }

    private JsonElement Ask(object request)
    {
        var (folder, whyNot) = s_installed.Value;
        Skip.If(folder is null, $"Reading with foreign readers is skipped: {whyNot}");
        _node ??= Start("node", ["read.mjs"], folder!);
        _node.StandardInput.WriteLine(JsonSerializer.Serialize(request));
        _node.StandardInput.Flush();
        string answer = _node.StandardOutput.ReadLine()
            ?? throw new InvalidOperationException($"The node process ended at {JsonSerializer.Serialize(request)}.");
        var json = JsonDocument.Parse(answer).RootElement;
        return json.TryGetProperty("columns", out var columns) ? columns
            : throw new InvalidOperationException($"{JsonSerializer.Serialize(request)}: {json.GetProperty("error").GetString()}");
    }

    private static Dictionary<string, object?[]> Columns(JsonElement columns)
        => columns.EnumerateObject().ToDictionary(column => column.Name, column => column.Value.EnumerateArray().Select(Value).ToArray());

    private static object? Value(JsonElement item) => item.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.True or JsonValueKind.False => item.GetBoolean(),
        JsonValueKind.Number => item.GetInt64(),
        _ => item.GetString()! switch
        {
            ['d', .. var bits] => BitConverter.Int64BitsToDouble(long.Parse(bits, NumberStyles.HexNumber, CultureInfo.InvariantCulture)),
            ['i', .. var digits] => long.Parse(digits, CultureInfo.InvariantCulture),
            ['s', .. var text] => text,
            var other => other,
        },
    };

    private static long? Number(JsonElement item) => item.ValueKind == JsonValueKind.Null ? null : item.GetInt64();

    /// <summary>Test projects run at the same time: one installs, the others wait.</summary>
    private static (string? Folder, string? WhyNot) InstallAlone()
    {
        using var installing = new Mutex(false, "sweep-engine-foreign-readers");
        try
        {
            if (!installing.WaitOne(s_installLimit)) return (null, $"another process has been installing them for {s_installLimit}.");
        }
        catch (AbandonedMutexException)
        {
            // Whoever held it is gone; what it left unfinished has no stamp and is installed again.
        }
        try
        {
            return Install();
        }
        catch (Win32Exception)
        {
            return (null, "node or npm is not on the PATH; install Node.js 20 or later to run these tests.");
        }
        finally
        {
            installing.ReleaseMutex();
        }
    }

    /// <summary>Lets npm install what package.json names, once for each version of it.</summary>
    /// <exception cref="Win32Exception">Node or npm is missing.</exception>
    private static (string? Folder, string? WhyNot) Install()
    {
        Run("node", ["--version"], AppContext.BaseDirectory);
        string folder = CacheFolder(), stamp = Path.Combine(folder, "installed");
        Directory.CreateDirectory(folder);
        Bring("read.mjs", folder);
        string package = Bring("package.json", folder);
        if (File.Exists(stamp) && File.ReadAllText(stamp) == package) return (folder, null);
        int exitCode = Run("npm", ["install", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"], folder);
        if (exitCode != 0) return (null, $"npm install failed with exit code {exitCode} in {folder}; what it said stands above.");
        File.WriteAllText(stamp, package);
        return (folder, null);
    }

    /// <summary>Copies a file of the Node project, unless it is there: another process may be reading it.</summary>
    private static string Bring(string name, string folder)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "ForeignReaders", name)), target = Path.Combine(folder, name);
        if (!File.Exists(target) || File.ReadAllText(target) != text) File.WriteAllText(target, text);
        return text;
    }

    /// <summary>The folder artifacts/foreign-readers of the repository, which is not versioned; beside the test where there is no
    /// repository.</summary>
    private static string CacheFolder()
    {
        for (var up = new DirectoryInfo(AppContext.BaseDirectory); up is not null; up = up.Parent)
        {
            if (File.Exists(Path.Combine(up.FullName, "SweepEngine.sln"))) return Path.Combine(up.FullName, "artifacts", "foreign-readers");
        }
        return Path.Combine(AppContext.BaseDirectory, "foreign-readers");
    }

    private static int Run(string program, string[] arguments, string folder)
    {
        using var process = Start(program, arguments, folder);
        process.StandardInput.Close();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }

    private static Process Start(string program, string[] arguments, string folder)
        => Process.Start(new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            StandardInputEncoding = new UTF8Encoding(false),
            StandardOutputEncoding = Encoding.UTF8,
        })!;
}

/// <summary>A data page as the page index of a file describes it.</summary>
public sealed record ForeignPage(long Offset, long FirstRow, long? Nulls, object? Minimum, object? Maximum, string? Order);
