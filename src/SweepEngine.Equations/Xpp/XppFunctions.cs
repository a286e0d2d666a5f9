namespace SweepEngine.Equations;

/// <summary>The words that mean something in XPP's formulas, whatever their case.</summary>
internal static class XppFunctions
{
    private const string Random = "it draws anew at each step, so a result would depend on the steps; use 'wiener' for noise, or draw in 'global' and x(0)";
    private const string Delayed = "it reads the past of a variable";
    private const string Special = "there is no such function here";

    /// <summary>Functions that are one of the language's own.</summary>
    public static IReadOnlyDictionary<string, BuiltIn> Taken { get; } = new (string Xpp, string Here)[]
    {
        ("exp", "exp"), ("ln", "log"), ("log", "log"), ("log10", "log10"), ("sqrt", "sqrt"), ("abs", "abs"),
        ("sin", "sin"), ("cos", "cos"), ("tan", "tan"), ("sinh", "sinh"), ("cosh", "cosh"), ("tanh", "tanh"),
        ("max", "max"), ("min", "min"), ("heav", "heaviside"), ("sign", "sign"), ("flr", "floor"), ("ceil", "ceil"),
    }.ToDictionary(pair => pair.Xpp, pair => BuiltIn.Functions[pair.Here], StringComparer.OrdinalIgnoreCase);

    /// <summary>Functions that are not supported, and why.</summary>
    public static IReadOnlyDictionary<string, string> Refused { get; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["ran"] = Random,
        ["normal"] = Random,
        ["poisson"] = Random,
        ["delay"] = Delayed,
        ["del_shft"] = Delayed,
        ["int"] = "it is an integral over the past",
        ["asin"] = Special,
        ["acos"] = Special,
        ["atan"] = Special,
        ["atan2"] = Special,
        ["erf"] = Special,
        ["erfc"] = Special,
        ["besselj"] = Special,
        ["bessely"] = Special,
        ["besseli"] = Special,
        ["lgamma"] = Special,
        ["hom_bcs"] = "it is for boundary value problems",
        ["ishift"] = "it addresses variables while the model runs",
        ["set"] = "it changes variables inside of a formula",
    };

    /// <summary>True for a word that XPP does not let a file define.</summary>
    public static bool Reserves(string name) =>
        Taken.ContainsKey(name) || Refused.ContainsKey(name)
        || name.ToLowerInvariant() is BuiltIn.Time or BuiltIn.Pi or "if" or "then" or "else" or "sum" or "of" or "shift" or "mod" or "not";
}
