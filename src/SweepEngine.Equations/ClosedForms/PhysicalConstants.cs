namespace SweepEngine.Equations;

/// <summary>A constant of nature.</summary>
/// <param name="Name">Its symbol.</param>
/// <param name="Value">Its value, exact.</param>
/// <param name="Summary">What it is.</param>
public sealed record PhysicalConstant(string Name, Quantity Value, string Summary);

/// <summary>
/// The constants that closed forms use. The SI of 2019 defines k_B, N_A and e; R and F are their products. So all of them are exact:
/// E. Tiesinga, P. J. Mohr, D. B. Newell and B. N. Taylor, CODATA recommended values, Rev. Mod. Phys. 93:025010 (2021).
/// </summary>
public static class PhysicalConstants
{
    /// <summary>All constants.</summary>
    public static IReadOnlyList<PhysicalConstant> All { get; } =
    [
        Constant("R", 8.31446261815324, "J/(K*mol)", "molar gas constant, k_B N_A"),
        Constant("F", 96485.3321233100184, "C/mol", "Faraday constant, e N_A"),
        Constant("k_B", 1.380649e-23, "J/K", "Boltzmann constant"),
        Constant("N_A", 6.02214076e23, "1/mol", "Avogadro constant"),
        Constant("e", 1.602176634e-19, "C", "elementary charge"),
    ];

    private static PhysicalConstant Constant(string name, double value, string unit, string summary) =>
        new(name, new Quantity(value, Unit.Parse(unit)!), summary);
}
