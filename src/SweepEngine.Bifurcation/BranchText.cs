using System.Text;

namespace SweepEngine.Bifurcation;

/// <summary>What stands in tables for kinds and ends of branches.</summary>
public static class BranchText
{
    /// <summary>For example <c>cycles</c>.</summary>
    /// <param name="kind">The kind.</param>
    public static string Text(this BranchKind kind) => Words(kind.ToString());

    /// <summary>For example <c>saddle_node_on_cycle</c>.</summary>
    /// <param name="end">The end.</param>
    public static string Text(this BranchEnd end) => Words(end.ToString());

    private static string Words(string name)
    {
        StringBuilder words = new();
        foreach (char c in name)
        {
            words.Append(char.IsUpper(c) && words.Length > 0 ? "_" : "").Append(char.ToLowerInvariant(c));
        }

        return words.ToString();
    }
}
