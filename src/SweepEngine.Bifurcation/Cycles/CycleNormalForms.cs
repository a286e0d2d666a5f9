using MathNet.Numerics.LinearAlgebra;
using Complex = System.Numerics.Complex;

namespace SweepEngine.Bifurcation;

/// <summary>The normal form of a bifurcation of cycles, from one period to the next.</summary>
/// <param name="Coefficient">
/// Of LPC b in ξ ↦ ξ + s Δ(drive) + b ξ², with s above 0: above 0, the two cycles are at lower drives, below 0, at higher ones. Of PD c in ξ ↦ −ξ − c ξ³. Of NS Re d in ξ ↦ e^(iθ)(ξ + d ξ|ξ|²). States
/// are the cycle's plus ξ·v, in display units, v having the mean square 1 over the period. NaN where it cannot be computed.
/// </param>
/// <param name="Error">How wrong it may be, by rounding and by the mesh.</param>
internal sealed record CycleForm(double Coefficient, double Error)
{
    /// <summary>Of LPC the relative change of the period with ξ. The coefficient over it is one in which no size of v takes part: that of the paper, times the period.</summary>
    public double PeriodChange { get; init; } = double.NaN;

    /// <summary>Of PD v in display units, which comes back reversed: the doubled cycle begins along it.</summary>
    public CycleProfile? Direction { get; init; }

    /// <summary>Of PD and NS whether what is born is stable (in the directions in which it is born); null where the coefficient is 0 to its accuracy.</summary>
    public bool? IsSupercritical => Math.Abs(Coefficient) > Error ? Coefficient < 0 : null;
}

/// <summary>Coefficients of normal forms of cycles from the derivatives of the model's text, by collocation on the cycle's own mesh. Not for several threads at once.</summary>
/// <remarks>
/// <para>Yu. A. Kuznetsov, W. Govaerts, E. J. Doedel, A. Dhooge, SIAM J. Numer. Anal. 43 (2005) 1407, where the states near the cycle are u(τ) + ξ·v(τ) + … and τ and ξ obey equations that do not
/// depend on τ. Each coefficient is the one with which the equation of the next order, ḣ − A·h = … − coefficient·v, has a solution; it is an unknown of that equation, so that no adjoint one is
/// solved. Instead of e^(−iθt/T)·v(t) with a period, v is what comes back turned, v(T) = e^(iθ)·v(0).</para>
/// <para>At a fold of cycles they take dτ/dt = 1 − ξ as the scale of ξ, which does not exist where the period stays the same along the branch; here it is the size of v.</para>
/// </remarks>
/// <param name="system">The model.</param>
internal sealed class CycleNormalForms(SmoothSystem system)
{
    // Relative accuracy of the terms that make up a coefficient.
    private const double Accuracy = 1e-6;

    private readonly IntervalElimination _elimination = new(system.Dimension, system.Jacobian.Entries);

    /// <summary>A fold of cycles: v̇ = A·v + κ·f, the tangent of the branch, whose period changes by κ (relative).</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="mesh">Its mesh, shape [intervals + 1].</param>
    /// <param name="parameters">The swept parameters with the cycle's drive [SI].</param>
    public CycleForm Fold(CycleProfile cycle, double[] mesh, ReadOnlySpan<double> parameters)
    {
        CycleLinearization linear = new(system, _elimination, cycle, mesh, parameters);
        int n = system.Dimension;

        // Of y(0) and κ, orthogonal to the shift in time.
        Matrix<double> singular = Bordered(linear.First + linear.Last, -linear.FlowForce.Closing, linear.StartFlow);
        Vector<double> null0 = NullSpace.Of(singular, 1)[0];
        CycleProfile v = linear.Solution(null0.SubVector(0, n), null0.SubVector(0, n), (null0[n], linear.FlowForce));

        // Its size must not depend on where the shift is 0.
        double shift = -linear.Mean(v.Points, linear.Flow) / linear.Mean(linear.Flow, linear.Flow);
        for (int i = 0; i < v.Points.Length; i++)
        {
            v.Points[i] += shift * linear.Flow[i];
        }

        double size = 1 / Math.Sqrt(linear.Mean(v.Points, v.Points)), kappa = null0[n] * size;
        v.Scale(size);

        // ḣ − A·h = B(v, v) + 2κA·v − 2a·f − 2b·v; of the drive, ḣ − A·h = ∂f/∂drive − a·f − s·v.
        CycleForce[] sides = linear.Respond(v.Points, linear.B(v.Points, v.Points), linear.A(v.Points));
        Matrix<double> regular = Bordered(singular, Padded(sides[0].Closing), null0);
        OrthogonalFactors factors = new(regular);
        double b = factors.Solve(Padded(Padded(sides[1].Closing)))[n + 1] / 2, shifted = kappa * factors.Solve(Padded(Padded(sides[2].Closing)))[n + 1];
        double s = factors.Solve(Padded(Padded(linear.DriveForce.Closing)))[n + 1];
        return Form(Math.Sign(s) * cycle.Period, b + shifted, Math.Abs(b) + Math.Abs(shifted)) with { PeriodChange = Math.Sign(s) * kappa };
    }

