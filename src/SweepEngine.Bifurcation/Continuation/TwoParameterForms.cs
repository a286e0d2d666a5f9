using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Coefficients of normal forms where two conditions hold, by the formulae of Yu. A. Kuznetsov, SIAM J. Numer. Anal. 36 (1999) 1104, from the derivatives of the model's text. States count in
/// display units.
/// </summary>
/// <param name="system">The model.</param>
/// <param name="state">The equilibrium [SI].</param>
/// <param name="parameters">The swept parameters [SI].</param>
internal sealed class TwoParameterForms(SmoothSystem system, double[] state, double[] parameters)
{
    private readonly Matrix<double> _a = new NormalForms(system).Jacobian(state, parameters);

    /// <summary>Bogdanov-Takens: a and b of x₁' = x₂, x₂' = a x₁² + b x₁x₂ for ⟨q₀, q₀⟩ = 1, ⟨q₀, q₁⟩ = 0, the largest component of q₀ positive.</summary>
    public double[] BogdanovTakens()
    {
        int n = _a.RowCount;
        double size = _a.FrobeniusNorm();
        Vector<double> q0 = NullSpace.Of(_a, 1)[0];
        q0 *= Math.Sign(q0[q0.AbsoluteMaximumIndex()]);
        Vector<double> p1 = NullSpace.Of(_a.Transpose(), 1)[0];

        // A q₁ = q₀ with ⟨q₀, q₁⟩ = 0, and the same of the transposed matrix, each bordered by the other's direction.
        Vector<double> Generalized(Matrix<double> matrix, Vector<double> border, Vector<double> right)
        {
            Matrix<double> bordered = Matrix<double>.Build.Dense(n + 1, n + 1);
            bordered.SetSubMatrix(0, 0, matrix);
            bordered.SetColumn(n, 0, n, border * size);
            bordered.SetRow(n, 0, n, right * size);
            return new OrthogonalFactors(bordered).Solve(Vector<double>.Build.Dense(n + 1, i => i < n ? right[i] : 0)).SubVector(0, n);
        }

        Vector<double> q1 = Generalized(_a, p1, q0), p0 = Generalized(_a.Transpose(), q0, p1);

        // ⟨p₀, q₀⟩ = ⟨p₁, q₁⟩ = 1, ⟨p₀, q₁⟩ = ⟨p₁, q₀⟩ = 0.
        double factor = p0.DotProduct(q0);
        (p0, p1) = (p0 / factor, p1 / factor);
        p0 -= p1 * p0.DotProduct(q1);
        Vector<Complex> q0q0 = B(q0.ToComplex(), q0.ToComplex()), q0q1 = B(q0.ToComplex(), q1.ToComplex());
        return [p1.DotProduct(q0q0.Real()) / 2, p0.DotProduct(q0q0.Real()) + p1.DotProduct(q0q1.Real())];
    }

    /// <summary>Generalised Hopf: the second Lyapunov coefficient for ⟨q, q⟩ = ⟨p, q⟩ = 1 divided by ω, where the first one is 0.</summary>
    /// <param name="omega">ω [1/s].</param>
    public double SecondLyapunov(double omega)
    {
        (Vector<Complex> q, Vector<Complex> p) = Eigenvectors(omega);
        Vector<Complex> r = q.Conjugate();
        Vector<Complex> h20 = Solve(2 * omega, B(q, q)), h11 = Solve(0, B(q, r)), r20 = h20.Conjugate();
        Vector<Complex> h30 = Solve(3 * omega, C(q, q, q) + (3 * B(q, h20))), r30 = h30.Conjugate();
        Vector<Complex> cubic = C(q, q, r) + B(r, h20) + (2 * B(q, h11));
        Complex g21 = p.ConjugateDotProduct(cubic);
        Vector<Complex> h21 = SolveBeside(omega, q, p, cubic - (g21 * q)), r21 = h21.Conjugate();
        Vector<Complex> h31 = Solve(2 * omega, D(q, q, q, r) + (3 * C(q, q, h11)) + (3 * C(q, r, h20)) + (3 * B(h20, h11)) + B(r, h30) + (3 * B(q, h21)) - (3 * g21 * h20));
        Vector<Complex> h22 = Solve(0, D(q, q, r, r) + (4 * C(q, r, h11)) + C(r, r, h20) + C(q, q, r20) + (2 * B(h11, h11)) + (2 * B(q, r21)) + (2 * B(r, h21)) + B(r20, h20)
            - (h11 * (2 * (g21 + Complex.Conjugate(g21)))));
        Vector<Complex> sum = Form(system.Directional.Fifth, q, q, q, r, r)
            + D(q, q, q, r20) + (3 * D(q, r, r, h20)) + (6 * D(q, q, r, h11))
            + C(r, r, h30) + (3 * C(q, q, r21)) + (6 * C(q, r, h21)) + (3 * C(q, r20, h20)) + (6 * C(q, h11, h11)) + (6 * C(r, h20, h11))
            + (2 * B(r, h31)) + (3 * B(q, h22)) + B(r20, h30) + (3 * B(r21, h20)) + (6 * B(h11, h21));
        return p.ConjugateDotProduct(sum).Real / 12 / omega;
    }

