using System.Globalization;
using System.Text;

namespace SweepEngine.Equations;

/// <summary>
/// The code of a model as text: each operation of the graphs from which machine code is made, in their order, one per line. All numbers are in
/// SI units; what depends on constants alone stands there as its value.
/// </summary>
public static class LaneListing
{
    private const string Indent = "    ";

    /// <summary>Lists all programs of a model.</summary>
    /// <param name="code">The model's code.</param>
    /// <returns>Lines with a last newline: for each program its name and size, then <c>t12 = t3 * V_m</c> and the like, then its outputs.</returns>
    public static string Of(ModelCode code)
    {
        ArgumentNullException.ThrowIfNull(code);
        StringBuilder text = new();
        ModelDefinition model = code.Model;
        string[] states = [.. model.States.Select(state => state.Name)];
        List(text, "derivatives", code.Derivatives, [.. states.Select(state => $"d{state}/dt")]);
        List(text, "noise", code.Diffusion, [.. model.NoiseTerms.Select(term => $"d{states[term.State]}/dt per {model.Noises[term.Noise]}")]);
        List(text, "start", code.Start, states);
        List(text, "spike, where this rises through 0", code.Threshold, ["threshold"]);
        List(text, "spike, reset", code.Reset, states);
        List(text, "spike, refractory", code.RefractoryFor, ["refractory"]);
        foreach (EventCode happening in code.Events)
        {
            string name = $"event {happening.Event.Name}";
            List(text, $"{name}, where this rises through 0", happening.Condition, ["condition"]);
            List(text, $"{name}, times", happening.Times, ["first", "every", "last"]);
            List(text, $"{name}, reset", happening.Reset, states);
            List(text, $"{name}, refractory", happening.RefractoryFor, ["refractory"]);
        }
        return text.ToString();
    }

    /// <summary>How many operations a program carries out for each lane.</summary>
    /// <param name="program">The program.</param>
    /// <returns>Their number; a function that is called counts as one.</returns>
    public static int OperationCount(LaneProgram program)
    {
        ArgumentNullException.ThrowIfNull(program);
        return program.Graphs.Sum(OperationCount);
    }

    private static int OperationCount(ExpressionGraph graph) => Used(graph).Count(index => graph.Nodes[index].Kind is NodeKind.Operation);

    private static void List(StringBuilder text, string title, LaneProgram? program, string[] outputs)
    {
        int listed = 0;
        foreach (ExpressionGraph graph in program?.Graphs ?? [])
        {
            string part = program!.Graphs.Count == 1 ? "" : $", from {outputs[listed]} on";
            List(text, title + part, graph, outputs.AsSpan(listed, graph.Outputs.Count));
            listed += graph.Outputs.Count;
        }
    }

    private static void List(StringBuilder text, string title, ExpressionGraph graph, ReadOnlySpan<string> outputs)
    {
        int count = OperationCount(graph), numbered = 0;
        text.Append($"{(text.Length > 0 ? "\n" : "")}{title}: {count} operation{(count == 1 ? "" : "s")}\n");
        Dictionary<int, string> names = [];
        IReadOnlyList<int> used = Used(graph);
        // A model may have a state t1.
        string prefix = used.Any(i => graph.Nodes[i].Kind is not NodeKind.Operation && Leaf(graph.Nodes[i], graph) is ['t', >= '0' and <= '9', ..]) ? "op_" : "t";
        foreach (int index in used)
        {
            Node node = graph.Nodes[index];
            if (node.Kind is NodeKind.Operation)
            {
                string value = Operation(node, graph, names);
                names.Add(index, $"{prefix}{numbered++}");
                text.Append($"{Indent}{names[index]} = {value}\n");
            }
            else
                names.Add(index, Leaf(node, graph));
        }
        for (int output = 0; output < outputs.Length; output++)
            text.Append($"{Indent}{outputs[output]} = {names[graph.Outputs[output]]}\n");
    }

