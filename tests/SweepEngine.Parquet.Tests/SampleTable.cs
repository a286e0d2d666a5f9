namespace SweepEngine.Parquet.Tests;

/// <summary>Tables with columns of every type and encoding, NULLs and edge values, made from a seed.</summary>
internal static class SampleTable
{
    public static readonly ParquetSchema Schema = new(
        new("index", ParquetType.Int64),
        new("I_app", ParquetType.Double, encoding: ParquetEncoding.Dictionary),
        new("rate", ParquetType.Double, nullable: true, nanIsNull: true),
        new("plain", ParquetType.Double, encoding: ParquetEncoding.Plain),
        new("split", ParquetType.Double, nullable: true, encoding: ParquetEncoding.ByteStreamSplit),
        new("spike_count", ParquetType.Int32, nullable: true),
        new("wild", ParquetType.Int64, nullable: true, encoding: ParquetEncoding.DeltaBinaryPacked),
        new("wild32", ParquetType.Int32, encoding: ParquetEncoding.DeltaBinaryPacked),
        new("digits", ParquetType.Int32, encoding: ParquetEncoding.Plain),
        new("fires", ParquetType.Boolean, nullable: true),
        new("bits", ParquetType.Boolean, encoding: ParquetEncoding.Plain),
        new("status", ParquetType.String),
        new("method", ParquetType.String, nullable: true),
        new("note", ParquetType.String, nullable: true, encoding: ParquetEncoding.Plain),
        new("void", ParquetType.Double, nullable: true),
        new("silent", ParquetType.String, nullable: true),
        new("never", ParquetType.Boolean, nullable: true),
        new("nowhere", ParquetType.Int64, nullable: true));

    private static readonly string[] s_notes = ["", "µA/cm²", "神经元", "🧠🧠", "a\0b", "Größe \"q\"\n", new('x', 300), "\uFFFF", "e\u0301"];

    private static readonly double[] s_edges =
        [0.0, -0.0, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue, double.PositiveInfinity, double.NegativeInfinity,
            0.1, 1e-300];

    /// <summary>The values of the columns, null where NULL, by the names of the schema.</summary>
    public static Dictionary<string, object?[]> Make(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return Schema.Columns
            .ToDictionary(column => column.Name, column => Enumerable.Range(0, rows).Select(i => Value(column.Name, i, random)).ToArray());
    }

    private static object? Value(string column, int row, Random random) => column switch
    {
        "index" => 5_000_000_000L + row,
        "I_app" => 10.0 * (row % 101),
        "rate" => random.Next(4) == 0 ? null : random.NextDouble() * 100,
        "plain" => random.Next(3) == 0 ? s_edges[random.Next(s_edges.Length)] : random.NextDouble(),
        "split" => random.Next(10) == 0 ? null : random.Next(3) == 0 ? s_edges[random.Next(s_edges.Length)]
            : Math.ScaleB(random.NextDouble(), random.Next(-300, 300)),
        "spike_count" => row % 1000 < 300 ? null : random.Next(200),
        "wild" => random.Next(20) == 0 ? null : random.Next(2) == 0 ? random.NextInt64(long.MinValue, long.MaxValue)
            : random.Next(2) == 0 ? long.MinValue : long.MaxValue,
        "wild32" => random.Next(4) switch { 0 => int.MinValue, 1 => int.MaxValue, _ => random.Next(-1000, 1000) },
        "digits" => row % 10,
        "fires" => random.Next(5) == 0 ? null : row % 500 < 250,
        "bits" => random.Next(2) == 0,
        "status" => "ok",
        "method" => random.Next(3) switch { 0 => null, 1 => "closed_form", _ => "simulation" },
        "note" => random.Next(10) == 0 ? null : s_notes[random.Next(s_notes.Length)] + (random.Next(2) == 0 ? row : ""),
        _ => null,
    };

    public static byte[] Write(Dictionary<string, object?[]> table, ParquetWriterOptions? options = null, ParquetSchema? schema = null,
        Func<int>? batch = null)
    {
        schema ??= Schema;
        var stream = new MemoryStream();
        using var writer = new ParquetWriter(stream, schema, options);
        int rows = table[schema.Columns[0].Name].Length;
        for (int start = 0; start < rows;)
        {
            int count = Math.Min(batch?.Invoke() ?? rows, rows - start);
            foreach (var column in schema.Columns) Append(writer, column, table[column.Name].AsSpan(start, count));
            start += count;
        }
        writer.Finish();
        return stream.ToArray();
    }

    public static Dictionary<string, object?[]> Read(byte[] file)
    {
        var reader = new ParquetReader(new MemoryStream(file));
        return reader.Schema.Columns.ToDictionary(column => column.Name, column => Enumerable.Range(0, reader.RowGroups.Count)
            .SelectMany(group => Read(reader, group, column)).ToArray());
    }

    public static object?[] Read(ParquetReader reader, int group, ParquetColumn column) => column.Type switch
    {
        ParquetType.Double => Boxed(reader.Read<double>(group, column.Name)),
        ParquetType.Int64 => Boxed(reader.Read<long>(group, column.Name)),
        ParquetType.Int32 => Boxed(reader.Read<int>(group, column.Name)),
        ParquetType.Boolean => Boxed(reader.Read<bool>(group, column.Name)),
        _ => Boxed(reader.Read<string>(group, column.Name)),
    };

    /// <summary>Fails at the first value that differs, bit by bit for doubles; integers may have any width.</summary>
    public static void AssertSame(IReadOnlyDictionary<string, object?[]> expected, IReadOnlyDictionary<string, object?[]> found)
    {
        Assert.Equal(expected.Keys.Order(), found.Keys.Order());
        foreach (var (name, values) in expected)
        {
            Assert.True(values.Length == found[name].Length, $"{name}: {found[name].Length} rows where {values.Length} are due");
            for (int i = 0; i < values.Length; i++)
            {
                object? due = Bits(values[i]), got = Bits(found[name][i]);
                Assert.True(Equals(due, got), $"{name}, row {i}: {found[name][i] ?? "NULL"} where {values[i] ?? "NULL"} is due");
            }
        }
    }

    private static object? Bits(object? value) => value switch
    {
        double number => BitConverter.DoubleToUInt64Bits(number),
        int number => (long)number,
        _ => value,
    };

    private static object?[] Boxed<T>(ColumnValues<T> column) where T : notnull
        => [.. column.Values.Select((value, i) => column.IsNull.Length > 0 && column.IsNull[i] ? null : (object?)value)];

    private static void Append(ParquetWriter writer, ParquetColumn column, ReadOnlySpan<object?> values)
    {
        switch (column.Type)
        {
            case ParquetType.Double: Append<double>(writer, column, values); break;
            case ParquetType.Int64: Append<long>(writer, column, values); break;
            case ParquetType.Int32: Append<int>(writer, column, values); break;
            case ParquetType.Boolean: Append<bool>(writer, column, values); break;
            default: Append<string>(writer, column, values); break;
        }
    }

    private static void Append<T>(ParquetWriter writer, ParquetColumn column, ReadOnlySpan<object?> values) where T : notnull
    {
        var typed = new T[values.Length];
        var isNull = new bool[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            isNull[i] = values[i] is null;
            if (!isNull[i]) typed[i] = (T)values[i]!;
        }
        writer.Column<T>(column.Name).Append(typed, isNull.Contains(true) ? isNull : []);
    }
}
