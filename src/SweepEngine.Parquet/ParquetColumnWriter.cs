using System.Buffers;
using System.Runtime.CompilerServices;

namespace SweepEngine.Parquet;

/// <summary>Takes the values of one column, in the order of the rows.</summary>
/// <typeparam name="T">double, long, int, bool or string, as the type of the column is.</typeparam>
public sealed class ParquetColumnWriter<T> : IColumnWriter where T : notnull
{
    /// <summary>Keeps pages below the sizes that readers refuse.</summary>
    private const int LongestText = 1 << 24;

    /// <summary>Rows from which on a column is likely to fill a row group.</summary>
    private const int FewRows = 1 << 13;

    private readonly ParquetWriter _writer;
    private readonly PhysicalType<T> _type = PhysicalType.Of<T>();
    private readonly ChunkWriter<T> _chunks;

    /// <summary>Rows that wait for their row group: values, and 1 or 0 for present or NULL in a nullable column.</summary>
    private T[] _values = [];
    private byte[] _defined = [];
    private int _start, _end;

    internal ParquetColumnWriter(ParquetWriter writer, ParquetColumn column, ChunkWriter<T> chunks)
        => (_writer, Column, _chunks) = (writer, column, chunks);

    /// <summary>The column.</summary>
    public ParquetColumn Column { get; }

    int IColumnWriter.Rows => _end - _start;

    /// <summary>Appends the values of the next rows, any number of them.</summary>
    /// <param name="values">One value for each row; where <paramref name="isNull"/> says true, the value is not looked at.
    /// A null string is NULL, and so is NaN where the column says <see cref="ParquetColumn.NaNIsNull"/>.</param>
    /// <param name="isNull">For each row whether it is NULL; empty if none is.</param>
    /// <exception cref="ArgumentException">The spans differ in length, a NULL meets a column that is not nullable, or a text is longer
    /// than 16 Mi characters; nothing was appended then. Or a text has half a surrogate pair, which shows when its row group is
    /// written; the file is lost then.</exception>
    /// <exception cref="InvalidOperationException">The file is finished already.</exception>
    public void Append(ReadOnlySpan<T> values, ReadOnlySpan<bool> isNull = default)
    {
        if (!isNull.IsEmpty && isNull.Length != values.Length)
            throw new ArgumentException($"Column '{Column.Name}': {values.Length} values have {isNull.Length} NULL marks; give one for each.");
        _writer.CheckOpen();
        Reserve(values.Length);
        var defined = _defined.AsSpan(_end, values.Length);
        defined.Fill(1);
        for (int i = 0; i < isNull.Length; i++)
        {
            if (isNull[i]) defined[i] = 0;
        }
        _type.MarkMissing(values, Column.NaNIsNull, defined);
        Check(values, defined);
        values.CopyTo(_values.AsSpan(_end));
        _end += values.Length;
        _writer.CutRowGroups();
    }

    void IColumnWriter.AppendFrom(ParquetReader source, int rowGroup)
    {
        var column = source.Read<T>(rowGroup, Column.Name);
        Append(column.Values, column.IsNull);
    }

    ChunkMetadata IColumnWriter.WriteChunk(int rows, PageOutput output, PageIndexes indexes)
    {
        var chunk = _chunks.Write(Column, _values.AsSpan(_start, rows), Column.Nullable ? _defined.AsSpan(_start, rows) : [], output,
            indexes);
        _start += rows;
        if (_start == _end) _start = _end = 0;
        return chunk;
    }

    void IDisposable.Dispose()
    {
        Pooled.Return(ref _values);
        Pooled.Return(ref _defined);
        (_start, _end) = (0, 0);
    }

    private void Check(ReadOnlySpan<T> values, ReadOnlySpan<byte> defined)
    {
        if (!Column.Nullable && defined.IndexOf((byte)0) is >= 0 and int missing)
            throw new ArgumentException($"Column '{Column.Name}' is not nullable, and value {missing} of those appended is NULL.");
        if (typeof(T) != typeof(string)) return;
        for (int i = 0; i < values.Length; i++)
        {
            if (defined[i] != 0 && _type.TextLength(values[i]) is > LongestText and int length)
                throw new ArgumentException($"Column '{Column.Name}': a text has {length} characters; at most {LongestText} are allowed.");
        }
    }

    private void Reserve(int count)
    {
        if (_end + (long)count <= Math.Min(_values.Length, _defined.Length)) return;
        int waiting = _end - _start, capacity = checked(waiting + count);
        // Room for a row group at once: the pool keeps the smaller arrays on the way there, which are as much again. With the default of rows this is 2^17, as the
        // pool has it.
        if (capacity > FewRows) capacity = Math.Max(capacity, _writer.RowGroupRows + FewRows);
        Pooled.Move(ref _values, _start, waiting, capacity);
        Pooled.Move(ref _defined, _start, waiting, capacity);
        (_start, _end) = (0, waiting);
    }
}

/// <summary>A column writer of any type, as the file writer sees it.</summary>
internal interface IColumnWriter : IDisposable
{
    ParquetColumn Column { get; }

    /// <summary>Rows that wait for their row group.</summary>
    int Rows { get; }

    void AppendFrom(ParquetReader source, int rowGroup);

    /// <summary>Writes the first rows that wait.</summary>
    ChunkMetadata WriteChunk(int rows, PageOutput output, PageIndexes indexes);
}

/// <summary>Arrays from the shared pool.</summary>
internal static class Pooled
{
    /// <summary>Makes room for at least <paramref name="capacity"/> items; what the array held is lost if it must grow.</summary>
    public static void Ensure<T>(ref T[] array, int capacity)
    {
        if (array.Length < capacity) Move(ref array, 0, 0, capacity);
    }

    /// <summary>Brings items to the front of an array that has room for at least <paramref name="capacity"/>, growing by
    /// doubling.</summary>
    public static void Move<T>(ref T[] array, int start, int count, int capacity)
    {
        if (capacity <= array.Length)
        {
            array.AsSpan(start, count).CopyTo(array);
            return;
        }
        T[] larger = ArrayPool<T>.Shared.Rent((int)Math.Clamp(2L * array.Length, capacity, Array.MaxLength));
        array.AsSpan(start, count).CopyTo(larger);
        Return(ref array);
        array = larger;
    }

    public static void Return<T>(ref T[] array)
    {
        if (array.Length > 0) ArrayPool<T>.Shared.Return(array, clearArray: RuntimeHelpers.IsReferenceOrContainsReferences<T>());
        array = [];
    }
}
