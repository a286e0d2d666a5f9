namespace SweepEngine.Bifurcation;

/// <summary>What stands in tables for kinds and ends of branches.</summary>
public static class BranchText
{
    /// <summary>For example <c>cycles</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Text(this BranchKind kind) => kind switch
    {
        BranchKind.Equilibria => "equilibria",
        BranchKind.Cycles => "cycles",
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    /// <summary>For example <c>homoclinic</c>.</summary>
    /// <param name="end">The end.</param>
    public static string Text(this BranchEnd end) => end switch
    {
        BranchEnd.Range => "range",
        BranchEnd.Closed => "closed",
        BranchEnd.Hopf => "hopf",
        BranchEnd.Homoclinic => "homoclinic",
        BranchEnd.SaddleNodeOnCycle => "saddle_node_on_cycle",
        BranchEnd.PeriodDoubling => "period_doubling",
        BranchEnd.Known => "known",
        BranchEnd.Border => "border",
        BranchEnd.Lost => "lost",
        BranchEnd.MeshLimit => "mesh_limit",
        BranchEnd.StepLimit => "step_limit",
        _ => throw new ArgumentOutOfRangeException(nameof(end)),
    };
}