    /// <summary>A period doubling: v̇ = A·v, v(T) = −v(0).</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="mesh">Its mesh, shape [intervals + 1].</param>
    /// <param name="parameters">The swept parameters with the cycle's drive [SI].</param>
    public CycleForm Doubling(CycleProfile cycle, double[] mesh, ReadOnlySpan<double> parameters)
    {
        CycleLinearization linear = new(system, _elimination, cycle, mesh, parameters);
        int n = system.Dimension;
        Matrix<double> singular = linear.First - linear.Last;
        Vector<double> v0 = NullSpace.Of(singular, 1)[0];
        CycleProfile v = linear.Solution(v0, -v0);
        v.Scale(1 / Math.Sqrt(linear.Mean(v.Points, v.Points)));

        // ḣ − A·h = B(v, v) − 2a·f.
        CycleForce[] sides = linear.Respond(v.Points, linear.B(v.Points, v.Points));
        Vector<double> solved = new OrthogonalFactors(Bordered(linear.First + linear.Last, 2 * linear.FlowForce.Closing, linear.StartFlow)).Solve(Padded(sides[1].Closing));
        double a = solved[n];
        CycleProfile h = linear.Solution(solved.SubVector(0, n), solved.SubVector(0, n), (1, sides[1]), (-2 * a, linear.FlowForce));

        // ḣ₃ − A·h₃ = C(v, v, v) + 3B(v, h) − 6aA·v − 6c·v.
        OrthogonalFactors factors = new(Bordered(singular, sides[0].Closing, v0));
        double[] parts = [.. linear.Respond(linear.C(v.Points, v.Points, v.Points), linear.B(v.Points, h.Points), linear.A(v.Points)).Select(force => factors.Solve(Padded(force.Closing))[n])];
        (double cubic, double quadratic, double shifted) = (parts[0] / 6, parts[1] / 2, -a * parts[2]);
        linear.ToDisplay(v);
        return Form(cycle.Period, cubic + quadratic + shifted, Math.Abs(cubic) + Math.Abs(quadratic) + Math.Abs(shifted)) with { Direction = v };
    }

