using System.Text;

namespace SweepEngine.Equations;

/// <summary>Reads text files that a user names, at most <see cref="YamlFile.LargestSize"/> of each, whatever stands behind the path.</summary>
public static class TextFile
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a file of UTF-8 text. An .ode file may be Latin-1 as well, since most are older than UTF-8.</summary>
    /// <param name="path">Path of the file.</param>
    /// <param name="place">Where it is named.</param>
    /// <param name="findings">Where it goes when the file cannot be read.</param>
    /// <returns>The text, or null after a finding.</returns>
    public static string? Read(string path, TextPlace place, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(path);
        ArgumentNullException.ThrowIfNull(findings);
        try
        {
            return findings.Text(path, FromDisk);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            string name = Finding.Quote(path);
            findings.Add(trouble switch
            {
                FileNotFoundException or DirectoryNotFoundException => new Finding(place, "there is no such file", name),
                TooLargeException large => new Finding(place, "the file is too large", $"{large.Size} bytes in {name}", $"at most {YamlFile.LargestSize} bytes"),
                ArgumentException => new Finding(place, "the file is not UTF-8 text", name),
                _ => new Finding(place, "the file cannot be read", name, Hint: trouble.Message),
            });
            return null;
        }
    }

    private static string FromDisk(string path) => Text(Bytes(path), latinToo: path.EndsWith(XppReader.Ending, StringComparison.OrdinalIgnoreCase));

    // A device has no length, so what is read is counted.
    private static ReadOnlySpan<byte> Bytes(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        byte[] bytes = new byte[YamlFile.LargestSize + 1];
        int length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return length < bytes.Length ? bytes.AsSpan(0, length) : throw new TooLargeException(file.CanSeek ? Math.Max(file.Length, length) : length);
    }

    private static string Text(ReadOnlySpan<byte> bytes, bool latinToo)
    {
        bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException) when (latinToo)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    private sealed class TooLargeException(long size) : IOException
    {
        public long Size => size;
    }
}
