using MathNet.Numerics.LinearAlgebra;
using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// Equilibria at a given drive, found by Newton's method from many starts, where equilibria that are known repel it (P. E. Farrell, Á. Birkisson and S. W. Funke, SIAM J. Sci. Comput. 37 (2015) A2026).
/// The starts are the same for every curve: the model's own, and a set of low discrepancy around it.
/// </summary>
internal sealed class EquilibriumSearch
{
    private const int FewStarts = 24, MoreStarts = 96, MostVaried = 64, MostSteps = 20, Settlings = 3;

    // Starts near the model's own, and farther and farther away.
    private const int Rings = 4;
    private const double Narrower = 0.25;

    private const double Same = 1e-6, Near = 1e-3, Farthest = 1e4;

    private static readonly double[] Inside = [0.5, 0.25, 0.75];

    private readonly FreeEquations _free;
    private readonly bool[] _settles;
    private readonly int[] _mixed;
    private readonly Vector<double>[] _starts;

    /// <summary>Prepares the starts.</summary>
    /// <param name="free">The equations of a curve, with the drive as the only free parameter.</param>
    /// <param name="box">The plausible states.</param>
    public EquilibriumSearch(FreeEquations free, StateBox box)
    {
        _free = free;
        _settles = box.Settles;
        _mixed = [.. Enumerable.Range(0, free.Dimension).Where(i => !_settles[i])];
        _starts = new Vector<double>[FewStarts + MoreStarts];
        int n = free.Dimension;
        for (int start = 0; start < _starts.Length; start++)
        {
            double part = 1;
            for (int ring = start % Rings; ring > 0; ring--)
            {
                part *= Narrower;
            }

            int index = start;
            _starts[start] = Vector<double>.Build.Dense(n + 1, i => i == n ? 0
                : (box.Start[i] + (index == 0 ? 0 : part * (box.Lowest[i] + (Halton(index, i) * (box.Highest[i] - box.Lowest[i])) - box.Start[i]))) / free.Sizes[i]);
        }
    }

    /// <summary>Whether the derivatives are singular wherever one looks, so that equilibria are not isolated: a sum of states that does not change, or a state on which nothing depends.</summary>
    public bool IsSingular
    {
        get
        {
            const double rounding = 1e-13;
            int n = _free.Dimension;
            return _starts.Take(FewStarts).All(start => new OrthogonalFactors(_free.Slopes(start).SubMatrix(0, n, 0, n)).Regularity < rounding);
        }
    }

    /// <summary>Finds equilibria.</summary>
    /// <param name="drive">The drive, in units of its size.</param>
    /// <param name="known">Those that are known there: states and drive.</param>
    /// <param name="further">Further starts, such as equilibria at other drives.</param>
    /// <returns>New equilibria: states and drive.</returns>
    public List<Vector<double>> At(double drive, IReadOnlyList<Vector<double>> known, IEnumerable<Vector<double>> further)
    {
        List<Vector<double>> all = [.. known];
        foreach (Vector<double> start in further.Select(each => AtDrive(each, drive)).Concat(_starts.Take(FewStarts).Select(each => Settled(AtDrive(each, drive)))))
        {
            From(start, all);
        }

        int tried = 0;
        Vary(all, ref tried);
        for (int next = FewStarts; next < _starts.Length && Degree(all) != 1; next++)
        {
            int before = all.Count;
            From(Settled(AtDrive(_starts[next], drive)), all);
            if (all.Count > before)
            {
                Vary(all, ref tried);
            }
        }

        return all[known.Count..];
    }

    // The sum of the signs of det(−∂f/∂y) over all equilibria is 1 where the flow comes in through the border of a region (H. Poincaré, H. Hopf), as it does in any model whose states stay finite.
    private int Degree(List<Vector<double>> all)
    {
        int n = _free.Dimension;
        return all.Sum(z => new OrthogonalFactors(-_free.Slopes(z).SubMatrix(0, n, 0, n)).DeterminantSign);
    }

    // Between two equilibria there often is a third, and compartments may be in combinations in which no equilibrium has them yet.
    private void Vary(List<Vector<double>> all, ref int tried)
    {
        for (int b = 1; b < all.Count; b++)
        {
            for (int a = 0; a < b; a++)
            {
                (Vector<double> one, Vector<double> other) = (all[a], all[b]);
                foreach (Vector<double> start in Inside.Select(part => one + ((other - one) * part)).Concat(_mixed.SelectMany(i => new[] { Mixed(one, other, i), Mixed(other, one, i) })))
                {
                    Vector<double> settled = Settled(start);
                    if (tried < MostVaried && all.TrueForAll(each => (each - settled).L2Norm() > Near))
                    {
                        From(settled, all);
                        tried++;
                    }
                }
            }
        }
    }

    private static Vector<double> Mixed(Vector<double> a, Vector<double> b, int state) => Vector<double>.Build.Dense(a.Count, i => i == state ? b[i] : a[i]);

    // Again from the same start: what it found before repels it now.
    private void From(Vector<double> start, List<Vector<double>> known)
    {
        while (Deflated(start, known) is { } z)
        {
            known.Add(z);
        }
    }

