namespace SweepEngine.Simulation;

/// <summary>Coefficients of an explicit Runge–Kutta method with an estimate of its error and a dense output. The last stage is the first of the next step.</summary>
internal sealed class ExplicitPair
{
    /// <summary>The method, as the column <c>method</c> names it.</summary>
    public required string Method { get; init; }

    /// <summary>Order of the solution that is carried on.</summary>
    public required int Order { get; init; }

    /// <summary>Times of the stages within the step.</summary>
    public required double[] C { get; init; }

    /// <summary>Weights of the earlier stages in the state of stage s: A[s][0..s−1]. The state of the last stage is that at the end of the step.</summary>
    public required double[][] A { get; init; }

    /// <summary>Difference of the solution and the embedded one over the step, by stages.</summary>
    public required double[] E { get; init; }

    /// <summary>The same for a second embedded solution; empty where there is none. The two together make an estimate of the method's own order.</summary>
    public double[] OtherE { get; init; } = [];

    /// <summary>Times of further stages, for the dense output alone.</summary>
    public double[] FurtherC { get; init; } = [];

    /// <summary>Weights of all earlier stages in the states of these.</summary>
    public double[][] FurtherA { get; init; } = [];

    /// <summary>Weights of all stages in the coefficients of the dense output from the fifth on.</summary>
    public required double[][] D { get; init; }

    /// <summary>Where stability limits the step, h|λ| is above this.</summary>
    public required double StabilityLimit { get; init; }

    /// <summary>Number of stages, the first one taken over from the step before.</summary>
    public int Stages => A.Length;
}
