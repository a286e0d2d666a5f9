using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;

namespace SweepEngine.Parquet;

/// <summary>How values of one C# type stand in a file: their encodings, their order and their bounds in statistics.</summary>
internal abstract class PhysicalType<T> where T : notnull
{
    /// <summary>The type of the columns that hold such values.</summary>
    public abstract ParquetType Type { get; }

    /// <summary>The encoding when a dictionary is not wanted or does not pay.</summary>
    public abstract ParquetEncoding Direct { get; }

    /// <summary>Whether two values have the same bytes: the equality of dictionaries.</summary>
    public virtual IEqualityComparer<T> SameBytes => EqualityComparer<T>.Default;

    /// <summary>The most distinct values among <paramref name="count"/> with which a dictionary pays; 0 = never.</summary>
    public virtual int DictionaryPays(int count) => count / 8;

    /// <summary>Marks with 0 the values that are NULL by themselves.</summary>
    public virtual void MarkMissing(ReadOnlySpan<T> values, bool nanIsNull, Span<byte> defined) { }

    /// <summary>Characters of a text, by which dictionaries and pages are limited besides the number of values.</summary>
    public virtual int TextLength(T value) => 0;

    public abstract int Compare(T left, T right);

    /// <summary>The least and the greatest value; false if there is none or a NaN makes them meaningless.</summary>
    public abstract bool TryBounds(ReadOnlySpan<T> values, out T least, out T greatest);

    /// <summary>The bytes of a bound in statistics; a long text is cut to a text that is still a bound.</summary>
    public abstract byte[] Bound(T value, bool upper, out bool exact);

    /// <summary>The value of a bound, or null if its bytes are none.</summary>
    public abstract object? ParseBound(ReadOnlySpan<byte> bytes);

    public abstract void Encode(ParquetEncoding encoding, ReadOnlySpan<T> values, ByteBuffer output);

    /// <summary>Fills <paramref name="values"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes end too early, do not make sense, or have an encoding that is not
    /// supported.</exception>
    public abstract void Decode(ParquetEncoding encoding, ref ByteCursor input, Span<T> values);

    protected InvalidDataException NotSupported(ParquetEncoding encoding)
        => new($"the encoding {encoding} of {Type} values is not supported");
}

/// <summary>The types by their C# types.</summary>
internal static class PhysicalType
{
    /// <exception cref="NotSupportedException">No column holds such values.</exception>
    public static PhysicalType<T> Of<T>() where T : notnull => (Find(typeof(T)) as PhysicalType<T>)
        ?? throw new NotSupportedException($"No column holds {typeof(T).Name}; use double, long, int, bool or string.");

    private static object? Find(Type type)
        => type == typeof(double) ? DoubleType.Instance
        : type == typeof(long) ? IntegerType<long>.Instance
        : type == typeof(int) ? IntegerType<int>.Instance
        : type == typeof(bool) ? BooleanType.Instance
        : type == typeof(string) ? TextType.Instance
        : null;
}

internal sealed class DoubleType : PhysicalType<double>
{
    public static readonly DoubleType Instance = new();

    public override ParquetType Type => ParquetType.Double;

    public override ParquetEncoding Direct => ParquetEncoding.ByteStreamSplit;

    public override IEqualityComparer<double> SameBytes { get; } = new BitwiseEquality();

    public override void MarkMissing(ReadOnlySpan<double> values, bool nanIsNull, Span<byte> defined)
    {
        if (!nanIsNull) return;
        for (int i = 0; i < values.Length; i++)
        {
            if (double.IsNaN(values[i])) defined[i] = 0;
        }
    }

    public override int Compare(double left, double right) => left.CompareTo(right);

    public override bool TryBounds(ReadOnlySpan<double> values, out double least, out double greatest)
    {
        least = double.PositiveInfinity;
        greatest = double.NegativeInfinity;
        foreach (double value in values)
        {
            if (double.IsNaN(value)) return false;
            if (value < least) least = value;
            if (value > greatest) greatest = value;
        }
        // parquet.thrift: a zero bound stands for both zeros.
        if (least == 0) least = -0.0;
        if (greatest == 0) greatest = 0.0;
        return !values.IsEmpty;
    }

    public override byte[] Bound(double value, bool upper, out bool exact)
    {
        exact = true;
        return BitConverter.GetBytes(value);
    }

    public override object? ParseBound(ReadOnlySpan<byte> bytes)
        => bytes.Length == sizeof(double) ? MemoryMarshal.Read<double>(bytes) : null;

