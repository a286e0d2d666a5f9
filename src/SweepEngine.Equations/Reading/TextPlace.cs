namespace SweepEngine.Equations;

/// <summary>A place in a text file that a person wrote.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Line">Line, counted from 1.</param>
/// <param name="Column">Column in UTF-16 units, counted from 1.</param>
public readonly record struct TextPlace(string File, int Line, int Column) : IComparable<TextPlace>
{
    /// <summary>Orders by file (ordinal), then line, then column.</summary>
    /// <param name="other">The place to compare with.</param>
    /// <returns>Negative, zero or positive, as this place stands before, at or after the other.</returns>
    public int CompareTo(TextPlace other)
    {
        int order = string.CompareOrdinal(File, other.File);
        if (order == 0)
            order = Line.CompareTo(other.Line);
        return order != 0 ? order : Column.CompareTo(other.Column);
    }

    /// <summary>True when the left place stands before the right one.</summary>
    /// <param name="left">A place.</param>
    /// <param name="right">Another place.</param>
    public static bool operator <(TextPlace left, TextPlace right) => left.CompareTo(right) < 0;

    /// <summary>True when the left place stands after the right one.</summary>
    /// <param name="left">A place.</param>
    /// <param name="right">Another place.</param>
    public static bool operator >(TextPlace left, TextPlace right) => left.CompareTo(right) > 0;

    /// <summary>True when the left place stands before the right one or is the same.</summary>
    /// <param name="left">A place.</param>
    /// <param name="right">Another place.</param>
    public static bool operator <=(TextPlace left, TextPlace right) => left.CompareTo(right) <= 0;

    /// <summary>True when the left place stands after the right one or is the same.</summary>
    /// <param name="left">A place.</param>
    /// <param name="right">Another place.</param>
    public static bool operator >=(TextPlace left, TextPlace right) => left.CompareTo(right) >= 0;

    /// <summary>The form that editors and terminals make clickable.</summary>
    /// <returns><c>file:line:column</c>.</returns>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
