using System.Globalization;
using System.Text;
using SweepEngine.Protocol;

namespace SweepEngine.Cluster;

/// <summary>A process that shares a sweep's folder.</summary>
/// <param name="Name">Its name: slice, machine, process id and some digits that no other has.</param>
/// <param name="Sign">Its last sign of life; empty if it cannot be read.</param>
/// <param name="Age">How old that is by the time of the file: for people, since clocks of machines differ.</param>
public sealed record SharingProcess(string Name, string Sign, TimeSpan Age)
{
    /// <summary>Whether it said that it has ended.</summary>
    public bool IsGone => Sign == ShardClaims.Gone;
}

/// <summary>
/// What processes that share a sweep leave each other in its folder. Names are found by listing; contents are whole when a name is there, since
/// files are written beside it, flushed, and linked or renamed. No time of any file means anything, and nothing is locked: this holds on NFS.
/// <code>
///   claims/000000000012.1          the process that holds claim 1 on shard 12; made if absent, never changed
///   processes/NAME.sign            a sign of life: a number that grows, or "gone"
///   processes/NAME.jsonl           the journal of that process, written through
/// </code>
/// </summary>
public sealed class ClaimFolder
{
    private const string SignExtension = ".sign", JournalExtension = ".jsonl", TemporaryExtension = ".tmp";

    private readonly string _claims, _processes;
    private readonly Dictionary<ShardClaim, string> _holders = []; // a claim does not change

    /// <summary>Opens the folder and makes what is missing.</summary>
    /// <param name="outputDirectory">The output directory of the sweep; exists.</param>
    /// <param name="process">Name of this process; no other one ever had it.</param>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">It cannot be made.</exception>
    public ClaimFolder(string outputDirectory, string process)
    {
        _claims = Directory.CreateDirectory(ClaimsIn(outputDirectory)).FullName;
        _processes = Directory.CreateDirectory(ProcessesIn(outputDirectory)).FullName;
        Process = process;
    }

    /// <summary>Name of this process.</summary>
    public string Process { get; }

    /// <summary>The journal of this process.</summary>
    public string Journal => JournalOf(Process);

    /// <summary>Whether processes share, or shared, a sweep's folder.</summary>
    public static bool IsIn(string outputDirectory) => Directory.Exists(ProcessesIn(outputDirectory));

    /// <summary>The processes that share, or shared, a sweep's folder, by name.</summary>
    public static IReadOnlyList<SharingProcess> Processes(string outputDirectory) => IsIn(outputDirectory)
        ? [.. Directory.EnumerateFiles(ProcessesIn(outputDirectory), "*" + SignExtension).Order(StringComparer.Ordinal)
            .Select(path => new SharingProcess(Path.GetFileNameWithoutExtension(path), ReadLine(path) ?? "", Age(path)))]
        : [];

    /// <summary>The journals of these processes, by name.</summary>
    public static IReadOnlyList<string> Journals(string outputDirectory) => IsIn(outputDirectory)
        ? [.. Directory.EnumerateFiles(ProcessesIn(outputDirectory), "*" + JournalExtension).Order(StringComparer.Ordinal)] : [];

    /// <summary>Claims, by shard and attempt, with their holders; null for a torn one.</summary>
    public static IReadOnlyList<(ShardClaim Claim, string? Holder)> Claims(string outputDirectory) =>
        [.. List(ClaimsIn(outputDirectory)).OrderBy(claim => claim.Shard).ThenBy(claim => claim.Attempt)
            .Select(claim => (claim, ReadLine(Path.Combine(ClaimsIn(outputDirectory), NameOf(claim)))))];

    /// <summary>Removes the claims of a sweep that is complete; signs and journals stay.</summary>
    public static void Forget(string outputDirectory)
    {
        if (Directory.Exists(ClaimsIn(outputDirectory))) Directory.Delete(ClaimsIn(outputDirectory), recursive: true);
    }

    /// <summary>Gives a sign of life.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void GiveSign(string sign)
    {
        string path = Path.Combine(_processes, Process + SignExtension);
        Write(path + TemporaryExtension, sign);
        File.Move(path + TemporaryExtension, path, overwrite: true);
    }

