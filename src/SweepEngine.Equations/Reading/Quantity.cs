using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace SweepEngine.Equations;

/// <summary>A number with its unit, both as a person wrote them.</summary>
/// <param name="Value">The number in the unit as written.</param>
/// <param name="Unit">The unit as written.</param>
public readonly record struct Quantity(double Value, Unit Unit)
{
    /// <summary>
    /// The number in the SI unit: the double nearest to the decimal that was written, so <c>200 pA</c> is 200e-12 to the last bit. The
    /// decimal is the shortest that gives <see cref="Value"/>; any value of a table, written again by hand, has the same bits.
    /// </summary>
    public double SI => IsExactlyScaled ? Unit.ToSI(Value) : ShiftedDecimal();

    // One correctly rounded operation on two exact operands is the nearest double (Clinger 1990).
    private bool IsExactlyScaled =>
        Unit.PowerOfTen == 0 || (Math.Abs(Unit.PowerOfTen) <= 22 && Math.Abs(Value) <= 1L << 53 && Math.Truncate(Value) == Value);

    /// <summary>Reads a quantity such as <c>200 pA</c>, <c>-65 mV</c>, <c>1e-3</c>.</summary>
    /// <param name="text">A decimal number, then a unit unless it is a pure number.</param>
    /// <param name="quantity">The quantity.</param>
    /// <returns>True when the text is a finite number with a unit.</returns>
    public static bool TryParse(string text, out Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(text);
        quantity = default;
        int length = NumberLength(text);
        if (!Number(text.AsSpan(0, length), out double value) || Unit.Parse(text[length..]) is not { } unit)
            return false;
        quantity = new Quantity(value, unit);
        return double.IsFinite(quantity.SI);
    }

    /// <summary>Reads a quantity of a known dimension from a file and reports what is wrong with it.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="name">What it is the value of, in the field's symbol, such as <c>I_app</c>.</param>
    /// <param name="dimension">The dimension that it must have.</param>
    /// <param name="findings">Where a finding goes.</param>
    /// <param name="quantity">The quantity.</param>
    /// <returns>True when it is a finite quantity of that dimension.</returns>
    public static bool TryRead(YamlText text, string name, Dimension dimension, Findings findings, out Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryRead(text.Value, text.At, text.Place, name, dimension, findings, out quantity);
    }

    /// <summary>Reads a quantity of a known dimension from one line of text and reports what is wrong with it.</summary>
    /// <param name="text">What the user wrote.</param>
    /// <param name="place">Where its first character stands.</param>
    /// <param name="name">What it is the value of, in the field's symbol, such as <c>I_app</c>.</param>
    /// <param name="dimension">The dimension that it must have.</param>
    /// <param name="findings">Where a finding goes.</param>
    /// <param name="quantity">The quantity.</param>
    /// <returns>True when it is a finite quantity of that dimension.</returns>
    public static bool TryRead(string text, TextPlace place, string name, Dimension dimension, Findings findings, out Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(text);
        return TryRead(text, offset => place with { Column = place.Column + offset }, place, name, dimension, findings, out quantity);
    }

    private static bool TryRead(string written, Func<int, TextPlace> at, TextPlace place, string name, Dimension dimension, Findings findings,
        out Quantity quantity)
    {
        ArgumentNullException.ThrowIfNull(findings);
        quantity = default;
        int length = NumberLength(written);
        string example = $"write e.g. {(length > 0 ? written[..length] : "1")} {dimension.CommonUnit()}".TrimEnd();
        if (length == 0)
        {
            findings.Add(place, $"the value of {name} is not {(IsSpecial(written) ? "finite" : "a number")}", Finding.Quote(written),
                dimension.Describe(), example);
            return false;
        }
        int unitAt = length;
        while (unitAt < written.Length && char.IsWhiteSpace(written[unitAt]))
            unitAt++;
        string unitText = written[unitAt..];
        if (!Unit.TryParse(unitText, out Unit? unit, out string? hint))
        {
            findings.Add(at(unitAt), $"the unit of {name} is not known", Finding.Quote(unitText), dimension.Describe(), hint);
            return false;
        }
        if (unit.Dimension != dimension)
        {
            string found = unit.Text.Length == 0 ? "a number without a unit" : $"{Finding.Quote(unitText)} ({unit.Dimension})";
            findings.Add(at(unitAt), $"the unit of {name} does not fit", found, dimension.Describe(), example);
            return false;
        }
        if (Number(written.AsSpan(0, length), out double value))
            quantity = new Quantity(value, unit);
        if (quantity.Unit is null || !double.IsFinite(quantity.SI))
        {
            findings.Add(place, $"the value of {name} is not finite", Finding.Quote(written), "numbers up to 1.8e308 in SI units");
            return false;
        }
        return true;
    }

    /// <summary>The quantity as one would write it.</summary>
    /// <returns>The shortest decimal of the number, then the unit.</returns>
    public override string ToString() => $"{Value.ToString("R", CultureInfo.InvariantCulture)} {Unit?.Text}".TrimEnd();

    private double ShiftedDecimal()
    {
        const int longest = 40; // "-1.2345678901234567E-308" and a new exponent
        CultureInfo culture = CultureInfo.InvariantCulture;
        Span<char> text = stackalloc char[longest];
        Value.TryFormat(text, out int length, "R", culture);
        int mark = text[..length].IndexOf('E');
        int exponent = mark < 0 ? 0 : int.Parse(text[(mark + 1)..length], NumberStyles.AllowLeadingSign, culture);
        mark = mark < 0 ? length : mark;
        text[mark] = 'E';
        (exponent + Unit.PowerOfTen).TryFormat(text[(mark + 1)..], out int digits, default, culture);
        return double.Parse(text[..(mark + 1 + digits)], NumberStyles.Float, culture);
    }

    private static bool Number(ReadOnlySpan<char> text, out double value) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out value) && double.IsFinite(value);

    // YAML's .inf and .nan, and what other programs print.
    private static bool IsSpecial(string text)
    {
        string word = text.TrimStart('+', '-', '.');
        return word.StartsWith("nan", StringComparison.OrdinalIgnoreCase) || word.StartsWith("inf", StringComparison.OrdinalIgnoreCase);
    }

    // How many characters from the start are a decimal number: sign? (digits ('.' digits?)? | '.' digits) ('e' sign? digits)?
    private static int NumberLength(string text)
    {
        int at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        int whole = Digits(text, at);
        at += whole;
        if (at < text.Length && text[at] == '.')
        {
            int fraction = Digits(text, at + 1);
            if (whole + fraction == 0)
                return 0;
            at += 1 + fraction;
        }
        else if (whole == 0)
            return 0;
        if (at < text.Length && text[at] is 'e' or 'E')
        {
            int sign = at + 1 < text.Length && text[at + 1] is '+' or '-' ? 1 : 0;
            int exponent = Digits(text, at + 1 + sign);
            if (exponent > 0)
                at += 1 + sign + exponent;
        }
        return at;
    }

    private static int Digits(string text, int start)
    {
        int at = start;
        while (at < text.Length && char.IsAsciiDigit(text[at]))
            at++;
        return at - start;
    }
}
