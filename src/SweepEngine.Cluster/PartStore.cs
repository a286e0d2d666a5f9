using System.Globalization;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>
/// The committed parts of a sweep: the folder <c>parts/</c> of an output directory.
/// A part is committed by writing a temporary file beside it, fsync, giving it its name if that is free (the first writer wins), and
/// fsync of the folder; only then is it reported. Part files are never rewritten and never deleted; an unreadable one is moved to
/// <c>corrupt/</c>.
/// <para>
/// The name <c>000000000042-000000008-0123456789abcdef.part</c> holds first curve, number of curves and 16 digits of the shard id, so a
/// listing
/// alone tells where a sweep stands. Parts of another specification or engine version have other ids and are left alone.
/// </para>
/// </summary>
public sealed class PartStore
{
    private const int IdDigits = 16;
    private const string Extension = ".part";
    private const string TemporaryExtension = ".tmp";

    private readonly SweepShape _shape;
    private readonly Func<CurveRange, string> _shardId;
    private readonly string _corruptFolder;
    private readonly string _temporaryMark = $"{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..8]}"; // process ids repeat in containers
    private int _temporaries;

    /// <summary>Opens the store and makes its folder; if no processes ever shared it, removes what killed ones left half-written.</summary>
    /// <param name="outputDirectory">The output directory of the sweep; exists. Locked by the caller, or shared.</param>
    /// <param name="shape">Size of the sweep.</param>
    /// <param name="shardId">Identity of a curve range: 64 hexadecimal digits (SHA-256); pure.</param>
    /// <exception cref="ArgumentException">The identity has not 64 hexadecimal digits.</exception>
    /// <exception cref="IOException">The folder cannot be made or written.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder cannot be made or written.</exception>
    public PartStore(string outputDirectory, SweepShape shape, Func<CurveRange, string> shardId)
    {
        string id = shardId(shape.Shard(0));
        if (id.Length != 64 || !id.All(char.IsAsciiHexDigit))
            throw new ArgumentException(
                $"A shard id has 64 hexadecimal digits (SHA-256), but '{id}' was given for {shape.Shard(0)}.", nameof(shardId));
        _shape = shape;
        _shardId = shardId;
        Folder = FolderIn(outputDirectory);
        _corruptFolder = Path.Combine(outputDirectory, "corrupt");
        Directory.CreateDirectory(Folder);
        if (!ClaimFolder.IsIn(outputDirectory)) DeleteTemporaries();
    }

    /// <summary>The folder of the parts.</summary>
    public string Folder { get; }

    /// <summary>Removes what killed processes left half-written. No other process may be committing a part that counts.</summary>
    public void DeleteTemporaries()
    {
        foreach (string leftover in Directory.EnumerateFiles(Folder, "*" + TemporaryExtension)) File.Delete(leftover);
    }

    /// <summary>Lists the committed parts of this sweep, in the order of their first curve. Names only: contents are verified when they
    /// are read.</summary>
    /// <param name="foreign">Part files of another specification or engine version, and files whose names are not understood.</param>
    public IReadOnlyList<CurveRange> List(out int foreign)
    {
        foreign = 0;
        var parts = new List<CurveRange>();
        foreach (string path in Directory.EnumerateFiles(Folder))
        {
            string name = Path.GetFileName(path);
            if (name.EndsWith(TemporaryExtension, StringComparison.Ordinal)) continue;
            if (ParseName(name) is { } curves && curves.End <= _shape.Curves && name == NameOf(curves)) parts.Add(curves);
            else foreign++;
        }
        parts.Sort((a, b) => (a.First, a.Count).CompareTo((b.First, b.Count)));
        return parts;
    }

