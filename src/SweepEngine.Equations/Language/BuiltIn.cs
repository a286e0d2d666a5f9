namespace SweepEngine.Equations;

/// <summary>What a function of the language asks of the dimensions of its arguments, and what it gives.</summary>
internal enum DimensionRule
{
    /// <summary>Dimensionless in, dimensionless out.</summary>
    Plain,

    /// <summary>All arguments and the result have one dimension, whichever it is.</summary>
    Same,

    /// <summary>Any dimension in, dimensionless out.</summary>
    Free,

    /// <summary>The result has half of the argument's exponents.</summary>
    Root,

    /// <summary>As the operator <c>^</c>.</summary>
    Power,

    /// <summary>A condition, then two branches of one dimension.</summary>
    If,
}

/// <summary>The functions of the language, and the other names that a model cannot give away.</summary>
internal sealed record BuiltIn(string Name, int Arguments, DimensionRule Rule)
{
    /// <summary>The functions by name.</summary>
    public static IReadOnlyDictionary<string, BuiltIn> Functions { get; } = new BuiltIn[]
    {
        new("exp", 1, DimensionRule.Plain), new("expm1", 1, DimensionRule.Plain), new("exprel", 1, DimensionRule.Plain),
        new("log", 1, DimensionRule.Plain), new("log1p", 1, DimensionRule.Plain), new("log10", 1, DimensionRule.Plain),
        new("sin", 1, DimensionRule.Plain), new("cos", 1, DimensionRule.Plain), new("tan", 1, DimensionRule.Plain),
        new("sinh", 1, DimensionRule.Plain), new("cosh", 1, DimensionRule.Plain), new("tanh", 1, DimensionRule.Plain),
        new("floor", 1, DimensionRule.Plain), new("ceil", 1, DimensionRule.Plain),
        new("sqrt", 1, DimensionRule.Root), new("pow", 2, DimensionRule.Power),
        new("abs", 1, DimensionRule.Same), new("min", 2, DimensionRule.Same), new("max", 2, DimensionRule.Same),
        new("sign", 1, DimensionRule.Free), new("heaviside", 1, DimensionRule.Free),
        new("if", 3, DimensionRule.If),
    }.ToDictionary(function => function.Name, StringComparer.Ordinal);

    /// <summary>Random numbers that can be drawn, and how many arguments each takes. A function of the same name in a model goes before.</summary>
    public static IReadOnlyDictionary<string, (RandomKind Kind, int Arguments)> Draws { get; } =
        new Dictionary<string, (RandomKind, int)>(StringComparer.Ordinal)
        {
            ["uniform"] = (RandomKind.Uniform, 0),
            ["normal"] = (RandomKind.Normal, 0),
            ["binomial"] = (RandomKind.Binomial, 2),
        };

    /// <summary>White noise; <c>xi_NAME</c> are further ones, all independent.</summary>
    public const string Noise = "xi";

    /// <summary>True for a name that means white noise unless the model declares it.</summary>
    public static bool IsNoise(string name) => name == Noise || (name.StartsWith(Noise + "_", StringComparison.Ordinal) && name.Length > Noise.Length + 1);

    /// <summary>Words that join expressions.</summary>
    public static IReadOnlySet<string> Words { get; } = new HashSet<string>(StringComparer.Ordinal) { "and", "or", "not" };

    /// <summary>The time.</summary>
    public const string Time = "t";

    /// <summary>The ratio of a circle's circumference to its diameter.</summary>
    public const string Pi = "pi";

    /// <summary>Names that stand for values in every model.</summary>
    public static IReadOnlyList<string> Constants { get; } = [Time, Pi];

    /// <summary>True for a name with a meaning of its own, which a model cannot define.</summary>
    public static bool Reserves(string name) =>
        name is Time or Pi or "dt" or "inf" or "nan" || Words.Contains(name) || Functions.ContainsKey(name);
}
