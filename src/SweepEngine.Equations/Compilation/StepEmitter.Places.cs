namespace SweepEngine.Equations;

// Where the nodes of a step are computed, and which are held in locals.
internal sealed partial class StepEmitter
{
    // Selections of one mask with equally many selections below them share a branch; none of these depends on another.
    private void FindBranches()
    {
        int[] depth = new int[_nodes.Count];
        Dictionary<(int Mask, int Depth), int> known = [];
        for (int i = 0; i < _nodes.Count; i++)
        {
            _branchOf[i] = Unused;
            foreach (int operand in LaneEmitter.Operands(_nodes[i]))
                depth[i] = Math.Max(depth[i], depth[operand]);
            if (_nodes[i] is not { Kind: NodeKind.Operation, Operation: Operation.Select, Index: Rarely } || _levels.IsInvariant(i) || _levels.IsOfStep(i))
                continue;
            if (!known.TryGetValue((_nodes[i].A, ++depth[i]), out int branch))
            {
                known.Add((_nodes[i].A, depth[i]), branch = _branches.Count);
                _branches.Add([]);
            }
            _branchOf[i] = branch;
            _branches[branch].Add(i);
        }
    }

    // A node belongs into a branch if all its users are there. A selection in a branch makes no branch of its own.
    private void FindHomes()
    {
        Array.Fill(_home, Unused);
        int[] stores = new int[_nodes.Count];
        foreach ((int row, int node) in _results)
        {
            stores[node]++;
            Use(node, Always);
        }
        for (int i = _nodes.Count - 1; i >= 0; i--)
        {
            if (_home[i] == Unused)
                continue;
            if (_branchOf[i] >= 0 && _home[i] >= 0)
            {
                _branches[_branchOf[i]].Remove(i);
                _branchOf[i] = Unused;
            }
            // Of what is computed before the block, only the value is used here.
            if (IsInvariant(i) || _levels.IsOfStep(i))
                continue;
            Node node = _nodes[i];
            if (_branchOf[i] < 0)
            {
                foreach (int operand in LaneEmitter.Operands(node))
                    Use(operand, _home[i]);
                continue;
            }
            Use(node.A, _branchOf[i]);
            UseInTest(Asked(node.A));
            Use(node.B, _branchOf[i]);
            // A row that is written nowhere else is left alone where nothing happens.
            int row = _nodes[node.C].Kind is NodeKind.Row ? _nodes[node.C].Index : -1;
            bool changed = _users[i] == 1 && stores[i] == 1 && _results.Any(result => result == (row, i));
            if (changed)
                _changedInBranch.Add(i, row);
            Use(node.C, changed ? _branchOf[i] : Always);
        }
        foreach (List<int> branch in _branches)
            branch.RemoveAll(node => _home[node] == Unused);
        foreach ((int node, int row) in _changedInBranch)
        {
            // Another branch may come later.
            for (int i = 0; i < _nodes.Count; i++)
            {
                if (_nodes[i].Kind is NodeKind.Row && _nodes[i].Index == row && _home[i] >= 0 && _home[i] != _branchOf[node])
                    _home[i] = Always;
            }
        }

        void UseInTest(int mask)
        {
            Node node = _nodes[mask];
            if (!IsRepeated(mask) && !IsCombination(mask))
            {
                Use(mask, Always);
                return;
            }
            foreach (int operand in LaneEmitter.Operands(node))
            {
                if (IsCombination(mask))
                    UseInTest(operand);
                else
                    Use(operand, Always);
            }
        }

        void Use(int node, int home)
        {
            _users[node]++;
            _home[node] = _home[node] == Unused || _home[node] == home ? home : Always;
        }
    }

    // In locals: what has several users, what a branch needs from outside, rows before they are written, and every so often one in a long chain.
    private void FindHeld()
    {
        int[] height = new int[_nodes.Count];
        for (int i = 0; i < _nodes.Count; i++)
        {
            Node node = _nodes[i];
            foreach (int operand in LaneEmitter.Operands(node))
            {
                _held[operand] |= IsRepeated(i) && _nodes[operand].Kind is NodeKind.Operation && _users[i] > 0;
                height[i] = Math.Max(height[i], _held[operand] ? 1 : height[operand] + 1);
            }
            bool row = node.Kind is NodeKind.Row && !_levels.IsInvariant(i);
            _held[i] = _branchOf[i] >= 0 || (node.Kind is not NodeKind.Constant && !IsRepeated(i) && (_users[i] > 1 || row || height[i] >= DeepestNesting));
        }
        for (int i = 0; i < _nodes.Count; i++)
        {
            if (_home[i] == Unused || IsInvariant(i) || _levels.IsOfStep(i) || _home[i] < 0)
                continue;
            foreach (int operand in LaneEmitter.Operands(_nodes[i]))
                HoldOutside(operand, _home[i]);
        }
        for (int branch = 0; branch < _branches.Count; branch++)
        {
            foreach (int selection in _branches[branch])
            {
                HoldOutside(_nodes[selection].A, branch);
                HoldOutside(_nodes[selection].B, branch);
            }
        }

        void HoldOutside(int node, int branch) => _held[node] |= _nodes[node].Kind is not NodeKind.Constant && !IsRepeated(node) && _home[node] != branch;
    }

    private bool IsComparison(int node) => _nodes[node] is { Kind: NodeKind.Operation, Operation: >= Operation.Less and <= Operation.NotEqual };

    // A comparison outside of branches.
    private bool IsRepeated(int node) => IsComparison(node) && _home[node] < 0;

    private bool IsCombination(int mask) => _nodes[mask] is { Kind: NodeKind.Operation, Operation: Operation.And or Operation.Or } && !_held[mask];

    // What a branch asks for: not less than the mask of its selections.
    private int Asked(int mask) => _nodes[mask] is { Kind: NodeKind.Operation, Operation: Operation.AndNot } node ? node.A : mask;
}
