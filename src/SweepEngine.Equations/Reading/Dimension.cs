using System.Globalization;

namespace SweepEngine.Equations;

/// <summary>
/// A physical dimension: the exponents of the seven SI base units. Exponents are multiples of 1/6, so that square and cube roots
/// (<c>mV/ms^0.5</c> of a noise) have dimensions as well. The default value is dimensionless.
/// </summary>
public readonly record struct Dimension
{
    private const int Parts = 6;
    private const double LargestExponent = 1000;
    private static readonly string[] Symbols = ["m", "kg", "s", "A", "K", "mol", "cd"];

    // Made on first use: the named dimensions are themselves static members.
    private static Dictionary<Dimension, (string Name, string Units)> Known => field ??= NamedDimensions();

    private readonly int _m, _kg, _s, _A, _K, _mol, _cd;

    private Dimension(int m, int kg, int s, int A, int K, int mol, int cd) =>
        (_m, _kg, _s, _A, _K, _mol, _cd) = (m, kg, s, A, K, mol, cd);

    /// <summary>The dimension of a pure number.</summary>
    public static Dimension None => default;

    /// <summary>Length, m.</summary>
    public static Dimension Length { get; } = new(Parts, 0, 0, 0, 0, 0, 0);

    /// <summary>Mass, kg.</summary>
    public static Dimension Mass { get; } = new(0, Parts, 0, 0, 0, 0, 0);

    /// <summary>Time, s.</summary>
    public static Dimension Time { get; } = new(0, 0, Parts, 0, 0, 0, 0);

    /// <summary>Electric current, A.</summary>
    public static Dimension Current { get; } = new(0, 0, 0, Parts, 0, 0, 0);

    /// <summary>Temperature, K.</summary>
    public static Dimension Temperature { get; } = new(0, 0, 0, 0, Parts, 0, 0);

    /// <summary>Amount of substance, mol.</summary>
    public static Dimension Amount { get; } = new(0, 0, 0, 0, 0, Parts, 0);

    /// <summary>Luminous intensity, cd.</summary>
    public static Dimension LuminousIntensity { get; } = new(0, 0, 0, 0, 0, 0, Parts);

    /// <summary>Frequency and rate, Hz.</summary>
    public static Dimension Frequency => None / Time;

    /// <summary>Electric charge, C.</summary>
    public static Dimension Charge => Current * Time;

    /// <summary>Energy, J.</summary>
    public static Dimension Energy => Mass * Length * Length / (Time * Time);

    /// <summary>Power, W.</summary>
    public static Dimension Power => Energy / Time;

    /// <summary>Voltage, V.</summary>
    public static Dimension Voltage => Power / Current;

    /// <summary>Resistance, ohm.</summary>
    public static Dimension Resistance => Voltage / Current;

    /// <summary>Conductance, S.</summary>
    public static Dimension Conductance => Current / Voltage;

    /// <summary>Capacitance, F.</summary>
    public static Dimension Capacitance => Charge / Voltage;

    /// <summary>The dimension of a product.</summary>
    /// <param name="a">One factor.</param>
    /// <param name="b">The other factor.</param>
    public static Dimension operator *(Dimension a, Dimension b) =>
        new(a._m + b._m, a._kg + b._kg, a._s + b._s, a._A + b._A, a._K + b._K, a._mol + b._mol, a._cd + b._cd);

    /// <summary>The dimension of a quotient.</summary>
    /// <param name="a">The numerator.</param>
    /// <param name="b">The denominator.</param>
    public static Dimension operator /(Dimension a, Dimension b) =>
        new(a._m - b._m, a._kg - b._kg, a._s - b._s, a._A - b._A, a._K - b._K, a._mol - b._mol, a._cd - b._cd);

    /// <summary>The dimension of a power.</summary>
    /// <param name="exponent">The exponent; its product with each exponent must be a multiple of 1/6.</param>
    /// <returns>The dimension, or null when it has no such power or the exponent is beyond ±1000.</returns>
    public Dimension? Pow(double exponent)
    {
        if (this == None)
            return None;
        if (!(Math.Abs(exponent) <= LargestExponent))
            return null;
        Span<int> exponents = [_m, _kg, _s, _A, _K, _mol, _cd];
        foreach (ref int each in exponents)
        {
            double product = each * exponent;
            double whole = Math.Round(product);
            // 1.0 / 3 is not a third exactly.
            if (Math.Abs(product - whole) > 1e-9 || Math.Abs(whole) > LargestExponent * Parts)
                return null;
            each = (int)whole;
        }
        return new Dimension(exponents[0], exponents[1], exponents[2], exponents[3], exponents[4], exponents[5], exponents[6]);
    }

    /// <summary>The name of the dimension where it has one.</summary>
    /// <returns>For example <c>voltage</c> or <c>current density</c>; else the base units, such as <c>kg m^2 s^-1</c>.</returns>
    public override string ToString() => Known.TryGetValue(this, out var known) ? known.Name : BaseUnits();

    /// <summary>What a message says is allowed.</summary>
    /// <returns>For example <c>a current such as pA or nA</c>, or <c>a pure number</c>.</returns>
    public string Describe()
    {
        if (this == None)
            return "a pure number";
        if (!Known.TryGetValue(this, out var known))
            return $"a quantity in {BaseUnits().Replace(' ', '*')}";
        return $"{("aeio".Contains(known.Name[0], StringComparison.Ordinal) ? "an" : "a")} {known.Name} such as {known.Units}";
    }

    /// <summary>A unit in which such quantities are often written.</summary>
    /// <returns>For example <c>pA</c>; empty for a pure number.</returns>
    public string CommonUnit() =>
        this == None ? "" : Known.TryGetValue(this, out var known) ? known.Units.Split(' ')[0] : BaseUnits().Replace(' ', '*');

    private string BaseUnits()
    {
        int[] exponents = [_m, _kg, _s, _A, _K, _mol, _cd];
        return string.Join(' ', Symbols.Zip(exponents).Where(each => each.Second != 0).Select(each =>
            each.Second == Parts ? each.First
                : $"{each.First}^{((double)each.Second / Parts).ToString("0.###", CultureInfo.InvariantCulture)}"));
    }

    private static Dictionary<Dimension, (string Name, string Units)> NamedDimensions()
    {
        Dimension area = Length * Length, volume = area * Length;
        return new()
        {
            [None] = ("dimensionless", ""),
            [Length] = ("length", "um or cm"),
            [area] = ("area", "um^2 or cm^2"),
            [volume] = ("volume", "um^3 or L"),
            [Mass] = ("mass", "kg or g"),
            [Time] = ("time", "ms or s"),
            [Length / Time] = ("velocity", "m/s"),
            [Current] = ("current", "pA or nA"),
            [Temperature] = ("temperature", "K"),
            [Amount] = ("amount of substance", "mol"),
            [LuminousIntensity] = ("luminous intensity", "cd"),
            [Frequency] = ("rate", "Hz or 1/ms"),
            [Charge] = ("charge", "pC or C"),
            [Energy] = ("energy", "J"),
            [Power] = ("power", "W"),
            [Voltage] = ("voltage", "mV or V"),
            [Resistance] = ("resistance", "MOhm or GOhm"),
            [Conductance] = ("conductance", "nS or uS"),
            [Capacitance] = ("capacitance", "pF or nF"),
            [Amount / volume] = ("concentration", "mM or uM"),
            [Current / area] = ("current density", "uA/cm^2 or pA/um^2"),
            [Conductance / area] = ("conductance density", "mS/cm^2 or S/m^2"),
            [Capacitance / area] = ("specific capacitance", "uF/cm^2 or F/m^2"),
            [Resistance * area] = ("specific resistance", "kOhm*cm^2 or Ohm*m^2"),
            [Resistance * Length] = ("resistivity", "Ohm*cm or Ohm*m"),
            [Charge / area] = ("charge density", "nC/cm^2 or C/m^2"),
            [Voltage / Time] = ("voltage per time", "mV/ms or V/s"),
            [Current / Time] = ("current per time", "pA/ms or nA/s"),
            [Conductance / Time] = ("conductance per time", "nS/ms or uS/s"),
            [None / Voltage] = ("inverse voltage", "1/mV or 1/V"),
            [None / (Voltage * Time)] = ("rate per voltage", "1/(ms*mV) or 1/(s*V)"),
        };
    }
}
