namespace SweepEngine.Simulator;

/// <summary>
/// Visits every state that a tiny cluster can reach, in the order of the number of moves, and checks that promises hold in each and that from
/// each the sweep ends by moves that are no faults.
/// </summary>
internal static class ExhaustiveSearch
{
    /// <summary>Searches.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="atMost">States after which the search gives up [1].</param>
    /// <returns>States and moves between them.</returns>
    /// <exception cref="SimulationFailure">A promise is broken; the message has the shortest way there.</exception>
    public static (int States, long Moves) Run(TinyCluster cluster, int atMost)
    {
        var visited = new Dictionary<(ulong, ulong), int>();
        var states = new List<TinyState?>();
        var cameBy = new List<(int Before, Move Move)>();
        var faultless = new List<(int From, int To)>();
        var ends = new List<int>();
        var moves = new List<Move>();
        long made = 0;
        Visit(cluster.Start(), -1, default);
        for (int at = 0; at < states.Count; at++)
        {
            var state = states[at]!;
            states[at] = null; // only its number is needed from here on
            if (TinyCluster.IsOver(state)) ends.Add(at);
            cluster.Moves(state, moves);
            foreach (var move in moves)
            {
                made++;
                TinyState next;
                try
                {
                    next = cluster.After(state, move);
                }
                catch (Exception failure) when (failure is SimulationFailure or InvalidOperationException)
                {
                    throw new SimulationFailure($"{failure.Message}\n{WayTo(at)}\n{cluster.Describe(state, move)}");
                }
                int number = Visit(next, at, move);
                if (!move.IsFault && number != at) faultless.Add((at, number));
            }
            if (states.Count > atMost) throw new InvalidOperationException($"More than {atMost} states.");
        }
        if (FirstWithoutEnd() is { } stuck) throw new SimulationFailure($"no end can be reached\n{WayTo(stuck)}");
        return (states.Count, made);

        int Visit(TinyState state, int before, Move move)
        {
            if (visited.TryGetValue(state.Fingerprint(), out int number)) return number;
            visited.Add(state.Fingerprint(), states.Count);
            states.Add(state);
            cameBy.Add((before, move));
            return states.Count - 1;
        }

        // Backwards from the ends along moves that are no faults.
        int? FirstWithoutEnd()
        {
            var before = faultless.ToLookup(edge => edge.To, edge => edge.From);
            var canEnd = new bool[states.Count];
            var next = new Stack<int>(ends);
            while (next.TryPop(out int at))
            {
                if (canEnd[at]) continue;
                canEnd[at] = true;
                foreach (int from in before[at]) next.Push(from);
            }
            int stuck = Array.IndexOf(canEnd, false);
            return stuck < 0 ? null : stuck;
        }

        string WayTo(int at)
        {
            var way = new Stack<Move>();
            for (; cameBy[at].Before >= 0; at = cameBy[at].Before) way.Push(cameBy[at].Move);
            var state = cluster.Start();
            var lines = new List<string>();
            foreach (var move in way)
            {
                lines.Add(cluster.Describe(state, move));
                state = cluster.After(state, move);
            }
            return string.Join('\n', lines) + "\n" + cluster.Describe(state);
        }
    }
}