    /// <summary>Which curves an output directory holds as parts, by the names of the files alone. Needs no lock and changes nothing.</summary>
    /// <param name="outputDirectory">The output directory of the sweep.</param>
    public static RangeSet Committed(string outputDirectory)
    {
        string folder = FolderIn(outputDirectory);
        return new RangeSet(Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder).Select(path => ParseName(Path.GetFileName(path))).OfType<CurveRange>() : []);
    }

    /// <summary>Where the part of <paramref name="curves"/> is or will be.</summary>
    public string PathOf(CurveRange curves) => Path.Combine(Folder, NameOf(curves));

    /// <summary>Commits a part durably, unless one of the same name is there; then only compares. May be called from several
    /// threads.</summary>
    /// <returns>Done, same, different or storage, and a sentence for people if not done.</returns>
    public (WorkEnd End, string Message) Commit(ShardWork work, ReadOnlyMemory<byte> payload)
    {
        string path = PathOf(work.Curves);
        string temporary = $"{path}.{_temporaryMark}-{Interlocked.Increment(ref _temporaries)}{TemporaryExtension}";
        try
        {
            var pieces = PartFile.Frame(work, payload);
            try
            {
                using (var file = File.OpenHandle(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None))
                {
                    RandomAccess.Write(file, pieces, 0);
                    RandomAccess.FlushToDisk(file);
                }
                bool isFirst = DurableFiles.MoveIfAbsent(temporary, path);
                DurableFiles.SyncDirectory(Folder); // also for the second: the first may not have come so far
                return isFirst ? (WorkEnd.Done, "") : CompareWithFirst(path, pieces);
            }
            finally
            {
                File.Delete(temporary); // nothing is there after success
            }
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            return (WorkEnd.Storage, StorageTrouble.Describe($"the part of {work.Curves} cannot be written", trouble));
        }
    }

    /// <summary>Reads a part and verifies it.</summary>
    /// <exception cref="CorruptPartException">The part is missing or does not hold what was written.</exception>
    /// <exception cref="IOException">It cannot be read now.</exception>
    public StoredPart Read(CurveRange curves)
    {
        try
        {
            return PartFile.Parse(File.ReadAllBytes(PathOf(curves)), curves, _shardId(curves));
        }
        catch (FileNotFoundException)
        {
            throw new CorruptPartException("it is not there any more");
        }
    }

    /// <summary>Moves an unreadable part to <c>corrupt/</c>, where it hinders nobody and can be looked at.</summary>
    /// <returns>Where it is now; null if it was not there.</returns>
    public string? SetAside(CurveRange curves)
    {
        string path = PathOf(curves);
        if (!File.Exists(path)) return null;
        Directory.CreateDirectory(_corruptFolder);
        for (int number = 1; ; number++)
        {
            string aside = Path.Combine(_corruptFolder, $"{Path.GetFileName(path)}.{number}");
            if (File.Exists(aside)) continue;
            File.Move(path, aside);
            DurableFiles.SyncDirectory(Folder);
            return aside;
        }
    }

    private static (WorkEnd End, string Message) CompareWithFirst(string path, IReadOnlyList<ReadOnlyMemory<byte>> pieces)
    {
        byte[] first = File.ReadAllBytes(path);
        int at = 0;
        foreach (var piece in pieces)
        {
            if (first.Length - at < piece.Length || !piece.Span.SequenceEqual(first.AsSpan(at, piece.Length))) return Different();
            at += piece.Length;
        }
        return at == first.Length ? (WorkEnd.Same, "") : Different();

        (WorkEnd, string) Different() => (WorkEnd.Different,
            $"{path} was computed a second time and its bytes differ. The first file counts. Either the kernel is not deterministic, " +
            "or memory, disk or processor of this machine are faulty; compare a run on another machine.");
    }

    private static string FolderIn(string outputDirectory) => Path.Combine(outputDirectory, "parts");

    private string NameOf(CurveRange curves) => string.Create(
        CultureInfo.InvariantCulture, $"{curves.First:D12}-{curves.Count:D9}-{_shardId(curves)[..IdDigits].ToLowerInvariant()}{Extension}");

    private static CurveRange? ParseName(string name)
    {
        if (!name.EndsWith(Extension, StringComparison.Ordinal)) return null;
        var fields = name[..^Extension.Length].Split('-');
        return fields.Length == 3
            && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long first)
            && long.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out long count)
            && count > 0 && first <= long.MaxValue - count
            ? new CurveRange(first, count) : null;
    }
}