    /// <summary>Fold–Hopf: s = ±1 and θ of ξ' = ξ² + s ρ², ρ' = θ ξ ρ.</summary>
    /// <param name="omega">ω [1/s].</param>
    public double[] FoldHopf(double omega)
    {
        (Vector<Complex> q0, Vector<Complex> p0) = Eigenvectors(0);
        (Vector<Complex> q1, Vector<Complex> p1) = Eigenvectors(omega);
        double g200 = p0.ConjugateDotProduct(B(q0, q0)).Real, g011 = p0.ConjugateDotProduct(B(q1, q1.Conjugate())).Real, h110 = p1.ConjugateDotProduct(B(q0, q1)).Real;
        return [Math.Sign(g200 * g011), 2 * h110 / g200];
    }

    /// <summary>Hopf–Hopf: θ = p₁₂/p₂₂ and δ = p₂₁/p₁₁ of r₁' = r₁(p₁₁r₁² + p₁₂r₂²), r₂' = r₂(p₂₁r₁² + p₂₂r₂²), the pair with the larger ω first.</summary>
    /// <param name="omega1">The larger ω [1/s].</param>
    /// <param name="omega2">The smaller ω [1/s].</param>
    public double[] DoubleHopf(double omega1, double omega2)
    {
        (Vector<Complex> q1, Vector<Complex> p1) = Eigenvectors(omega1);
        (Vector<Complex> q2, Vector<Complex> p2) = Eigenvectors(omega2);
        Vector<Complex> r1 = q1.Conjugate(), r2 = q2.Conjugate();
        Vector<Complex> h1100 = Solve(0, B(q1, r1)), h0011 = Solve(0, B(q2, r2)), h2000 = Solve(2 * omega1, B(q1, q1)), h0020 = Solve(2 * omega2, B(q2, q2));
        Vector<Complex> h1010 = Solve(omega1 + omega2, B(q1, q2)), h1001 = Solve(omega1 - omega2, B(q1, r2));
        double p11 = p1.ConjugateDotProduct(C(q1, q1, r1) + B(h2000, r1) + (2 * B(h1100, q1))).Real / 2;
        double p22 = p2.ConjugateDotProduct(C(q2, q2, r2) + B(h0020, r2) + (2 * B(h0011, q2))).Real / 2;
        double p12 = p1.ConjugateDotProduct(C(q1, q2, r2) + B(h1010, r2) + B(h1001, q2) + B(h0011, q1)).Real;
        double p21 = p2.ConjugateDotProduct(C(q1, r1, q2) + B(h1100, q2) + B(h1010, r1) + B(h1001.Conjugate(), q1)).Real;
        return [p12 / p22, p21 / p11];
    }

    // Eigenvectors of iω for ⟨q, q⟩ = ⟨p, q⟩ = 1.
    private (Vector<Complex> Q, Vector<Complex> P) Eigenvectors(double omega)
    {
        Vector<Complex> q = Null(_a, omega), p = Null(_a.Transpose(), -omega);
        return (q, p / Complex.Conjugate(p.ConjugateDotProduct(q)));
    }