    public override void Encode(ParquetEncoding encoding, ReadOnlySpan<double> values, ByteBuffer output)
    {
        if (encoding == ParquetEncoding.ByteStreamSplit)
            ByteStreamSplit.Encode(values, output.Extend(checked(values.Length * sizeof(double))));
        else output.Write(MemoryMarshal.AsBytes(values));
    }

    public override void Decode(ParquetEncoding encoding, ref ByteCursor input, Span<double> values)
    {
        var bytes = input.Take(checked(values.Length * sizeof(double)));
        switch (encoding)
        {
            case ParquetEncoding.Plain: bytes.CopyTo(MemoryMarshal.AsBytes(values)); break;
            case ParquetEncoding.ByteStreamSplit: ByteStreamSplit.Decode(bytes, values); break;
            default: throw NotSupported(encoding);
        }
    }

    /// <summary>Tells −0 from 0 and one NaN from another.</summary>
    private sealed class BitwiseEquality : IEqualityComparer<double>
    {
        public bool Equals(double x, double y) => BitConverter.DoubleToInt64Bits(x) == BitConverter.DoubleToInt64Bits(y);

        public int GetHashCode(double value)
            => (int)((ulong)BitConverter.DoubleToInt64Bits(value) * 0x9E3779B97F4A7C15 >> 32);
    }
}

internal sealed class IntegerType<T> : PhysicalType<T> where T : struct, IBinaryInteger<T>, IMinMaxValue<T>
{
    public static readonly IntegerType<T> Instance = new();

    public override ParquetType Type => Unsafe.SizeOf<T>() == 8 ? ParquetType.Int64 : ParquetType.Int32;

    public override ParquetEncoding Direct => ParquetEncoding.DeltaBinaryPacked;

    public override int Compare(T left, T right) => left.CompareTo(right);

    public override bool TryBounds(ReadOnlySpan<T> values, out T least, out T greatest)
    {
        least = T.MaxValue;
        greatest = T.MinValue;
        foreach (T value in values)
        {
            least = T.Min(least, value);
            greatest = T.Max(greatest, value);
        }
        return !values.IsEmpty;
    }

    public override byte[] Bound(T value, bool upper, out bool exact)
    {
        exact = true;
        var bytes = new byte[Unsafe.SizeOf<T>()];
        MemoryMarshal.Write(bytes, value);
        return bytes;
    }

    public override object? ParseBound(ReadOnlySpan<byte> bytes)
        => bytes.Length == Unsafe.SizeOf<T>() ? MemoryMarshal.Read<T>(bytes) : null;

    public override void Encode(ParquetEncoding encoding, ReadOnlySpan<T> values, ByteBuffer output)
    {
        if (encoding == ParquetEncoding.DeltaBinaryPacked) DeltaEncoding.Encode(values, output);
        else output.Write(MemoryMarshal.AsBytes(values));
    }

    public override void Decode(ParquetEncoding encoding, ref ByteCursor input, Span<T> values)
    {
        switch (encoding)
        {
            case ParquetEncoding.Plain:
                input.Take(checked(values.Length * Unsafe.SizeOf<T>())).CopyTo(MemoryMarshal.AsBytes(values));
                break;
            case ParquetEncoding.DeltaBinaryPacked: DeltaEncoding.Decode(ref input, values); break;
            default: throw NotSupported(encoding);
        }
    }
}

internal sealed class BooleanType : PhysicalType<bool>
{
    public static readonly BooleanType Instance = new();

    public override ParquetType Type => ParquetType.Boolean;

    public override ParquetEncoding Direct => ParquetEncoding.RunLength;

    public override int DictionaryPays(int count) => 0;

    public override int Compare(bool left, bool right) => left.CompareTo(right);

    public override bool TryBounds(ReadOnlySpan<bool> values, out bool least, out bool greatest)
    {
        least = !values.Contains(false);
        greatest = values.Contains(true);
        return !values.IsEmpty;
    }

    public override byte[] Bound(bool value, bool upper, out bool exact)
    {
        exact = true;
        return [value ? (byte)1 : (byte)0];
    }

    public override object? ParseBound(ReadOnlySpan<byte> bytes) => bytes.Length == 1 ? bytes[0] != 0 : null;

    public override void Encode(ParquetEncoding encoding, ReadOnlySpan<bool> values, ByteBuffer output)
    {
        int[] bits = ArrayPool<int>.Shared.Rent(values.Length);
        for (int i = 0; i < values.Length; i++) bits[i] = values[i] ? 1 : 0;
        if (encoding == ParquetEncoding.RunLength)
        {
            RunLengthEncoding.EncodeWithLength(bits.AsSpan(0, values.Length), 1, output);
        }
        else
        {
            var writer = new BitWriter(output.Extend(BitWriter.Bytes(values.Length, 1)));
            for (int i = 0; i < values.Length; i++) writer.Add((ulong)bits[i], 1);
            writer.Flush();
        }
        ArrayPool<int>.Shared.Return(bits);
    }