    // Folding leaves nodes behind that nobody uses; code is not made of them.
    private static IReadOnlyList<int> Used(ExpressionGraph graph)
    {
        bool[] used = new bool[graph.Nodes.Count];
        foreach (int output in graph.Outputs)
            used[output] = true;
        for (int i = used.Length - 1; i >= 0; i--)
        {
            if (!used[i])
                continue;
            foreach (int operand in LaneEmitter.Operands(graph.Nodes[i]))
                used[operand] = true;
        }
        return [.. Enumerable.Range(0, used.Length).Where(i => used[i])];
    }

    private static string Leaf(Node node, ExpressionGraph graph) => node.Kind switch
    {
        NodeKind.Time => BuiltIn.Time,
        NodeKind.State => graph.StateName(node.Index),
        NodeKind.Parameter => graph.ParameterName(node.Index),
        // Masks are NaN as numbers; their bits say what they are.
        _ => double.IsNaN(node.Value) ? $"0x{node.Bits:x16}" : node.Value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Operation(Node node, ExpressionGraph graph, Dictionary<int, string> names)
    {
        string a = names[node.A], b = names.GetValueOrDefault(node.B, ""), c = names.GetValueOrDefault(node.C, "");
        bool signBit = graph.Nodes[node.B] is { Kind: NodeKind.Constant, Bits: long.MinValue };
        return node.Operation switch
        {
            Equations.Operation.Add => $"{a} + {b}",
            Equations.Operation.Subtract => $"{a} - {b}",
            Equations.Operation.Multiply => $"{a} * {b}",
            Equations.Operation.Divide => $"{a} / {b}",
            Equations.Operation.Less => $"{a} < {b}",
            Equations.Operation.LessOrEqual => $"{a} <= {b}",
            Equations.Operation.Greater => $"{a} > {b}",
            Equations.Operation.GreaterOrEqual => $"{a} >= {b}",
            Equations.Operation.Equal => $"{a} == {b}",
            Equations.Operation.Select => $"{a} ? {b} : {c}",
            // Signs are bits, and set and cleared as such.
            Equations.Operation.Xor when signBit => $"-{a}",
            Equations.Operation.AndNot when signBit => $"abs({a})",
            Equations.Operation.And => $"{a} & {Bits(graph.Nodes[node.B], b)}",
            Equations.Operation.Or => $"{a} | {Bits(graph.Nodes[node.B], b)}",
            Equations.Operation.Xor => $"{a} ^ {Bits(graph.Nodes[node.B], b)}",
            Equations.Operation.AndNot => $"{a} & ~{Bits(graph.Nodes[node.B], b)}",
            Equations.Operation.Not => $"~{a}",
            Equations.Operation.AddBits => $"bits({a}) + bits({Bits(graph.Nodes[node.B], b)})",
            Equations.Operation.SubtractBits => $"bits({a}) - bits({Bits(graph.Nodes[node.B], b)})",
            Equations.Operation.ShiftBitsLeft => $"bits({a}) << {node.Index}",
            Equations.Operation.ShiftBitsRight => $"bits({a}) >>> {node.Index}",
            Equations.Operation.ScaleByPowerOf2 => $"{a} * 2^{b}",
            Equations.Operation.Lookup => $"{graph.Tables[node.Index].Name}({a})",
            Equations.Operation.LookupSlope => $"slope of {graph.Tables[node.Index].Name}({a})",
            Equations.Operation.Fma => $"fma({a}, {b}, {c})",
            _ => $"{node.Operation.ToString().ToLowerInvariant()}({string.Join(", ", new[] { a, b, c }.Take(Operations.Operands(node.Operation)))})",
        };
    }

    // Constants that are patterns of bits, not numbers.
    private static string Bits(Node operand, string name) => operand.Kind is NodeKind.Constant ? $"0x{operand.Bits:x16}" : name;
}
