using YamlDotNet.Core;

namespace SweepEngine.Equations;

/// <summary>A YAML scalar. All scalars are texts here; what they mean is decided by the one who reads them.</summary>
public sealed class YamlText : YamlNode
{
    private readonly SourceText _source;
    private readonly ScalarStyle _style;
    private int[]? _indices;

    internal YamlText(TextPlace place, string value, ScalarStyle style, SourceText source) : base(place)
    {
        Value = value;
        _style = style;
        _source = source;
    }

    /// <summary>The text after YAML's own unquoting and folding.</summary>
    public string Value { get; }

    /// <summary>True for a value left out (<c>key:</c>), false for a quoted empty text.</summary>
    public bool IsEmpty => Value.Length == 0 && _style is ScalarStyle.Plain;

    /// <inheritdoc/>
    public override YamlKinds Kind => YamlKinds.Text;

    private protected override string Found => IsEmpty ? "nothing" : Finding.Quote(Value);

    /// <summary>
    /// The place in the file of a character of <see cref="Value"/>, through block scalars, folding and quotes: the n-th visible
    /// character of the value is the n-th visible character of its source. White space stands right after what precedes it.
    /// </summary>
    /// <param name="offset">Index into <see cref="Value"/>; its length means the end of the text.</param>
    /// <returns>The place of that character.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The offset is outside of the value.</exception>
    public TextPlace At(int offset)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, Value.Length);
        int anchor = offset;
        if (offset == Value.Length || char.IsWhiteSpace(Value[offset]))
        {
            do
                anchor--;
            while (anchor >= 0 && char.IsWhiteSpace(Value[anchor]));
            if (anchor < 0)
                return Place;
        }
        int at = (_indices ??= SourceIndices())[anchor];
        int beyond = offset - anchor;
        int newline = Value.AsSpan(anchor, beyond).IndexOf('\n');
        return _source.PlaceOf(at + (newline < 0 ? beyond : newline));
    }

    /// <summary>The place in the file of a line and column of <see cref="Value"/>.</summary>
    /// <param name="line">Line within the value, counted from 1.</param>
    /// <param name="column">Column within that line, counted from 1; beyond its end means its end.</param>
    /// <returns>The place of that character.</returns>
    public TextPlace At(int line, int column)
    {
        int start = 0;
        for (int i = 1; i < line && Value.IndexOf('\n', start) is >= 0 and int next; i++)
            start = next + 1;
        int end = Value.IndexOf('\n', start);
        return At(Math.Min(start + column - 1, end < 0 ? Value.Length : end));
    }

    // Index in the file of each visible character of the value; computed at once, since long equations ask for thousands.
    private int[] SourceIndices()
    {
        int[] indices = new int[Value.Length];
        string text = _source.Text;
        int i = _style switch
        {
            ScalarStyle.Literal or ScalarStyle.Folded => _source.StartOfLine(Place.Line + 1),
            ScalarStyle.SingleQuoted or ScalarStyle.DoubleQuoted => _source.IndexOf(Place) + 1,
            _ => _source.IndexOf(Place),
        };
        for (int n = 0; n < Value.Length; n++)
        {
            bool wanted = !char.IsWhiteSpace(Value[n]);
            while (wanted && i < text.Length)
            {
                int length = 1;
                bool visible = !char.IsWhiteSpace(text[i]);
                if (_style is ScalarStyle.SingleQuoted && text[i] == '\'')
                    length = 2;
                if (_style is ScalarStyle.DoubleQuoted && text[i] == '\\' && i + 1 < text.Length)
                {
                    length = text[i + 1] switch { 'x' => 4, 'u' => 6, 'U' => 10, _ => 2 };
                    visible = !"ntr \n\r\t".Contains(text[i + 1], StringComparison.Ordinal);
                }
                indices[n] = i;
                wanted = !visible;
                i += length;
            }
            if (wanted)
                indices[n] = text.Length;
        }
        return indices;
    }
}
