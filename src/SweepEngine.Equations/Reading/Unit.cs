using System.Diagnostics.CodeAnalysis;

namespace SweepEngine.Equations;

/// <summary>
/// A unit of measurement as written: SI units with prefixes, <c>L</c> and <c>M</c> (mol/L), products with <c>*</c>, quotients with
/// <c>/</c> (from left to right, as in arithmetic), whole powers (<c>cm^2</c> or <c>cm2</c>), and <c>1</c>. Every such unit is its SI
/// unit times a power of ten; units that are not (minutes, degrees Celsius) do not exist here, so that conversions stay exact.
/// </summary>
public sealed class Unit : IEquatable<Unit>
{
    /// <summary>Largest power of ten, up or down: further than any quantity of the field, and far from what a double cannot hold.</summary>
    private const int LargestPowerOfTen = 120;

    private static readonly double[] PowersOfTen = [.. Enumerable.Range(0, 23).Select(power => double.Parse($"1e{power}", null))];

    private static readonly Dictionary<string, (Dimension Dimension, int Power)> Symbols = new(StringComparer.Ordinal)
    {
        ["m"] = (Dimension.Length, 0),
        ["g"] = (Dimension.Mass, -3),
        ["s"] = (Dimension.Time, 0),
        ["A"] = (Dimension.Current, 0),
        ["K"] = (Dimension.Temperature, 0),
        ["mol"] = (Dimension.Amount, 0),
        ["cd"] = (Dimension.LuminousIntensity, 0),
        ["Hz"] = (Dimension.Frequency, 0),
        ["C"] = (Dimension.Charge, 0),
        ["J"] = (Dimension.Energy, 0),
        ["W"] = (Dimension.Power, 0),
        ["V"] = (Dimension.Voltage, 0),
        ["Ohm"] = (Dimension.Resistance, 0),
        ["ohm"] = (Dimension.Resistance, 0),
        ["Ω"] = (Dimension.Resistance, 0),
        ["S"] = (Dimension.Conductance, 0),
        ["F"] = (Dimension.Capacitance, 0),
        ["L"] = (Dimension.Length * Dimension.Length * Dimension.Length, -3),
        ["M"] = (Dimension.Amount / (Dimension.Length * Dimension.Length * Dimension.Length), 3),
    };

    private static readonly Dictionary<char, int> Prefixes = new()
    {
        ['f'] = -15,
        ['p'] = -12,
        ['n'] = -9,
        ['u'] = -6,
        ['m'] = -3,
        ['c'] = -2,
        ['d'] = -1,
        ['k'] = 3,
        ['M'] = 6,
        ['G'] = 9,
    };

    private static readonly Dictionary<string, string> Refused = new(StringComparer.Ordinal)
    {
        ["min"] = "write minutes in s: 1 min = 60 s",
        ["h"] = "write hours in s: 1 h = 3600 s",
        ["degC"] = "write temperatures in K: 0 degC = 273.15 K",
        ["°C"] = "write temperatures in K: 0 degC = 273.15 K",
        ["%"] = "write a fraction: 5 % = 0.05",
    };

    private static readonly string[] Common =
        ["mV", "pA", "nA", "uA", "nS", "uS", "mS", "pF", "nF", "uF", "MOhm", "ms", "Hz", "um", "cm", "mM"];

    private Unit(string text, Dimension dimension, int powerOfTen) => (Text, Dimension, PowerOfTen) = (text, dimension, powerOfTen);

    /// <summary>The unit of a pure number; its text is empty.</summary>
    public static Unit One { get; } = new("", Dimension.None, 0);

    /// <summary>The unit as written; empty for a pure number.</summary>
    public string Text { get; }

    /// <summary>Its dimension.</summary>
    public Dimension Dimension { get; }

    /// <summary>The power of ten by which it differs from the SI unit of its dimension: -12 for pA, 1 for mS/cm^2.</summary>
    public int PowerOfTen { get; }

    /// <summary>Reads a unit.</summary>
    /// <param name="text">For example <c>mS/cm^2</c>; empty and <c>1</c> mean a pure number.</param>
    /// <returns>The unit, or null when the text is not one.</returns>
    public static Unit? Parse(string text) => TryParse(text, out Unit? unit, out _) ? unit : null;