    // States that are linear in themselves come close to where they would be if the others stood still.
    private Vector<double> Settled(Vector<double> z)
    {
        for (int step = 0; step < Settlings; step++)
        {
            Vector<double> values = _free.Values(z);
            Matrix<double> slopes = _free.Slopes(z);
            z = Vector<double>.Build.Dense(z.Count, i => i < _settles.Length && _settles[i] && slopes[i, i] < 0 ? z[i] - (values[i] / slopes[i, i]) : z[i]);
        }

        return z;
    }

    private Vector<double>? Deflated(Vector<double> start, List<Vector<double>> known)
    {
        int n = _free.Dimension;
        Vector<double> z = start.Clone();
        for (int step = 0; step < MostSteps; step++)
        {
            if (Change(z) is not { } change)
            {
                return null;
            }

            double size = change.L2Norm();
            if (size <= Same * 1e-3 && Polished(z + change) is { } solved)
            {
                return known.TrueForAll(each => (each - solved).L2Norm() > Same) ? solved : null;
            }

            // The gradient of the logarithm of the product of 1 + 1/distance² over those known.
            double along = 0;
            foreach (Vector<double> each in known)
            {
                Vector<double> distance = z - each;
                double square = distance.DotProduct(distance);
                along -= 2 * distance.DotProduct(change) / (square * (1 + square));
            }

            change /= 1 - along;
            size = change.L2Norm();
            if (!double.IsFinite(size))
            {
                return null;
            }

            double longest = 0.3 * (1 + z.SubVector(0, n).L2Norm());
            z += size > longest ? change * (longest / size) : change;
            if (z.L2Norm() > Farthest)
            {
                return null;
            }
        }

        return null;
    }

    private Vector<double>? Polished(Vector<double> z)
    {
        for (int step = 0; step < 2; step++)
        {
            if (Change(z) is not { } change)
            {
                return null;
            }

            z += change;
        }

        return z;
    }

    // Newton's step at a fixed drive.
    private Vector<double>? Change(Vector<double> z)
    {
        int n = _free.Dimension;
        Vector<double> change = new OrthogonalFactors(_free.Slopes(z).SubMatrix(0, n, 0, n)).Solve(-_free.Values(z));
        return double.IsFinite(change.L2Norm()) ? Vector<double>.Build.Dense(n + 1, i => i < n ? change[i] : 0) : null;
    }

    private Vector<double> AtDrive(Vector<double> z, double drive) => Vector<double>.Build.Dense(z.Count, i => i < _free.Dimension ? z[i] : drive);

    // J. H. Halton, Numer. Math. 2 (1960) 84.
    private static double Halton(int index, int dimension)
    {
        int number = Prime(dimension);
        double result = 0, digit = 1;
        for (; index > 0; index /= number)
        {
            digit /= number;
            result += digit * (index % number);
        }

        return result;
    }

    private static int Prime(int index)
    {
        int candidate = 2;
        for (int found = 0; ; candidate++)
        {
            bool isPrime = true;
            for (int divisor = 2; divisor * divisor <= candidate; divisor++)
            {
                isPrime &= candidate % divisor != 0;
            }

            if (isPrime && found++ == index)
            {
                return candidate;
            }
        }
    }
}

/// <summary>Where the states of a model plausibly are [SI].</summary>
/// <param name="Start">The model's own start.</param>
/// <param name="Lowest">The lowest value of each state.</param>
/// <param name="Highest">The highest value of each state.</param>
/// <param name="Settles">Whether a state is a gate or the like: linear in itself, and no potential.</param>
internal sealed record StateBox(double[] Start, double[] Lowest, double[] Highest, bool[] Settles)
{
    /// <summary>Takes potentials from those among the parameters, other states from where they start.</summary>
    /// <param name="system">The model.</param>
    /// <param name="parameters">The swept parameters.</param>
    public static StateBox Of(SmoothSystem system, ReadOnlySpan<double> parameters)
    {
        const double beyond = 0.02, around = 1.5;
        ModelDefinition model = system.Code.Model;
        int n = system.Dimension;
        double[] start = new double[n], lowest = new double[n], highest = new double[n];
        double[] inputs = new double[parameters.Length + system.Code.MostDraws];
        parameters.CopyTo(inputs);
        system.Code.Start.Evaluate([0], [], inputs, start, 1, 0, 1);
        Dimension potential = Unit.Parse("V")!.Dimension;
        double[] potentials = [.. model.Parameters.Where(parameter => parameter.Unit.Dimension == potential).Select(parameter => parameter.Default.SI)];
        for (int i = 0; i < n; i++)
        {
            if (model.States[i].Unit.Dimension == potential && potentials.Length > 0)
            {
                lowest[i] = Math.Min(start[i], potentials.Min()) - beyond;
                highest[i] = Math.Max(start[i], potentials.Max()) + beyond;
            }
            else
            {
                double size = around * Math.Max(Math.Abs(start[i]), system.Scale[i]);
                (lowest[i], highest[i]) = (start[i] - size, start[i] + size);
            }
        }

        bool[] settles = [.. model.States.Select(state => state.Unit.Dimension != potential && Linearity.IsLinear(model.Inline(state.Derivative), state.Name))];
        return new StateBox(start, lowest, highest, settles);
    }
}
