namespace SweepEngine.Simulation;

/// <summary>
/// Coefficients of a Rosenbrock method of order 5 with an embedded one of order 4, for stiff equations: L-stable, stiffly accurate, with a dense output of order 4.
/// </summary>
/// <remarks>
/// <para>G. Steinebach, BIT Numer. Math. 63 (2023) 27: Rodas5P. The numbers are those of the variant with fewest operations (E. Hairer, G. Wanner, Solving Ordinary Differential
/// Equations II, Springer, 2nd ed. 1996, section IV.7), as the paper's author gave them to OrdinaryDiffEq.jl. With J = ∂f/∂y and f_t = ∂f/∂t at the
/// start of the step, stage i solves</para>
/// <para>(1 − hγJ) u_i = hγ (f(t + c_i h, y + Σ_j a_ij u_j) + h d_i f_t) + γ Σ_j c_ij u_j.</para>
/// <para>Each of the last two stages is at the state of the one before it plus that one's u; the solution is the state of the last stage plus its u, and this u is the difference of
/// the two solutions.</para>
/// </remarks>
internal static class Rodas5P
{
    /// <summary>Number of stages.</summary>
    public const int Stages = 8;

    /// <summary>Order of the solution that is carried on.</summary>
    public const int Order = 5;

    /// <summary>What multiplies the Jacobian in all stages.</summary>
    public const double Gamma = 0.21193756319429014;

    /// <summary>Times of the stages within the step.</summary>
    public static readonly double[] C = [0, 0.6358126895828704, 0.4095798393397535, 0.9769306725060716, 0.4288403609558664, 1, 1, 1];

    /// <summary>Weights of ∂f/∂t in the stages.</summary>
    public static readonly double[] D =
        [0.21193756319429014, -0.42387512638858027, -0.3384627126235924, 1.8046452872882734, 2.325825639765069, 0, 0, 0];

    /// <summary>Weights of the earlier stages in the state of stage s: A[s][0..s−1].</summary>
    public static readonly double[][] A =
    [
        [],
        [3.0],
        [2.849394379747939, 0.45842242204463923],
        [-6.954028509809101, 2.489845061869568, -10.358996098473584],
        [2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641],
        [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946],
        [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1],
        [-7.502846399306121, 2.561846144803919, -11.627539656261098, -0.18268767659942256, 0.030198172008377946, 1, 1],
    ];

    /// <summary>Weights of the earlier stages in the equation of stage s: Coupling[s][0..s−1] is c_sj.</summary>
    public static readonly double[][] Coupling =
    [
        [],
        [-14.155112264123755],
        [-17.97296035885952, -2.859693295451294],
        [147.12150275711716, -1.41221402718213, 71.68940251302358],
        [165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306],
        [24.854864614690072, -3.0009227002832186, 47.4931110020768, 5.5814197821558125, -0.6610691825249471],
        [30.91273214028599, -3.1208243349937974, 77.79954646070892, 34.28646028294783, -19.097331116725623, -28.087943162872662],
        [37.80277123390563, -3.2571969029072276, 112.26918849496327, 66.9347231244047, -40.06618937091002, -54.66780262877968, -9.48861652309627],
    ];

    /// <summary>
    /// Weights of the stages in the dense output: at part p of the step, with r = 1 − p, the state is r y_0 + p y_1 + p r (k_0 + p k_1 + p² k_2),
    /// k_m = Σ_s Dense[m][s] u_s.
    /// </summary>
    public static readonly double[][] Dense =
    [
        [
            25.948786856663858, -2.5579724845846235, 10.433815404888879, -2.3679251022685204, 0.524948541321073, 1.1241088310450404, 0.4272876194431874,
            -0.17202221070155493,
        ],
        [
            -9.91568850695171, -0.9689944594115154, 3.0438037242978453, -24.495224566215796, 20.176138334709044, 15.98066361424651, -6.789040303419874,
            -6.710236069923372,
        ],
        [
            11.419903575922262, 2.8879645146136994, 72.92137995996029, 80.12511834622643, -52.072871366152654, -59.78993625266729, -0.15582684282751913,
            4.883087185713722,
        ],
    ];
}