    /// <summary>Reads a unit and says what to do when it is not one.</summary>
    /// <param name="text">For example <c>mS/cm^2</c>; empty and <c>1</c> mean a pure number.</param>
    /// <param name="unit">The unit.</param>
    /// <param name="hint">The next step for the user when the text is not a unit.</param>
    /// <returns>True when the text is a unit.</returns>
    public static bool TryParse(string text, [NotNullWhen(true)] out Unit? unit, [NotNullWhen(false)] out string? hint)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.Trim();
        UnitText reader = new(text.Replace('µ', 'u').Replace('μ', 'u').Replace('\u2126', 'Ω'));
        unit = null;
        if (text.Length == 0)
            unit = One;
        else if (reader.Whole() is var (dimension, power))
            unit = new Unit(text == "1" ? "" : text, dimension, power);
        hint = unit is null ? reader.Hint : null;
        return unit is not null;
    }

    /// <summary>
    /// Converts a number that was computed, with the one rounding of <c>value / 10^n</c> or <c>value * 10^n</c> (another for each further
    /// 22 powers of ten). What a person wrote is converted by <see cref="Quantity.SI"/>, which rounds the decimal instead.
    /// </summary>
    /// <param name="value">A number of this unit.</param>
    /// <returns>The same in the SI unit.</returns>
    public double ToSI(double value) => Scale(value, PowerOfTen);

    /// <summary>The reverse of <see cref="ToSI"/>, rounded in the same way.</summary>
    /// <param name="value">A number of the SI unit of this dimension.</param>
    /// <returns>The same in this unit.</returns>
    public double FromSI(double value) => Scale(value, -PowerOfTen);

    /// <summary>True when the other unit has the same dimension and size, however it is written.</summary>
    /// <param name="other">Another unit.</param>
    /// <returns>True for <c>uS</c> and <c>µS</c>.</returns>
    public bool Equals(Unit? other) => other is not null && Dimension == other.Dimension && PowerOfTen == other.PowerOfTen;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Unit);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Dimension, PowerOfTen);

    /// <summary>The unit as written.</summary>
    /// <returns><see cref="Text"/>.</returns>
    public override string ToString() => Text;

    private static double Scale(double value, int power)
    {
        int largest = PowersOfTen.Length - 1;
        for (; power < -largest; power += largest)
            value /= PowersOfTen[largest];
        for (; power > largest; power -= largest)
            value *= PowersOfTen[largest];
        return power < 0 ? value / PowersOfTen[-power] : value * PowersOfTen[power];
    }

    // unit := factor (('*' | '/') factor)* ; factor := (symbol | '1' | '(' unit ')') (('^')? sign? digits)?
    private sealed class UnitText(string text)
    {
        private const int LargestExponent = 9;
        private int _at;

        public string Hint { get; private set; } = "write units as in mV, mS/cm^2 or 1/(ms*mV)";

        public (Dimension Dimension, int Power)? Whole() => Product(0) is { } whole && _at == text.Length ? whole : null;

        private (Dimension Dimension, int Power)? Product(int depth)
        {
            if (depth > LargestExponent || Factor(depth) is not var (dimension, power))
                return null;
            while (Skip('*') is var times && (times || Skip('/')))
            {
                if (Factor(depth) is not var (other, otherPower))
                    return null;
                dimension = times ? dimension * other : dimension / other;
                power += times ? otherPower : -otherPower;
                if (Math.Abs(power) > LargestPowerOfTen)
                    return null;
            }
            return (dimension, power);
        }

        private (Dimension Dimension, int Power)? Factor(int depth)
        {
            (Dimension Dimension, int Power) factor;
            if (Skip('('))
            {
                if (Product(depth + 1) is not { } inner || !Skip(')'))
                    return null;
                factor = inner;
            }
            else if (Skip('1'))
                return (Dimension.None, 0);
            else if (Symbol() is { } symbol)
                factor = symbol;
            else
                return null;

            bool written = Skip('^');
            int start = _at;
            if (written && _at < text.Length && text[_at] == '-')
                _at++;
            while (_at < text.Length && char.IsAsciiDigit(text[_at]))
                _at++;
            if (_at == start)
                return written ? null : factor;
            return int.TryParse(text.AsSpan(start, _at - start), out int exponent) && Math.Abs(exponent) <= LargestExponent
                && factor.Dimension.Pow(exponent) is { } dimension ? (dimension, factor.Power * exponent) : null;
        }

        private (Dimension Dimension, int Power)? Symbol()
        {
            Blank();
            int start = _at;
            while (_at < text.Length && (char.IsLetter(text[_at]) || text[_at] is '°' or '%'))
                _at++;
            string symbol = text[start.._at];
            if (Symbols.TryGetValue(symbol, out var plain))
                return plain;
            if (symbol.Length > 1 && Prefixes.TryGetValue(symbol[0], out int prefix) && Symbols.TryGetValue(symbol[1..], out var prefixed)
                && (symbol[0] is not ('c' or 'd') || symbol[1] is 'm' or 'L'))
                return (prefixed.Dimension, prefixed.Power + prefix);
            if (Refused.TryGetValue(symbol, out string? refused))
                Hint = refused;
            else if (DidYouMean.Hint(symbol, Common) is { } near)
                Hint = near;
            return null;
        }

        private bool Skip(char c)
        {
            Blank();
            if (_at == text.Length || text[_at] != c)
                return false;
            _at++;
            Blank();
            return true;
        }

        private void Blank()
        {
            while (_at < text.Length && text[_at] == ' ')
                _at++;
        }
    }
}
