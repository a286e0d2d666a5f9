using System.IO.Compression;

namespace SweepEngine.Parquet;

/// <summary>Compresses and decompresses the bytes of one page.</summary>
internal sealed class PageCompression(ParquetCompression codec)
{
    private readonly Snappy _snappy = new();

    /// <summary>Appends the compressed bytes; gives <paramref name="page"/> itself where nothing is to be compressed.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> page, ByteBuffer output)
    {
        switch (codec)
        {
            case ParquetCompression.Snappy:
                _snappy.Compress(page, output);
                return output.Written;
            case ParquetCompression.Gzip:
                using (var gzip = new GZipStream(new Sink(output), CompressionLevel.Optimal)) gzip.Write(page);
                return output.Written;
            default:
                return page;
        }
    }

    /// <summary>The most bytes that so many compressed ones can hold, so that a false size is seen before it is allocated.</summary>
    public static long LargestContent(ParquetCompression codec, int compressed) => codec switch
    {
        ParquetCompression.Snappy => 24L * compressed, // a copy of 64 bytes takes three
        ParquetCompression.Gzip => 1032L * compressed, // a match of 258 bytes takes two bits
        _ => compressed,
    };

    /// <summary>Fills <paramref name="output"/>.</summary>
    /// <exception cref="InvalidDataException">The bytes are not what the codec writes, or hold another number of bytes.</exception>
    public static void Decompress(ParquetCompression codec, ArraySegment<byte> compressed, Span<byte> output)
    {
        switch (codec)
        {
            case ParquetCompression.Snappy:
                Snappy.Decompress(compressed, output);
                break;
            case ParquetCompression.Gzip:
                using (var gzip = new GZipStream(new MemoryStream(compressed.Array!, compressed.Offset, compressed.Count),
                    CompressionMode.Decompress))
                {
                    int read = gzip.ReadAtLeast(output, output.Length, throwOnEndOfStream: false);
                    if (read < output.Length || gzip.ReadByte() >= 0)
                        throw new InvalidDataException($"the gzip page does not hold the {output.Length} bytes that are due");
                }
                break;
            default:
                if (compressed.Count != output.Length)
                    throw new InvalidDataException($"the page has {compressed.Count} bytes where {output.Length} are due");
                compressed.AsSpan().CopyTo(output);
                break;
        }
    }

    /// <summary>A stream into a buffer.</summary>
    private sealed class Sink(ByteBuffer output) : Stream
    {
        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => output.Length;

        public override long Position { get => output.Length; set => throw new NotSupportedException(); }

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer.AsSpan(offset, count));

        public override void Write(ReadOnlySpan<byte> buffer) => output.Write(buffer);

        public override void Flush() { }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
