namespace SweepEngine.Bifurcation;

/// <summary>What happens at a bifurcation point.</summary>
public enum BifurcationKind
{
    /// <summary>LP: two equilibria meet and vanish (saddle-node, limit point).</summary>
    Fold,

    /// <summary>HB: an equilibrium changes its stability and a cycle is born.</summary>
    Hopf,

    /// <summary>BP: branches of equilibria cross (transcritical, pitchfork).</summary>
    BranchPoint,

    /// <summary>LPC: two cycles meet and vanish.</summary>
    FoldOfCycles,

    /// <summary>BPC: branches of cycles cross.</summary>
    BranchPointOfCycles,

    /// <summary>PD: a cycle changes its stability and one of twice the period is born.</summary>
    PeriodDoubling,

    /// <summary>NS: a cycle changes its stability and a torus is born (Neimark-Sacker).</summary>
    Torus,

    /// <summary>HOM: a cycle becomes a loop from a saddle to itself; its period grows like a logarithm.</summary>
    Homoclinic,

    /// <summary>SNIC: a cycle meets a fold of equilibria; its period grows like one over a square root.</summary>
    SaddleNodeOnCycle,

    /// <summary>CP: two folds meet.</summary>
    Cusp,

    /// <summary>BT: fold and Hopf meet in a double eigenvalue zero.</summary>
    BogdanovTakens,

    /// <summary>GH: a Hopf point changes between sub- and supercritical (Bautin).</summary>
    GeneralizedHopf,

    /// <summary>ZH: fold and Hopf with different eigenvalues.</summary>
    FoldHopf,

    /// <summary>HH: two pairs of eigenvalues are imaginary.</summary>
    DoubleHopf,

    /// <summary>CPC: two folds of cycles meet.</summary>
    CuspOfCycles,

    /// <summary>TC: of a model with a reset, the equilibrium meets the threshold.</summary>
    ThresholdCrossing,

    /// <summary>BC: of a model with a reset, a periodic train meets the border of its map (adding or losing a spike).</summary>
    BorderCollision,

    /// <summary>GR: of a model with a reset, an orbit touches the threshold without crossing it.</summary>
    Grazing,
}

/// <summary>The abbreviations of the field for kinds, as tables and pictures show them.</summary>
public static class BifurcationKindText
{
    /// <summary>For example <c>HB</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Text(this BifurcationKind kind) => kind switch
    {
        BifurcationKind.Fold => "LP",
        BifurcationKind.Hopf => "HB",
        BifurcationKind.BranchPoint => "BP",
        BifurcationKind.FoldOfCycles => "LPC",
        BifurcationKind.BranchPointOfCycles => "BPC",
        BifurcationKind.PeriodDoubling => "PD",
        BifurcationKind.Torus => "NS",
        BifurcationKind.Homoclinic => "HOM",
        BifurcationKind.SaddleNodeOnCycle => "SNIC",
        BifurcationKind.Cusp => "CP",
        BifurcationKind.BogdanovTakens => "BT",
        BifurcationKind.GeneralizedHopf => "GH",
        BifurcationKind.FoldHopf => "ZH",
        BifurcationKind.DoubleHopf => "HH",
        BifurcationKind.CuspOfCycles => "CPC",
        BifurcationKind.ThresholdCrossing => "TC",
        BifurcationKind.BorderCollision => "BC",
        BifurcationKind.Grazing => "GR",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
