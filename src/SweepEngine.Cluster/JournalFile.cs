using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// A journal: <c>journal.jsonl</c> of an output directory, or one for each process that shares it (<see cref="ClaimFolder"/>). One JSON object per line, only ever appended, with the time at which it was
/// written
/// in <c>at</c>. Each line is handed to the operating system before the call returns, so it survives a killed process; it is never
/// fsynced, so a
/// power failure may take the last lines or tear one. Where others read it after a machine died, lines are written through. Losing the journal loses no result, only what is known about crashes.
/// </summary>
public sealed class JournalFile : IDisposable
{
    /// <summary>Name of the file in the output directory.</summary>
    public const string FileName = "journal.jsonl";

    private const string Type = "type";

    private readonly FileStream _file;
    private readonly TimeProvider _clock;

    private JournalFile(FileStream file, TimeProvider clock)
    {
        _file = file;
        _clock = clock;
    }

    /// <summary>Journals of an output directory: that of runs on one machine, then those of processes that shared it.</summary>
    public static IEnumerable<string> AllIn(string outputDirectory) =>
        ClaimFolder.Journals(outputDirectory).Prepend(Path.Combine(outputDirectory, FileName));

    /// <summary>Opens the journal for appending; a torn last line is ended, so that it does not spoil the next one.</summary>
    /// <param name="path">The file; made if it is not there.</param>
    /// <param name="clock">Tells when a line was written.</param>
    /// <param name="writeThrough">Whether a line is on the disk (of the file server) before the next one is written.</param>
    /// <exception cref="IOException">It cannot be opened or written.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be opened or written.</exception>
    public static JournalFile Open(string path, TimeProvider clock, bool writeThrough = false)
    {
        var file = new FileStream(
            path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0, writeThrough ? FileOptions.WriteThrough : FileOptions.None);
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
    /// <param name="path">The file.</param>
    /// <param name="skipped">Told about each line that was skipped: its number, from 1.</param>
    public static IEnumerable<JournalRecord> Read(string path, Action<long> skipped)
    {
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

    // Written by hand, since the serializer takes 0.1 s of every start for it. It reads, which only a run that goes on needs.
    internal static string Print(JournalRecord record, DateTimeOffset at)
    {
        var line = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("at", at.UtcDateTime);
            switch (record)
            {
                case JournalRecord.Started started:
                    json.WriteString(Type, "started");
                    json.WriteNumber("term", started.Term);
                    json.WriteNumber("curves", started.Curves);
                    json.WriteNumber("committed", started.Committed);
                    break;
                case JournalRecord.Attempted attempted:
                    json.WriteString(Type, "attempted");
                    Write(json, attempted.Epoch);
                    json.WriteStartObject("worker");
                    json.WriteString("process", attempted.Worker.Process);
                    json.WriteNumber("number", attempted.Worker.Number);
                    json.WriteEndObject();
                    json.WriteString("kind", Word(attempted.Kind));
                    Write(json, "curves", attempted.Curves.First, attempted.Curves.Count);
                    Write(json, "points", attempted.Points.First, attempted.Points.Count);
                    json.WriteStartArray("crashed_points");
                    foreach (long point in attempted.CrashedPoints) json.WriteNumberValue(point);
                    json.WriteEndArray();
                    json.WriteBoolean("alone", attempted.Alone);
                    break;
                case JournalRecord.Ended ended:
                    json.WriteString(Type, "ended");
                    Write(json, ended.Epoch);
                    json.WriteString("end", Word(ended.End));
                    json.WriteString("message", ended.Message);
                    json.WriteNumber("seconds", ended.Seconds);
                    break;
                case JournalRecord.Corrupted corrupted:
                    json.WriteString(Type, "corrupted");
                    Write(json, "curves", corrupted.Curves.First, corrupted.Curves.Count);
                    json.WriteString("message", corrupted.Message);
                    break;
                case JournalRecord.Alarmed alarmed:
                    json.WriteString(Type, "alarmed");
                    Write(json, "curves", alarmed.Curves.First, alarmed.Curves.Count);
                    json.WriteString("message", alarmed.Message);
                    break;
                case JournalRecord.Finished finished:
                    json.WriteString(Type, "finished");
                    json.WriteString("end", Word(finished.End));
                    json.WriteString("reason", finished.Reason);
                    break;
                default: throw new ArgumentException($"The journal has no {record.GetType().Name}.", nameof(record));
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, Epoch epoch)
    {
        json.WriteStartObject("epoch");
        json.WriteNumber("term", epoch.Term);
        json.WriteNumber("grant", epoch.Grant);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, long first, long count)
    {
        json.WriteStartObject(name);
        json.WriteNumber("first", first);
        json.WriteNumber("count", count);
        json.WriteEndObject();
    }

    private static string Word(Enum word) => JsonNamingPolicy.SnakeCaseLower.ConvertName(word.ToString());

    internal static JournalRecord? Parse(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, JournalJson.Default.JournalRecord);
        }
        catch (Exception unreadable) when (unreadable is JsonException or NotSupportedException)
        {
            return null; // torn, or a kind that a newer version writes
        }
    }
}

/// <summary>Reads lines of the journal.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, AllowOutOfOrderMetadataProperties = true)]
[JsonSerializable(typeof(JournalRecord))]
internal sealed partial class JournalJson : JsonSerializerContext;
