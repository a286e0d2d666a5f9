using System.Numerics;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Floquet multipliers of a cycle from the chain of its transfer matrices: δx_(i+1) = T_i δx_i from one mesh point to the next, where the last is followed by the first. For one thread; no memory is taken after the first use.
/// </summary>
/// <remarks>
/// <para>One multiplier is 1, since a shift along the cycle stays on it. It is taken out beforehand: at each mesh point a reflection carries the first axis into the flow, f/|f|, and a transfer matrix between two such frames
/// has the form [κ *; 0 T⊥]. The product of κ is the trivial multiplier; those of the chain T⊥, across the flow, are found by <see cref="ProductEigenvalues"/>. So at a fold of cycles
/// there is one multiplier near 1 that passes through it, and not a pair of which neither is known to better than a root of rounding; and of a planar system
/// the other one is a product of numbers, whatever growth there is along a canard.</para>
/// <para>States must be divided by units in which they are comparable: directions and reflections depend on them.</para>
/// </remarks>
internal sealed class TransferMultipliers
{
    private readonly int _n;
    private readonly ProductEigenvalues _product;
    private readonly double[] _moved;
    private double[] _across = [], _mirrors = [];

    /// <summary>Makes room for one number of states.</summary>
    /// <param name="dimension">Number of states, ≥ 1.</param>
    public TransferMultipliers(int dimension)
    {
        _n = dimension;
        _product = new ProductEigenvalues(Math.Max(1, dimension - 1));
        _moved = new double[dimension * dimension];
    }

    /// <summary>The trivial multiplier as computed; its difference from 1 says how good the mesh is.</summary>
    public double Trivial { get; private set; }

    /// <summary>The largest part of a transferred flow that is not along the flow, relative to it: 0 for an exact cycle.</summary>
    public double Defect { get; private set; }

    /// <summary>Finds the multipliers other than the trivial one.</summary>
    /// <param name="transfers">T_0, …, T_(N-1), each row after row. Shape [N × n × n], N ≥ 1.</param>
    /// <param name="flows">dx/dt at the mesh points 0 … N-1; only directions matter. Shape [N × n].</param>
    /// <param name="multipliers">Takes them, by descending modulus, of a pair the one with the positive imaginary part first. Shape [n - 1].</param>
    /// <returns>False when they could not be found: a number is not finite, a flow is zero, or the iteration did not converge.</returns>
    public bool Find(ReadOnlySpan<double> transfers, ReadOnlySpan<double> flows, Span<Complex> multipliers)
    {
        int size = _n * _n, count = transfers.Length / size, across = (_n - 1) * (_n - 1);
        if (_across.Length < count * across || _mirrors.Length < count * _n)
        {
            _across = new double[count * across];
            _mirrors = new double[count * _n];
        }

        for (int i = 0; i < count; i++)
        {
            Mirror(flows.Slice(i * _n, _n), _mirrors.AsSpan(i * _n, _n));
        }

        // The growth along the flow is in units of the flow's own length, so that each factor is 1 but for the error of the mesh.
        double trivial = 1, defect = 0;
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<double> here = _mirrors.AsSpan(i * _n, _n), next = _mirrors.AsSpan((i + 1) % count * _n, _n);
            transfers.Slice(i * size, size).CopyTo(_moved);
            ReflectColumns(here);
            ReflectRows(next);
            double along = _moved[0];
            for (int row = 1; row < _n; row++)
            {
                defect = Math.Max(defect, Math.Abs(_moved[row * _n] / along));
                _moved.AsSpan(row * _n + 1, _n - 1).CopyTo(_across.AsSpan(i * across + (row - 1) * (_n - 1)));
            }

            trivial *= along * Length(flows.Slice(i * _n, _n)) / Length(flows.Slice((i + 1) % count * _n, _n));
        }

        (Trivial, Defect) = (trivial, defect);
        return double.IsFinite(trivial) && AreFinite(_across.AsSpan(0, count * across))
            && (_n == 1 || _product.Find(_across.AsSpan(0, count * across), multipliers));
    }

    // The vector w of the reflection 1 - ww/w₀ that exchanges the first axis and ±f/|f|, scaled so that ⟨w, w⟩ = 2w₀. The sign is the one that takes nothing away. It may differ from point to
    // point: each frame occurs twice in the product.
    private static void Mirror(ReadOnlySpan<double> flow, Span<double> w)
    {
        double length = Length(flow);
        for (int i = 0; i < w.Length; i++)
        {
            w[i] = flow[i] / length;
        }

        if (w[0] < 0)
        {
            for (int i = 0; i < w.Length; i++)
            {
                w[i] = -w[i];
            }
        }

        w[0] += 1;
    }

    private static double Length(ReadOnlySpan<double> vector)
    {
        double sum = 0;
        foreach (double each in vector)
        {
            sum += each * each;
        }

        return Math.Sqrt(sum);
    }

    private void ReflectColumns(ReadOnlySpan<double> w)
    {
        for (int row = 0; row < _n; row++)
        {
            double sum = 0;
            for (int j = 0; j < _n; j++)
            {
                sum += _moved[row * _n + j] * w[j];
            }

            sum /= w[0];
            for (int j = 0; j < _n; j++)
            {
                _moved[row * _n + j] -= sum * w[j];
            }
        }
    }

    private void ReflectRows(ReadOnlySpan<double> w)
    {
        for (int j = 0; j < _n; j++)
        {
            double sum = 0;
            for (int row = 0; row < _n; row++)
            {
                sum += w[row] * _moved[row * _n + j];
            }

            sum /= w[0];
            for (int row = 0; row < _n; row++)
            {
                _moved[row * _n + j] -= sum * w[row];
            }
        }
    }

    private static bool AreFinite(ReadOnlySpan<double> numbers)
    {
        bool finite = true;
        foreach (double number in numbers)
        {
            finite &= double.IsFinite(number);
        }

        return finite;
    }
}
