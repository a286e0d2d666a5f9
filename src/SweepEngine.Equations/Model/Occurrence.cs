namespace SweepEngine.Equations;

/// <summary>Finds where an expression uses a name, be it through intermediates and functions.</summary>
internal static class Occurrence
{
    /// <summary>The first part, as written, that comes down to one of the names: a name, or the call of a function in whose text it stands.</summary>
    /// <param name="written">The expression.</param>
    /// <param name="inliner">Writes intermediates and functions out.</param>
    /// <param name="isSought">Whether a name is one of those that are sought.</param>
    /// <returns>The part, or null when there is none.</returns>
    public static Expression? First(Expression written, Inliner inliner, Func<string, bool> isSought)
    {
        if (!In(inliner.Inline(written), isSought))
            return null;
        return written.Branches.Select(branch => First(branch, inliner, isSought)).FirstOrDefault(found => found is not null) ?? written;
    }

    /// <summary>Whether one of the names occurs in an expression.</summary>
    /// <param name="inlined">The expression, with intermediates and functions written out.</param>
    /// <param name="isSought">Whether a name is one of those that are sought.</param>
    /// <returns>True when one occurs.</returns>
    public static bool In(Expression inlined, Func<string, bool> isSought) => Symbols(inlined).Any(symbol => isSought(symbol.Name));

    /// <summary>The names that occur in an expression.</summary>
    /// <param name="inlined">The expression, with intermediates and functions written out.</param>
    /// <returns>The names.</returns>
    public static HashSet<string> NamesIn(Expression inlined) => Symbols(inlined).Select(symbol => symbol.Name).ToHashSet(StringComparer.Ordinal);

    private static IEnumerable<Symbol> Symbols(Expression inlined)
    {
        HashSet<Expression> seen = new(ReferenceEqualityComparer.Instance);
        Stack<Expression> open = new([inlined]);
        while (open.TryPop(out Expression? next))
        {
            if (!seen.Add(next))
                continue;
            if (next is Symbol symbol)
                yield return symbol;
            foreach (Expression branch in next.Branches)
                open.Push(branch);
        }
    }
}
