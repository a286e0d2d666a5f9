namespace SweepEngine.Parquet;

/// <summary>What a column holds.</summary>
public enum ParquetType
{
    /// <summary>True or false (<see cref="bool"/>).</summary>
    Boolean,

    /// <summary>32-bit signed integers (<see cref="int"/>).</summary>
    Int32,

    /// <summary>64-bit signed integers (<see cref="long"/>).</summary>
    Int64,

    /// <summary>IEEE 754 binary64 (<see cref="double"/>).</summary>
    Double,

    /// <summary>Unicode text, stored as UTF-8 (<see cref="string"/>).</summary>
    String,
}

/// <summary>How the values of a column are laid out in its pages; the numbers are those of the format.</summary>
public enum ParquetEncoding
{
    /// <summary>
    /// The writer decides for each row group: <see cref="Dictionary"/> where values repeat enough, otherwise
    /// <see cref="ByteStreamSplit"/> for doubles, <see cref="DeltaBinaryPacked"/> for integers, <see cref="RunLength"/> for
    /// booleans and <see cref="Plain"/> for strings.
    /// </summary>
    Automatic = -1,

    /// <summary>PLAIN: the values one after the other.</summary>
    Plain = 0,

    /// <summary>RLE: runs and bit-packed groups; booleans only.</summary>
    RunLength = 3,

    /// <summary>DELTA_BINARY_PACKED: bit-packed differences, for sorted integers.</summary>
    DeltaBinaryPacked = 5,

    /// <summary>
    /// RLE_DICTIONARY: each distinct value once, then indices. The writer falls back to the encoding of
    /// <see cref="Automatic"/> in row groups with more than 65,536 distinct values or 1 Mi characters of distinct text.
    /// </summary>
    Dictionary = 8,

    /// <summary>BYTE_STREAM_SPLIT: all first bytes, all second bytes, …, for measured doubles.</summary>
    ByteStreamSplit = 9,
}

/// <summary>How pages are compressed; the numbers are those of the format.</summary>
public enum ParquetCompression
{
    /// <summary>Not at all.</summary>
    None = 0,

    /// <summary>Snappy: fast, the same bytes on every machine.</summary>
    Snappy = 1,

    /// <summary>Gzip: smaller and slower; the bytes depend on the zlib of the .NET runtime.</summary>
    Gzip = 2,
}

/// <summary>A column of a flat table.</summary>
public sealed record ParquetColumn
{
    /// <summary>Describes a column.</summary>
    /// <param name="name">Its name, not empty, unique in the schema.</param>
    /// <param name="type">What it holds.</param>
    /// <param name="nullable">Whether a value may be missing (NULL).</param>
    /// <param name="encoding">How its values are laid out; a hint for writing.</param>
    /// <param name="nanIsNull">Whether a NaN handed to the writer is written as NULL; for nullable doubles only.</param>
    /// <exception cref="ArgumentException">The name is empty, the encoding does not fit the type, or <paramref name="nanIsNull"/>
    /// is asked of a column that is not a nullable double.</exception>
    public ParquetColumn(string name, ParquetType type, bool nullable = false,
        ParquetEncoding encoding = ParquetEncoding.Automatic, bool nanIsNull = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!Fits(encoding, type))
            throw new ArgumentException($"Column '{name}': the encoding {encoding} does not fit the type {type}.", nameof(encoding));
        if (nanIsNull && (type != ParquetType.Double || !nullable))
            throw new ArgumentException($"Column '{name}': NaN can become NULL only in a nullable Double column.", nameof(nanIsNull));
        (Name, Type, Nullable, Encoding, NaNIsNull) = (name, type, nullable, encoding, nanIsNull);
    }

    /// <summary>The name, unique in the schema.</summary>
    public string Name { get; }

    /// <summary>What the column holds.</summary>
    public ParquetType Type { get; }

    /// <summary>Whether a value may be missing (NULL).</summary>
    public bool Nullable { get; }

    /// <summary>How the values are to be laid out; <see cref="ParquetEncoding.Automatic"/> in a schema that was read from a file.</summary>
    public ParquetEncoding Encoding { get; }

    /// <summary>Whether a NaN handed to the writer is written as NULL; false in a schema that was read from a file.</summary>
    public bool NaNIsNull { get; }

    private static bool Fits(ParquetEncoding encoding, ParquetType type) => encoding switch
    {
        ParquetEncoding.Automatic or ParquetEncoding.Plain => true,
        ParquetEncoding.RunLength => type == ParquetType.Boolean,
        ParquetEncoding.DeltaBinaryPacked => type is ParquetType.Int32 or ParquetType.Int64,
        ParquetEncoding.Dictionary => type != ParquetType.Boolean,
        ParquetEncoding.ByteStreamSplit => type == ParquetType.Double,
        _ => false,
    };
}

/// <summary>The columns of a table, in order.</summary>
public sealed class ParquetSchema
{
    private readonly Dictionary<string, int> _positions = new(StringComparer.Ordinal);

    /// <summary>Puts columns together.</summary>
    /// <param name="columns">At least one column, with distinct names.</param>
    /// <exception cref="ArgumentException">There is no column, or two have the same name.</exception>
    public ParquetSchema(params IReadOnlyList<ParquetColumn> columns)
    {
        if (columns.Count == 0) throw new ArgumentException("A table needs at least one column.", nameof(columns));
        for (int i = 0; i < columns.Count; i++)
        {
            if (!_positions.TryAdd(columns[i].Name, i))
                throw new ArgumentException($"Two columns have the name '{columns[i].Name}'.", nameof(columns));
        }
        Columns = [.. columns];
    }

    /// <summary>The columns, in the order in which they stand in the file.</summary>
    public IReadOnlyList<ParquetColumn> Columns { get; }

    /// <summary>The position of a column.</summary>
    /// <param name="name">Its name, compared exactly.</param>
    /// <exception cref="ArgumentException">There is no column of that name.</exception>
    public int IndexOf(string name) => _positions.TryGetValue(name, out int index)
        ? index
        : throw new ArgumentException($"There is no column '{name}'; the columns are {string.Join(", ", _positions.Keys)}.", nameof(name));
}
