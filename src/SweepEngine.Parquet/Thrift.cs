using System.Text;

namespace SweepEngine.Parquet;

/// <summary>Types of the Thrift compact protocol, in which all metadata of a Parquet file is written.</summary>
internal enum ThriftType
{
    Stop = 0,
    True = 1,
    False = 2,
    Byte = 3,
    Int16 = 4,
    Int32 = 5,
    Int64 = 6,
    Double = 7,
    Binary = 8,
    List = 9,
    Set = 10,
    Map = 11,
    Struct = 12,
}

/// <summary>Writes one Thrift struct; fields in rising order of their ids, and <see cref="End"/> at last.</summary>
internal ref struct ThriftWriter(ByteBuffer output)
{
    private readonly ByteBuffer _output = output;
    private int _last;

    public void Bool(int id, bool value) => Field(id, value ? ThriftType.True : ThriftType.False);

    public void Byte(int id, byte value)
    {
        Field(id, ThriftType.Byte);
        _output.WriteByte(value);
    }

    public void Int16(int id, short value)
    {
        Field(id, ThriftType.Int16);
        _output.WriteZigZag(value);
    }

    public void Int32(int id, int value)
    {
        Field(id, ThriftType.Int32);
        _output.WriteZigZag(value);
    }

    public void Int64(int id, long value)
    {
        Field(id, ThriftType.Int64);
        _output.WriteZigZag(value);
    }

    public void Binary(int id, ReadOnlySpan<byte> value)
    {
        Field(id, ThriftType.Binary);
        BinaryItem(value);
    }

    public void Text(int id, string value)
    {
        Field(id, ThriftType.Binary);
        TextItem(value);
    }

    /// <summary>Opens a list; the caller writes its items with the Item methods or <see cref="StructItem"/>.</summary>
    public void List(int id, ThriftType items, int count)
    {
        Field(id, ThriftType.List);
        _output.WriteByte((byte)(Math.Min(count, 15) << 4 | (int)items));
        if (count >= 15) _output.WriteVarint((ulong)count);
    }

    public readonly void BoolItem(bool value) => _output.WriteByte((byte)(value ? ThriftType.True : ThriftType.False));

    public readonly void IntItem(long value) => _output.WriteZigZag(value);

    public readonly void TextItem(string value) => BinaryItem(Encoding.UTF8.GetBytes(value));

    public readonly void BinaryItem(ReadOnlySpan<byte> value)
    {
        _output.WriteVarint((ulong)value.Length);
        _output.Write(value);
    }

    public readonly ThriftWriter StructItem() => new(_output);

    public ThriftWriter Struct(int id)
    {
        Field(id, ThriftType.Struct);
        return new(_output);
    }

    public readonly void End() => _output.WriteByte((byte)ThriftType.Stop);

    private void Field(int id, ThriftType type)
    {
        int step = id - _last;
        if (step is > 0 and <= 15)
        {
            _output.WriteByte((byte)(step << 4 | (int)type));
        }
        else
        {
            _output.WriteByte((byte)type);
            _output.WriteZigZag(id);
        }
        _last = id;
    }
}

