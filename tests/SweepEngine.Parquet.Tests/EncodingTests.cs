using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace SweepEngine.Parquet.Tests;

public sealed class EncodingTests
{
    public static TheoryData<int> Lengths() => [0, 1, 2, 7, 8, 9, 31, 32, 33, 34, 127, 128, 129, 130, 256, 257, 1000];

    [Fact]
    public void Deltas_of_any_integers_come_back()
    {
        Prop.ForAll<long[]>(ArbMap.Default.ArbFor<long[]>(), values => Delta(values)).QuickCheckThrowOnFailure();
        Prop.ForAll<int[]>(ArbMap.Default.ArbFor<int[]>(), values => Delta(values)).QuickCheckThrowOnFailure();
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Deltas_of_any_length_and_width_come_back(int length)
    {
        for (int bits = 1; bits <= 64; bits++)
        {
            var random = new Random(bits);
            long[] values = [.. Enumerable.Range(0, length).Select(_ => random.NextInt64(long.MinValue, long.MaxValue) >> (64 - bits))];
            Delta(values);
            Delta([.. values.Select(value => (int)value)]);
        }
    }

    [Fact]
    public void A_sorted_index_takes_next_to_no_bytes()
    {
        using var buffer = new ByteBuffer();
        DeltaEncoding.Encode<long>([.. Enumerable.Range(0, 20_000).Select(i => 7_000_000_000 + i)], buffer);
        Assert.InRange(buffer.Length, 1, 20_000 / 128 * 5 + 32);
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Runs_and_packed_groups_of_any_width_come_back(int length)
    {
        for (int width = 0; width <= 31; width++)
        {
            var random = new Random(width * 1000 + length);
            int[] values = new int[length];
            for (int i = 0; i < length;)
            {
                int value = (int)(random.NextInt64() & ((1L << width) - 1));
                for (int end = Math.Min(length, i + random.Next(1, 20)); i < end; i++) values[i] = value;
            }
            using var buffer = new ByteBuffer();
            RunLengthEncoding.Encode(values, width, buffer);
            var input = new ByteCursor(buffer.Written);
            int[] back = new int[length];
            RunLengthEncoding.Decode(ref input, width, back);
            Assert.Equal(values, back);
            Assert.Equal(0, input.Remaining);
        }
    }

    [Theory]
    [InlineData("a run of no values", 1, new byte[] { 0, 1, 16, 1 })]
    [InlineData("a value wider than the width", 1, new byte[] { 16, 2 })]
    [InlineData("an impossible width", 33, new byte[] { 16, 0, 0, 0, 0, 0 })]
    [InlineData("too few packed values", 8, new byte[] { 3, 1, 2, 3, 4, 5, 6, 7 })]
    [InlineData("too few runs", 1, new byte[] { 14, 1 })]
    [InlineData("2^40 packed groups", 1, new byte[] { 129, 128, 128, 128, 128, 64, 1 })]
    [InlineData("an endless header", 1, new byte[] { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1 })]
    public void Impossible_runs_are_refused(string _, int width, byte[] bytes) => Assert.Throws<InvalidDataException>(() =>
    {
        var input = new ByteCursor(bytes);
        RunLengthEncoding.Decode(ref input, width, new int[8]);
    });

    [Theory]
    [MemberData(nameof(Lengths))]
    public void Byte_streams_hold_byte_k_of_every_value_in_stream_k(int length)
    {
        var random = new Random(length);
        double[] values = [.. Enumerable.Range(0, length)
            .Select(_ => BitConverter.Int64BitsToDouble(random.NextInt64(long.MinValue, long.MaxValue)))];
        byte[] streams = new byte[8 * length];
        ByteStreamSplit.Encode(values, streams);
        for (int i = 0; i < length; i++)
        {
            byte[] bytes = BitConverter.GetBytes(values[i]);
            for (int k = 0; k < 8; k++) Assert.Equal(bytes[k], streams[k * length + i]);
        }
        double[] back = new double[length];
        ByteStreamSplit.Decode(streams, back);
        Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), back.Select(BitConverter.DoubleToInt64Bits));
    }

    [Fact]
    public void The_CRC_is_that_of_gzip()
    {
        Assert.Equal(0xCBF43926u, Crc32.Of("123456789"u8));
        Assert.Equal(0u, Crc32.Of([]));
        Assert.Equal(0x414FA339u, Crc32.Of("The quick brown fox jumps over the lazy dog"u8));
    }

