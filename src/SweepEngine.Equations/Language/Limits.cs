namespace SweepEngine.Equations;

/// <summary>How large the equations of a model may be: far above any model that a person writes, far below what hurts.</summary>
public static class ModelLimits
{
    /// <summary>Characters of one text: the equations, a reset, a start value.</summary>
    public const int Characters = 65_536;

    /// <summary>Lines of <c>equations</c> that define something.</summary>
    public const int Equations = 1_000;

    /// <summary>Events beside the spike.</summary>
    public const int Events = 100;

    /// <summary>White noises.</summary>
    public const int Noises = 100;

    /// <summary>Tables.</summary>
    public const int Tables = 100;

    /// <summary>Parentheses, calls, signs and powers inside one another in the text.</summary>
    public const int Nesting = 200;

    /// <summary>Operators and functions inside one another, intermediates and functions written out; <c>a + b + c</c> are two.</summary>
    public const int Depth = 500;

    /// <summary>Numbers, names, operators and functions in all equations of a model together, intermediates and functions written out.</summary>
    public const int Nodes = 50_000;
}