    /// <summary>The claims that are listed.</summary>
    public IReadOnlyList<ShardClaim> List() => [.. List(_claims)];

    /// <summary>Who holds these claims, with the signs of life that are there now.</summary>
    public IReadOnlyList<ClaimHolder> ReadHolders(IReadOnlyList<ShardClaim> claims)
    {
        var signs = new Dictionary<string, string>();
        var read = new List<ClaimHolder>();
        foreach (var claim in claims)
        {
            string? holder = HolderOf(claim);
            if (holder is not null && !signs.ContainsKey(holder)) signs.Add(holder, ReadLine(Path.Combine(_processes, holder + SignExtension)) ?? "");
            read.Add(new ClaimHolder(claim, holder, holder is null ? "" : signs[holder]));
        }
        return read;
    }

    /// <summary>Makes a claim unless it is there.</summary>
    /// <returns>Whether this process holds it.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public bool Make(ShardClaim claim)
    {
        string temporary = Path.Combine(_processes, $"{Process}.claim{TemporaryExtension}");
        Write(temporary, Process);
        bool isFirst = DurableFiles.MoveIfAbsent(temporary, Path.Combine(_claims, NameOf(claim)));
        if (!isFirst) File.Delete(temporary);
        // An NFS server whose answer was lost is asked again, and then says that the name is taken: by this very process.
        return isFirst || HolderOf(claim) == Process;
    }

    /// <summary>What those who held a shard before the claim left in their journals.</summary>
    /// <param name="claim">The claim of this process.</param>
    /// <param name="curves">The curves of the shard.</param>
    public WorkHistory HistoryBefore(ShardClaim claim, CurveRange curves)
    {
        var holders = Enumerable.Range(1, claim.Attempt - 1).Select(attempt => HolderOf(claim with { Attempt = attempt })).Distinct();
        return WorkHistory.OfEarlierHolders(curves, holders.Select(holder =>
            holder is not null && File.Exists(JournalOf(holder)) ? JournalFile.Read(JournalOf(holder), _ => { }) : null));
    }

    private static TimeSpan Age(string path) => TimeSpan.FromTicks(Math.Max(0, (DateTime.UtcNow - File.GetLastWriteTimeUtc(path)).Ticks));

    private static string ClaimsIn(string outputDirectory) => Path.Combine(outputDirectory, "claims");

    private static string ProcessesIn(string outputDirectory) => Path.Combine(outputDirectory, "processes");

    private static string NameOf(ShardClaim claim) => string.Create(CultureInfo.InvariantCulture, $"{claim.Shard:D12}.{claim.Attempt}");

    private static IEnumerable<ShardClaim> List(string claims)
    {
        if (!Directory.Exists(claims)) yield break; // removed by a merge: all is committed
        foreach (string path in Directory.EnumerateFiles(claims))
        {
            string[] fields = Path.GetFileName(path).Split('.');
            if (fields.Length == 2 && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out long shard)
                && int.TryParse(fields[1], NumberStyles.None, CultureInfo.InvariantCulture, out int attempt))
                yield return new ShardClaim(shard, attempt);
        }
    }

    private static void Write(string path, string line)
    {
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, Encoding.UTF8.GetBytes(line + "\n"), 0);
        RandomAccess.FlushToDisk(file);
    }

    // Null for what is not there, torn, or being replaced: it counts as silent, and is read again.
    private static string? ReadLine(string path)
    {
        try
        {
            string text = File.ReadAllText(path);
            return text.EndsWith('\n') ? text[..^1] : null;
        }
        catch (Exception trouble) when (StorageTrouble.Is(trouble))
        {
            return null;
        }
    }

    private string JournalOf(string process) => Path.Combine(_processes, process + JournalExtension);

    private string? HolderOf(ShardClaim claim)
    {
        if (_holders.TryGetValue(claim, out string? known)) return known;
        string? holder = ReadLine(Path.Combine(_claims, NameOf(claim)));
        if (holder is not null) _holders.Add(claim, holder);
        return holder;
    }
}