    // A q = iω q, from (A, ω; −ω, A)(Re q; Im q) = 0: of its two solutions any.
    private static Vector<Complex> Null(Matrix<double> a, double omega)
    {
        int n = a.RowCount;
        if (omega == 0)
        {
            return NullSpace.Of(a, 1)[0].ToComplex();
        }

        Matrix<double> doubled = Matrix<double>.Build.Dense(2 * n, 2 * n);
        doubled.SetSubMatrix(0, 0, a);
        doubled.SetSubMatrix(n, n, a);
        for (int i = 0; i < n; i++)
        {
            doubled[i, n + i] = omega;
            doubled[n + i, i] = -omega;
        }

        Vector<double> solved = NullSpace.Of(doubled, 2)[0];
        return Vector<Complex>.Build.Dense(n, i => new Complex(solved[i], solved[n + i]));
    }

    // (iω − A)h = right.
    private Vector<Complex> Solve(double omega, Vector<Complex> right)
    {
        int n = _a.RowCount;
        Matrix<double> doubled = Matrix<double>.Build.Dense(2 * n, 2 * n);
        doubled.SetSubMatrix(0, 0, -_a);
        doubled.SetSubMatrix(n, n, -_a);
        for (int i = 0; i < n; i++)
        {
            doubled[i, n + i] = -omega;
            doubled[n + i, i] = omega;
        }

        Vector<double> solved = new OrthogonalFactors(doubled).Solve(Vector<double>.Build.Dense(2 * n, i => i < n ? right[i].Real : right[i - n].Imaginary));
        return Vector<Complex>.Build.Dense(n, i => new Complex(solved[i], solved[n + i]));
    }

    // (iω − A)h = right with ⟨p, h⟩ = 0, where iω is an eigenvalue and ⟨p, right⟩ = 0.
    private Vector<Complex> SolveBeside(double omega, Vector<Complex> q, Vector<Complex> p, Vector<Complex> right)
    {
        int n = _a.RowCount;
        Matrix<Complex> bordered = Matrix<Complex>.Build.Dense(n + 1, n + 1);
        bordered.SetSubMatrix(0, 0, (Matrix<Complex>.Build.DenseIdentity(n) * new Complex(0, omega)) - _a.ToComplex());
        bordered.SetColumn(n, 0, n, q * omega);
        bordered.SetRow(n, 0, n, p.Conjugate() * omega);
        return bordered.LU().Solve(Vector<Complex>.Build.Dense(n + 1, i => i < n ? right[i] : 0)).SubVector(0, n);
    }

    private Vector<Complex> B(Vector<Complex> u, Vector<Complex> v) => Form(system.Directional.Second, u, v);

    private Vector<Complex> C(Vector<Complex> u, Vector<Complex> v, Vector<Complex> w) => Form(system.Directional.Third, u, v, w);

    private Vector<Complex> D(Vector<Complex> u, Vector<Complex> v, Vector<Complex> w, Vector<Complex> x) => Form(system.Directional.Fourth, u, v, w, x);

    // Each direction is its real or its imaginary part in a lane; i stands before as often as it is the latter.
    private Vector<Complex> Form(LaneProgram program, params ReadOnlySpan<Vector<Complex>> directions)
    {
        int n = state.Length, swept = parameters.Length, lanes = 1 << directions.Length;
        double[] y = new double[n * lanes], p = new double[(swept + (directions.Length * n)) * lanes], result = new double[n * lanes];
        for (int lane = 0; lane < lanes; lane++)
        {
            for (int i = 0; i < n; i++)
            {
                y[(i * lanes) + lane] = state[i];
                for (int k = 0; k < directions.Length; k++)
                {
                    Complex component = directions[k][i];
                    p[((swept + (k * n) + i) * lanes) + lane] = ((lane >> k & 1) == 0 ? component.Real : component.Imaginary) * system.Scale[i];
                }
            }

            for (int k = 0; k < swept; k++)
            {
                p[(k * lanes) + lane] = parameters[k];
            }
        }

        program.Evaluate(new double[lanes], y, p, result, lanes, 0, lanes);
        ReadOnlySpan<Complex> powers = [Complex.One, Complex.ImaginaryOne, -Complex.One, -Complex.ImaginaryOne];
        Vector<Complex> sum = Vector<Complex>.Build.Dense(n);
        for (int i = 0; i < n; i++)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                sum[i] += powers[System.Numerics.BitOperations.PopCount((uint)lane) % 4] * (result[(i * lanes) + lane] / system.Scale[i]);
            }
        }

        return sum;
    }
}