    /// <summary>A torus bifurcation: v̇ = A·v, v(T) = e^(iθ)·v(0).</summary>
    /// <param name="cycle">The cycle.</param>
    /// <param name="mesh">Its mesh, shape [intervals + 1].</param>
    /// <param name="parameters">The swept parameters with the cycle's drive [SI].</param>
    /// <param name="multiplier">The multiplier e^(iθ), but for rounding.</param>
    public CycleForm Torus(CycleProfile cycle, double[] mesh, ReadOnlySpan<double> parameters, Complex multiplier)
    {
        CycleLinearization linear = new(system, _elimination, cycle, mesh, parameters);
        int n = system.Dimension;
        Complex turn = multiplier / Math.Sqrt((multiplier.Real * multiplier.Real) + (multiplier.Imaginary * multiplier.Imaginary));
        Matrix<Complex> first = linear.First.ToComplex(), last = linear.Last.ToComplex(), singular = first + (last * turn);
        Vector<Complex> v0 = NormalForms.NullVector(singular, singular.L1Norm());
        (CycleProfile r, CycleProfile s) = Solution(v0, turn);
        double size = 1 / Math.Sqrt(linear.Mean(r.Points, r.Points) + linear.Mean(s.Points, s.Points));
        r.Scale(size);
        s.Scale(size);

        // ḣ − A·h = B(v, v̄) − a·f, ġ − A·g = B(v, v) with g(T) = e^(2iθ)·g(0).
        CycleForce[] sides = linear.Respond(r.Points, s.Points, linear.B(r.Points, r.Points), linear.B(s.Points, s.Points), linear.B(r.Points, s.Points));
        (CycleForce rr, CycleForce ss, CycleForce rs) = (sides[2], sides[3], sides[4]);
        Vector<double> solved = new OrthogonalFactors(Bordered(linear.First + linear.Last, linear.FlowForce.Closing, linear.StartFlow)).Solve(Padded(rr.Closing + ss.Closing));
        double a = solved[n];
        CycleProfile h = linear.Solution(solved.SubVector(0, n), solved.SubVector(0, n), (1, rr), (1, ss), (-a, linear.FlowForce));
        Vector<Complex> g0 = (first + (last * (turn * turn))).LU().Solve(Complexes(rr.Closing - ss.Closing, 2 * rs.Closing)), gT = g0 * (turn * turn);
        double[] g = linear.Solution(g0.Real(), gT.Real(), (1, rr), (-1, ss)).Points, k = linear.Solution(g0.Imaginary(), gT.Imaginary(), (2, rs)).Points;

        // ḣ₂₁ − A·h₂₁ = C(v, v, v̄) + 2B(v, h) + B(v̄, g) − 2aA·v − 2d·v, but for what makes d imaginary.
        Matrix<Complex> regular = Matrix<Complex>.Build.Dense(n + 1, n + 1);
        regular.SetSubMatrix(0, 0, singular);
        regular.SetColumn(n, 0, n, Complexes(sides[0].Closing, sides[1].Closing));
        regular.SetRow(n, 0, n, v0.Conjugate());
        var factors = regular.LU();
        double Part(double[] real, double[] imaginary)
        {
            CycleForce[] forces = linear.Respond(real, imaginary);
            return factors.Solve(Padded(Complexes(forces[0].Closing, forces[1].Closing)))[n].Real;
        }

        double cubic = Part(Sum(linear.C(r.Points, r.Points, r.Points), linear.C(r.Points, s.Points, s.Points)), Sum(linear.C(r.Points, r.Points, s.Points), linear.C(s.Points, s.Points, s.Points))) / 2;
        double mean = Part(linear.B(r.Points, h.Points), linear.B(s.Points, h.Points));
        double twice = Part(Sum(linear.B(r.Points, g), linear.B(s.Points, k)), Sum(linear.B(r.Points, k), linear.B(s.Points, g), -1)) / 2;
        double shifted = -a * Part(linear.A(r.Points), linear.A(s.Points));
        return Form(cycle.Period, cubic + mean + twice + shifted, Math.Abs(cubic) + Math.Abs(mean) + Math.Abs(twice) + Math.Abs(shifted));

        (CycleProfile Real, CycleProfile Imaginary) Solution(Vector<Complex> start, Complex factor) =>
            (linear.Solution(start.Real(), (start * factor).Real()), linear.Solution(start.Imaginary(), (start * factor).Imaginary()));
    }

    private static CycleForm Form(double factor, double sum, double terms)
    {
        double coefficient = factor * sum;
        return new CycleForm(double.IsFinite(coefficient) ? coefficient : double.NaN, Accuracy * Math.Abs(factor) * terms);
    }

    // A matrix with one more column and one more row.
    private static Matrix<double> Bordered(Matrix<double> matrix, Vector<double> column, Vector<double> row)
    {
        int n = matrix.RowCount;
        Matrix<double> bordered = Matrix<double>.Build.Dense(n + 1, n + 1);
        bordered.SetSubMatrix(0, 0, matrix);
        bordered.SetColumn(n, 0, n, column);
        bordered.SetRow(n, 0, n, row);
        return bordered;
    }

    // With a 0 behind.
    private static Vector<T> Padded<T>(Vector<T> vector)
        where T : struct, IEquatable<T>, IFormattable
    {
        Vector<T> padded = Vector<T>.Build.Dense(vector.Count + 1);
        vector.CopySubVectorTo(padded, 0, 0, vector.Count);
        return padded;
    }

    private static Vector<Complex> Complexes(Vector<double> real, Vector<double> imaginary) => Vector<Complex>.Build.Dense(real.Count, i => new Complex(real[i], imaginary[i]));

    private static double[] Sum(double[] a, double[] b, double factor = 1) => [.. a.Zip(b, (x, y) => x + (factor * y))];
}