    [Fact]
    public void Snappy_gives_back_any_bytes()
    {
        Prop.ForAll<byte[]>(ArbMap.Default.ArbFor<byte[]>(), bytes => CompressAndBack(bytes)).QuickCheckThrowOnFailure();
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            // Noise, runs, and pieces of what came before from near and far, over several blocks.
            var bytes = new List<byte>();
            int length = random.Next(round < 250 ? 3000 : 200_000);
            while (bytes.Count < length)
            {
                int part = random.Next(1, random.Next(1, 2000));
                switch (random.Next(3))
                {
                    case 0: for (int i = 0; i < part; i++) bytes.Add((byte)random.Next(256)); break;
                    case 1: bytes.AddRange(Enumerable.Repeat((byte)random.Next(4), part)); break;
                    default:
                        int back = random.Next(1, bytes.Count + 2);
                        for (int i = 0; i < part; i++) bytes.Add(bytes.Count < back ? (byte)0 : bytes[^back]);
                        break;
                }
            }
            CompressAndBack([.. bytes]);
        }
    }

    [Fact]
    public void Snappy_makes_repetitive_bytes_small()
    {
        using var buffer = new ByteBuffer();
        new Snappy().Compress(new byte[60_000], buffer);
        Assert.InRange(buffer.Length, 1, 3000);
    }

    [Fact]
    public void Snappy_reads_every_kind_of_element_of_the_format()
    {
        // Literals with a length in the tag, in one, two, three and four bytes; copies with offsets of 11, 16 and 32 bits, one over itself.
        byte[] block = [30, 2 << 2, .. "abc"u8, 60 << 2, 1, .. "de"u8, 61 << 2, 0, 0, (byte)'f', 62 << 2, 0, 0, 0, (byte)'g',
            63 << 2, 0, 0, 0, 0, (byte)'h', 1, 8, 5 << 2 | 2, 2, 0, 7 << 2 | 3, 6, 0, 0, 0, 3 << 2, .. "wxyz"u8];
        byte[] output = new byte[30];
        Snappy.Decompress(block, output);
        Assert.Equal("abcdefgh" + "abcd" + "cdcdcd" + "cdcdcdcd" + "wxyz", Encoding.ASCII.GetString(output));
    }

    [Theory]
    [InlineData("a literal past the end", new byte[] { 2, 2 << 2, 1, 2, 3 })]
    [InlineData("a literal that is cut off", new byte[] { 3, 2 << 2, 1 })]
    [InlineData("a literal of 4 GiB", new byte[] { 3, 63 << 2, 255, 255, 255, 255, 1 })]
    [InlineData("a copy from before the beginning", new byte[] { 5, 0, 1, 1, 2 })]
    [InlineData("a copy of itself", new byte[] { 5, 0, 1, 1, 0 })]
    [InlineData("a copy past the end", new byte[] { 4, 0, 1, 1, 1 })]
    [InlineData("too few bytes", new byte[] { 4, 0, 1 })]
    [InlineData("another length", new byte[] { 200, 1, 0, 1 })]
    [InlineData("no length", new byte[] { })]
    public void Damaged_Snappy_is_refused(string _, byte[] block)
        => Assert.Throws<InvalidDataException>(() => Snappy.Decompress(block, new byte[block.Length > 0 && block[0] < 128 ? block[0] : 4]));

    [Fact]
    public void Texts_are_ordered_as_their_UTF8_bytes()
    {
        string[] texts = ["", "a", "ab", "b", "é", "\u07FF", "\u0800", "\uD7FF", "\uE000", "\uFFFF", "\U00010000",
            "\U00010001", "🧠", "🧠a", "\U0010FFFF"];
        foreach (string left in texts)
        {
            foreach (string right in texts)
            {
                int bytewise = Encoding.UTF8.GetBytes(left).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(right));
                Assert.Equal(Math.Sign(bytewise), Math.Sign(TextType.Instance.Compare(left, right)));
            }
        }
    }

    [Fact]
    public void The_bounds_of_long_texts_are_short_and_still_bounds()
    {
        var random = new Random(1);
        string[] pieces = ["a", "z", "é", "\u07FF", "\uD7FF", "\uFFFF", "🧠", "\U0010FFFF"];
        for (int round = 0; round < 2000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(60))
                .Select(_ => pieces[random.Next(random.Next(1, pieces.Length + 1))]));
            byte[] whole = Encoding.UTF8.GetBytes(text);
            byte[] least = TextType.Instance.Bound(text, upper: false, out bool leastExact),
                greatest = TextType.Instance.Bound(text, upper: true, out bool greatestExact);
            Assert.True(least.AsSpan().SequenceCompareTo(whole) <= 0, text);
            Assert.True(greatest.AsSpan().SequenceCompareTo(whole) >= 0, text);
            Assert.Equal(leastExact, least.AsSpan().SequenceEqual(whole));
            Assert.Equal(greatestExact, greatest.AsSpan().SequenceEqual(whole));
            Assert.InRange(least.Length, 0, 64);
            new UTF8Encoding(false, true).GetString(least);
            new UTF8Encoding(false, true).GetString(greatest);
        }
        Assert.Equal(200, TextType.Instance.Bound(string.Concat(Enumerable.Repeat("\U0010FFFF", 50)), upper: true, out _).Length);
    }

    private static void Delta<T>(T[] values) where T : struct, System.Numerics.IBinaryInteger<T>
    {
        using var buffer = new ByteBuffer();
        DeltaEncoding.Encode<T>(values, buffer);
        var input = new ByteCursor(buffer.Written);
        var back = new T[values.Length];
        DeltaEncoding.Decode<T>(ref input, back);
        Assert.Equal(values, back);
        Assert.Equal(0, input.Remaining);
    }

    private static void CompressAndBack(byte[] bytes)
    {
        using var buffer = new ByteBuffer();
        new Snappy().Compress(bytes, buffer);
        byte[] back = new byte[bytes.Length];
        Snappy.Decompress(buffer.Written, back);
        Assert.True(bytes.AsSpan().SequenceEqual(back), $"{bytes.Length} bytes");
    }
}
