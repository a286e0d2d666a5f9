namespace SweepEngine.Simulation;

/// <summary>
/// Coefficients of the embedded Runge–Kutta pair of orders 5 and 4, whose last stage is the first of the next step.
/// </summary>
/// <remarks>
/// J. R. Dormand, P. J. Prince, J. Comput. Appl. Math. 6 (1980) 19. Dense output of order 4: E. Hairer, S. P. Nørsett, G. Wanner,
/// Solving Ordinary Differential Equations I (Springer, 2nd ed. 1993), section II.6.
/// </remarks>
internal static class DormandPrince
{
    /// <summary>The method. Steps are stable up to 3.3 times the inverse of a negative eigenvalue; where this limits them, they lie about that (measured: between 2.5 and 3.6).</summary>
    public static ExplicitPair Pair { get; } = new()
    {
        Method = "dopri5",
        Order = 5,
        StabilityLimit = 2.4,
        C = [0, 1.0 / 5, 3.0 / 10, 4.0 / 5, 8.0 / 9, 1, 1],
        A =
        [
            [],
            [1.0 / 5],
            [3.0 / 40, 9.0 / 40],
            [44.0 / 45, -56.0 / 15, 32.0 / 9],
            [19372.0 / 6561, -25360.0 / 2187, 64448.0 / 6561, -212.0 / 729],
            [9017.0 / 3168, -355.0 / 33, 46732.0 / 5247, 49.0 / 176, -5103.0 / 18656],
            [35.0 / 384, 0, 500.0 / 1113, 125.0 / 192, -2187.0 / 6784, 11.0 / 84],
        ],
        E = [71.0 / 57600, 0, -71.0 / 16695, 71.0 / 1920, -17253.0 / 339200, 22.0 / 525, -1.0 / 40],
        D =
        [
            [
                -12715105075.0 / 11282082432, 0, 87487479700.0 / 32700410799, -10690763975.0 / 1880347072,
                701980252875.0 / 199316789632, -1453857185.0 / 822651844, 69997945.0 / 29380423,
            ],
        ],
    };
}