    public override void Decode(ParquetEncoding encoding, ref ByteCursor input, Span<bool> values)
    {
        switch (encoding)
        {
            case ParquetEncoding.Plain:
                var reader = new BitReader(input.Take(BitWriter.Bytes(values.Length, 1)));
                for (int i = 0; i < values.Length; i++) values[i] = reader.Next(1) != 0;
                break;
            case ParquetEncoding.RunLength:
                var bits = new int[values.Length];
                RunLengthEncoding.DecodeWithLength(ref input, 1, bits);
                for (int i = 0; i < bits.Length; i++) values[i] = bits[i] != 0;
                break;
            default: throw NotSupported(encoding);
        }
    }
}

internal sealed class TextType : PhysicalType<string>
{
    /// <summary>Longer bounds are cut, as other writers do: statistics are read whole, whatever is asked.</summary>
    private const int LongestBound = 64;

    public static readonly TextType Instance = new();

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override ParquetType Type => ParquetType.String;

    public override ParquetEncoding Direct => ParquetEncoding.Plain;

    public override IEqualityComparer<string> SameBytes => StringComparer.Ordinal;

    public override int DictionaryPays(int count) => Math.Max(count / 2, 1);

    public override void MarkMissing(ReadOnlySpan<string> values, bool nanIsNull, Span<byte> defined)
    {
        for (int i = 0; i < values.Length; i++)
        {
            if (values[i] is null) defined[i] = 0;
        }
    }

    public override int TextLength(string value) => value.Length;

    /// <summary>The order of the UTF-8 bytes: that of UTF-16, but surrogates stand above all other characters.</summary>
    public override int Compare(string left, string right)
    {
        int same = left.AsSpan().CommonPrefixLength(right);
        if (same == left.Length || same == right.Length) return left.Length.CompareTo(right.Length);
        bool beyond = char.IsSurrogate(left[same]);
        return beyond == char.IsSurrogate(right[same]) ? left[same].CompareTo(right[same]) : beyond ? 1 : -1;
    }

    public override bool TryBounds(ReadOnlySpan<string> values, out string least, out string greatest)
    {
        least = greatest = values.IsEmpty ? "" : values[0];
        string last = least;
        foreach (string value in values)
        {
            if (ReferenceEquals(value, last)) continue;
            last = value;
            if (Compare(value, least) < 0) least = value;
            else if (Compare(value, greatest) > 0) greatest = value;
        }
        return !values.IsEmpty;
    }

    public override byte[] Bound(string value, bool upper, out bool exact)
    {
        byte[] whole = s_strict.GetBytes(value);
        exact = whole.Length <= LongestBound;
        if (exact) return whole;
        int length = LongestBound;
        while ((whole[length] & 0xC0) == 0x80) length--;
        if (!upper) return whole[..length];
        // The next larger character in the last place makes a text above all that begin alike; beyond the last character there is none.
        var prefix = s_strict.GetString(whole, 0, length).EnumerateRunes().ToList();
        int last = prefix.FindLastIndex(rune => rune.Value < 0x10FFFF);
        exact = last < 0;
        if (exact) return whole;
        int next = prefix[last].Value + 1;
        prefix[last] = new Rune(next is >= 0xD800 and <= 0xDFFF ? 0xE000 : next);
        return s_strict.GetBytes(string.Concat(prefix.Take(last + 1)));
    }

    public override object? ParseBound(ReadOnlySpan<byte> bytes) => Encoding.UTF8.GetString(bytes);

    /// <exception cref="ArgumentException">A text has half a surrogate pair, which UTF-8 cannot hold.</exception>
    public override void Encode(ParquetEncoding encoding, ReadOnlySpan<string> values, ByteBuffer output)
    {
        foreach (string value in values)
        {
            int length = s_strict.GetByteCount(value);
            output.WriteInt32(length);
            s_strict.GetBytes(value, output.Extend(length));
        }
    }

    public override void Decode(ParquetEncoding encoding, ref ByteCursor input, Span<string> values)
    {
        if (encoding != ParquetEncoding.Plain) throw NotSupported(encoding);
        for (int i = 0; i < values.Length; i++)
        {
            var bytes = input.Take(input.Int32());
            try
            {
                values[i] = s_strict.GetString(bytes);
            }
            catch (DecoderFallbackException)
            {
                throw new InvalidDataException("a text is not UTF-8");
            }
        }
    }
}
