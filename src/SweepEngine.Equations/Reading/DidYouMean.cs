namespace SweepEngine.Equations;

/// <summary>Finds the name that was probably meant.</summary>
public static class DidYouMean
{
    /// <summary>
    /// The allowed name nearest to what was found: fewest inserted, lost, changed or swapped letters, at most a third of them
    /// (but one is always tolerated); case counts least, earlier names win ties.
    /// </summary>
    /// <param name="found">What the user wrote.</param>
    /// <param name="allowed">The names that exist.</param>
    /// <returns>The nearest name, or null when none is near.</returns>
    public static string? Nearest(string found, IEnumerable<string> allowed)
    {
        ArgumentNullException.ThrowIfNull(found);
        ArgumentNullException.ThrowIfNull(allowed);
        string? nearest = null;
        int best = int.MaxValue;
        foreach (string name in allowed)
        {
            int edits = Edits(found.ToUpperInvariant(), name.ToUpperInvariant());
            int tolerated = Math.Max(1, found.Length / 3);
            int score = 2 * edits + (edits == 0 ? 1 : 0);
            if (edits <= tolerated && edits < Math.Max(1, Math.Min(found.Length, name.Length)) && score < best)
                (nearest, best) = (name, score);
        }
        return nearest;
    }

    /// <summary>The next step that offers the nearest name, or else lists the names when they are few.</summary>
    /// <param name="found">What the user wrote.</param>
    /// <param name="allowed">The names that exist.</param>
    /// <returns>For example <c>did you mean 'I_app'?</c>, or null when no name is near.</returns>
    public static string? Hint(string found, IEnumerable<string> allowed) =>
        Nearest(found, allowed) is { } name ? $"did you mean '{name}'?" : null;

    // Optimal string alignment distance with three rolling rows.
    private static int Edits(string a, string b)
    {
        int[] beforeLast = new int[b.Length + 1], last = new int[b.Length + 1], row = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            last[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                row[j] = Math.Min(Math.Min(last[j], row[j - 1]) + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1));
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    row[j] = Math.Min(row[j], beforeLast[j - 2] + 1);
            }
            (beforeLast, last, row) = (last, row, beforeLast);
        }
        return last[b.Length];
    }
}
