using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>How a model is integrated.</summary>
public enum IntegrationMethod
{
    /// <summary>To the tolerance, by the method that suits the model and the point.</summary>
    ToTolerance,

    /// <summary>Forward Euler, in fixed steps.</summary>
    Euler,

    /// <summary>
    /// In fixed steps: a state whose derivative is linear in itself, a·y + b, goes to y + h φ(a h) (a y + b) with φ(x) = (e^x − 1)/x, exact where a and b are
    /// constant; other states by forward Euler. What Brian 2 and users of NEST call exponential Euler.
    /// </summary>
    ExponentialEuler,

    /// <summary>The classical Runge–Kutta method of order 4, in fixed steps.</summary>
    RungeKutta4,
}

/// <summary>Names of <see cref="IntegrationMethod"/>.</summary>
public static class IntegrationMethodText
{
    /// <summary>The text of the column <c>method</c>, and of sweep files.</summary>
    public static string Text(this IntegrationMethod method) => method switch
    {
        IntegrationMethod.Euler => "euler",
        IntegrationMethod.ExponentialEuler => "exponential_euler",
        IntegrationMethod.RungeKutta4 => "rk4",
        _ => throw new ArgumentOutOfRangeException(nameof(method), method, "Not a method of fixed steps."),
    };

    /// <summary>The methods of fixed steps.</summary>
    public static IReadOnlyList<IntegrationMethod> FixedSteps { get; } = [IntegrationMethod.Euler, IntegrationMethod.ExponentialEuler, IntegrationMethod.RungeKutta4];

    /// <summary>Why a model cannot be integrated by a method of fixed steps: the rest of a sentence that begins with the model; null when it can.</summary>
    /// <param name="model">The model.</param>
    public static string? WhyNot(ModelDefinition model) =>
        model.IsRandom ? "is random, which these methods are not for"
        : model.Events.Any(each => each.Reset.Count > 0 || each.RefractoryFor is not null) ? "has events that change states, which only integration to a tolerance meets"
        : null;
}
