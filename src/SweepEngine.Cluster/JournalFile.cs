using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// The journal <c>journal.jsonl</c> of an output directory: one JSON object per line, only ever appended, with the time at which it was
/// written
/// in <c>at</c>. Each line is handed to the operating system before the call returns, so it survives a killed process; it is never
/// fsynced, so a
/// power failure may take the last lines or tear one. Losing the journal loses no result, only what is known about crashes.
/// </summary>
public sealed class JournalFile : IDisposable
{
    /// <summary>Name of the file in the output directory.</summary>
    public const string FileName = "journal.jsonl";

    private static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        AllowOutOfOrderMetadataProperties = true,
    };

    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    private JournalFile(FileStream file, TimeProvider clock)
    {
        _file = file;
        _clock = clock;
    }

    /// <summary>Opens the journal for appending; a torn last line is ended, so that it does not spoil the next one.</summary>
    /// <exception cref="IOException">It cannot be opened or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened or written.</exception>
    public static JournalFile Open(string outputDirectory, TimeProvider clock)
    {
        var file = new FileStream(
            Path.Combine(outputDirectory, FileName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        try
        {
            if (file.Length > 0)
            {
                file.Seek(-1, SeekOrigin.End);
                if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
            }
            return new JournalFile(file, clock);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the records of a journal, from the first line on. A line that cannot be read is skipped; a missing file has no
    /// lines.</summary>
    /// <param name="outputDirectory">Where the journal is.</param>
    /// <param name="skipped">Told about each line that was skipped: its number, from 1.</param>
    public static IEnumerable<JournalRecord> Read(string outputDirectory, Action<long> skipped)
    {
        string path = Path.Combine(outputDirectory, FileName);
        if (!File.Exists(path)) yield break;
        long number = 0;
        foreach (string line in File.ReadLines(path, Encoding.UTF8))
        {
            number++;
            if (line.Length == 0) continue;
            if (Parse(line) is { } record) yield return record;
            else skipped(number);
        }
    }

    /// <summary>Appends a record.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Append(JournalRecord record) => _file.Write(Encoding.UTF8.GetBytes(Print(record, _clock.GetUtcNow()) + "\n"));

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static string Print(JournalRecord record, DateTimeOffset at)
    {
        var line = JsonSerializer.SerializeToNode(record, Format)!.AsObject();
        line.Insert(0, "at", JsonValue.Create(at.UtcDateTime));
        return line.ToJsonString();
    }

    internal static JournalRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize<JournalRecord>(line, Format);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            return null; // torn, or a kind that a newer version writes
        }
    }
}