/// <summary>
/// Reads Thrift structs: <c>for (int id = 0; reader.Next(ref id, out var type);) switch (id) …</c>. Each value is asked for by the type
/// that it must have; what a reader does not know it skips. Throws <see cref="InvalidDataException"/> without a place.
/// </summary>
internal ref struct ThriftReader(ReadOnlySpan<byte> bytes)
{
    /// <summary>The metadata of Parquet nests seven deep.</summary>
    private const int MaxDepth = 32;

    private ByteCursor _input = new(bytes);

    public readonly int Position => _input.Position;

    /// <summary>Goes to the next field of the current struct; false, with the end consumed, when there is none.</summary>
    public bool Next(ref int id, out ThriftType type)
    {
        byte header = _input.Byte();
        type = (ThriftType)(header & 0x0F);
        if (type == ThriftType.Stop) return false;
        int step = header >> 4;
        id = step == 0 ? (short)_input.ZigZag() : id + step;
        return true;
    }

    public static bool Bool(ThriftType type) => type switch
    {
        ThriftType.True => true,
        ThriftType.False => false,
        _ => throw Unexpected(ThriftType.True, type),
    };

    public byte Byte(ThriftType type)
    {
        Expect(ThriftType.Byte, type);
        return _input.Byte();
    }

    public int Int32(ThriftType type)
    {
        Expect(ThriftType.Int32, type);
        long value = _input.ZigZag();
        return value == (int)value ? (int)value : throw new InvalidDataException($"{value} does not fit into 32 bits");
    }

    public long Int64(ThriftType type)
    {
        Expect(ThriftType.Int64, type);
        return _input.ZigZag();
    }

    public byte[] Binary(ThriftType type)
    {
        Expect(ThriftType.Binary, type);
        return _input.Take(Count(_input.Varint())).ToArray();
    }

    public string Text(ThriftType type)
    {
        Expect(ThriftType.Binary, type);
        return Encoding.UTF8.GetString(_input.Take(Count(_input.Varint())));
    }

    /// <summary>Opens a list; gives the number of its items, which is at most the number of bytes left.</summary>
    public int List(ThriftType type, ThriftType items)
    {
        Expect(ThriftType.List, type);
        var (found, count) = ListHeader();
        if (count > 0 && found != items && !(items == ThriftType.True && found == ThriftType.False)) throw Unexpected(items, found);
        return count;
    }

    public bool BoolItem() => _input.Byte() == (byte)ThriftType.True;

    public static void Expect(ThriftType expected, ThriftType found)
    {
        if (expected != found) throw Unexpected(expected, found);
    }

    public void Skip(ThriftType type) => Skip(type, 0);

    private void Skip(ThriftType type, int depth)
    {
        if (depth > MaxDepth) throw new InvalidDataException($"metadata nests deeper than {MaxDepth}");
        switch (type)
        {
            case ThriftType.True or ThriftType.False: break;
            case ThriftType.Byte: _input.Byte(); break;
            case ThriftType.Int16 or ThriftType.Int32 or ThriftType.Int64: _input.Varint(); break;
            case ThriftType.Double: _input.Take(8); break;
            case ThriftType.Binary: _input.Take(Count(_input.Varint())); break;
            case ThriftType.List or ThriftType.Set:
                var (items, count) = ListHeader();
                for (int i = 0; i < count; i++) SkipItem(items, depth + 1);
                break;
            case ThriftType.Map:
                int pairs = Count(_input.Varint());
                int kinds = pairs == 0 ? 0 : _input.Byte();
                for (int i = 0; i < pairs; i++)
                {
                    SkipItem((ThriftType)(kinds >> 4), depth + 1);
                    SkipItem((ThriftType)(kinds & 0x0F), depth + 1);
                }
                break;
            case ThriftType.Struct:
                for (int id = 0; Next(ref id, out var field);) Skip(field, depth + 1);
                break;
            default: throw new InvalidDataException($"metadata has a value of the unknown Thrift type {(int)type}");
        }
    }

    /// <summary>A boolean takes a byte in a list and none in a field.</summary>
    private void SkipItem(ThriftType type, int depth)
    {
        if (type is ThriftType.True or ThriftType.False) _input.Byte();
        else Skip(type, depth);
    }

    private (ThriftType Items, int Count) ListHeader()
    {
        byte header = _input.Byte();
        return ((ThriftType)(header & 0x0F), Count(header >> 4 == 15 ? _input.Varint() : (ulong)(header >> 4)));
    }

    private readonly int Count(ulong value) => value <= (ulong)_input.Remaining
        ? (int)value
        : throw new InvalidDataException($"metadata announces {value} bytes or items where {_input.Remaining} bytes are left");

    private static InvalidDataException Unexpected(ThriftType expected, ThriftType found)
        => new($"metadata has a value of Thrift type {found} where {expected} is expected");
}
