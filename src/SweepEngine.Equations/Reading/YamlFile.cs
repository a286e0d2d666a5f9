using System.Text;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace SweepEngine.Equations;

/// <summary>
/// Reads YAML strictly, with places: one document, a map at the top, text keys that occur once; no anchors, aliases or tags; at most
/// <see cref="LargestSize"/> and <see cref="DeepestNesting"/>. Whatever breaks this is a finding, never an exception.
/// </summary>
public sealed class YamlFile
{
    /// <summary>Largest file [bytes of UTF-8]: far above any file a person writes, far below what hurts.</summary>
    public const int LargestSize = 1 << 20;

    /// <summary>Deepest nesting of lists and maps.</summary>
    public const int DeepestNesting = 50;

    private readonly SourceText _source;
    private readonly Findings _findings;
    private readonly Parser _events;

    private YamlFile(SourceText source, Findings findings)
    {
        _source = source;
        _findings = findings;
        _events = new Parser(new StringReader(source.Text));
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="file">Its name, for places.</param>
    /// <param name="findings">Where findings go.</param>
    /// <returns>The map at the top, or null when there is none or the YAML cannot be read.</returns>
    public static YamlMap? Read(string text, string file, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(findings);
        TextPlace start = new(file, 1, 1);
        int size = Encoding.UTF8.GetByteCount(text);
        if (size > LargestSize)
        {
            findings.Add(start, "the file is too large", $"{size} bytes", $"at most {LargestSize} bytes");
            return null;
        }
        YamlFile reading = new(new SourceText(text, file), findings);
        try
        {
            return reading.Document();
        }
        // YamlDotNet 16 throws the last two as well for some broken files.
        catch (Exception broken) when (broken is YamlException or InvalidOperationException or ArgumentException)
        {
            Mark at = (broken as YamlException)?.Start ?? reading._events.Current?.End ?? Mark.Empty;
            string message = broken is YamlException ? (broken.InnerException as YamlException ?? broken).Message : "it breaks off";
            findings.Add(new TextPlace(file, Math.Max(1, (int)at.Line), Math.Max(1, (int)at.Column)),
                $"this YAML cannot be read: {message.TrimEnd('.')}", hint: "check indentation, quotes and brackets around this place");
            return null;
        }
    }

    private YamlMap? Document()
    {
        _events.Consume<StreamStart>();
        if (_events.Accept<StreamEnd>(out _))
        {
            _findings.Add(_source.PlaceOf(0), "the file is empty", allowed: "a map");
            return null;
        }
        _events.Consume<DocumentStart>();
        YamlNode root = Node(0);
        root.Is(YamlKinds.Map, "the file", _findings);
        _events.Consume<DocumentEnd>();
        if (_events.Accept<DocumentStart>(out _))
            _findings.Add(PlaceOf(_events.Current!), "the file holds several documents", allowed: "one document",
                hint: "write each in a file of its own");
        return root as YamlMap;
    }

    private YamlNode Node(int depth)
    {
        ParsingEvent next = _events.Current!;
        TextPlace place = PlaceOf(next);
        if (next is NodeEvent node)
        {
            if (!node.Anchor.IsEmpty)
                _findings.Add(place, "anchors are not supported", $"'&{node.Anchor.Value}'", hint: "repeat the text where it is needed");
            if (!node.Tag.IsEmpty)
                _findings.Add(place, "tags are not supported", $"'{node.Tag.Value}'", hint: "leave the tag out");
        }
        // Ends the reading: the parser's time grows with the square of the depth.
        if (next is MappingStart or SequenceStart && depth == DeepestNesting)
            throw new YamlException(next.Start, next.End, $"lists and maps stand within each other more than {DeepestNesting} deep");
        switch (next)
        {
            case Scalar scalar:
                _events.MoveNext();
                return new YamlText(place, scalar.Value, scalar.Style, _source);
            case SequenceStart:
                return List(place, depth + 1);
            case MappingStart:
                return Map(place, depth + 1);
            case AnchorAlias alias:
                _events.MoveNext();
                _findings.Add(place, "aliases are not supported", $"'*{alias.Value.Value}'", hint: "repeat the text here");
                return new YamlRefused(place);
            default:
                throw new YamlException(next.Start, next.End, "a value is missing here");
        }
    }

    private YamlList List(TextPlace place, int depth)
    {
        List<YamlNode> items = [];
        _events.MoveNext();
        while (!_events.TryConsume<SequenceEnd>(out _))
            items.Add(Node(depth));
        return new YamlList(place, items);
    }

    private YamlMap Map(TextPlace place, int depth)
    {
        List<YamlEntry> entries = [];
        Dictionary<string, TextPlace> seen = new(StringComparer.Ordinal);
        _events.MoveNext();
        while (!_events.TryConsume<MappingEnd>(out _))
        {
            YamlNode key = Node(depth);
            YamlNode value = Node(depth);
            if (key is not YamlText name)
                key.Is(YamlKinds.Text, "a key", _findings);
            else if (!seen.TryAdd(name.Value, name.Place))
                _findings.Add(name.Place, $"the key {Finding.Quote(name.Value)} occurs twice",
                    hint: $"keep one; the first stands in line {seen[name.Value].Line}");
            else
                entries.Add(new YamlEntry(name, value));
        }
        return new YamlMap(place, entries);
    }

    private TextPlace PlaceOf(ParsingEvent node) => new(_source.File, (int)node.Start.Line, (int)node.Start.Column);
}

/// <summary>A text with the starts of its lines, as YAML counts them.</summary>
internal sealed class SourceText
{
    private readonly List<int> _lines = [0];

    public SourceText(string text, string file)
    {
        Text = text;
        File = file;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is '\n' or '\u0085' or '\u2028' or '\u2029' || (text[i] == '\r' && (i + 1 == text.Length || text[i + 1] != '\n')))
                _lines.Add(i + 1);
        }
    }

    public string Text { get; }

    public string File { get; }

    public int StartOfLine(int line) => line <= _lines.Count ? _lines[line - 1] : Text.Length;

    public int IndexOf(TextPlace place) => Math.Min(StartOfLine(place.Line) + place.Column - 1, Text.Length);

    public TextPlace PlaceOf(int index)
    {
        int line = _lines.BinarySearch(index);
        line = line < 0 ? ~line - 1 : line;
        return new TextPlace(File, line + 1, index - _lines[line] + 1);
    }
}
