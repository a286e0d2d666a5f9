namespace SweepEngine.Bifurcation;

/// <summary>
/// Solves x_(i+1) = M_i x_i + P_i λ + r_i for i = 0, …, N − 1 with x_N = x_0, which leaves as many solutions free as λ has parts: one solution, and a basis of those with r = 0.
/// </summary>
/// <remarks>
/// Reflections (Householder) take x_1, x_2, … out, one after the other, without ever forming a product of the M_i, so that neither strongly growing nor strongly shrinking directions spoil the others
/// (S. J. Wright, SIAM J. Sci. Stat. Comput. 13 (1992) 742). All matrices are row after row.
/// </remarks>
internal sealed class PeriodicChain
{
    private readonly int _size, _free, _columns;
    private readonly double[] _stack, _closing, _products;
    private double[] _links = [], _reduced = [], _values = [];
    private readonly double[] _parameters;

    /// <summary>Makes room.</summary>
    /// <param name="size">Length of x.</param>
    /// <param name="free">Length of λ.</param>
    public PeriodicChain(int size, int free)
    {
        // x_i, x_(i+1), x_0, λ, 1.
        (_size, _free, _columns) = (size, free, (3 * size) + free + 1);
        _stack = new double[2 * size * _columns];
        _closing = new double[(size + free) * size];
        _products = new double[_columns];
        _parameters = new double[(free + 1) * free];
    }

    /// <summary>Number N of links.</summary>
    public int Links { get; private set; }

    /// <summary>Takes the number of links.</summary>
    /// <param name="links">N, at least 2.</param>
    public void Resize(int links)
    {
        if (links != Links)
        {
            Links = links;
            _links = new double[links * _size * (_size + _free + 1)];
            _reduced = new double[links * _size * _columns];
            _values = new double[(_free + 1) * links * _size];
        }
    }

    /// <summary>(M_i, P_i, r_i), to be written. Shape [size × (size + free + 1)].</summary>
    /// <param name="link">i.</param>
    public Span<double> Link(int link)
    {
        int length = _size * (_size + _free + 1);
        return _links.AsSpan(link * length, length);
    }

    /// <summary>x_0, …, x_(N − 1) of a solution. Shape [links × size].</summary>
    /// <param name="solution">0 to free − 1 for the basis; free for the one with r.</param>
    public ReadOnlySpan<double> Values(int solution) => _values.AsSpan(solution * Links * _size, Links * _size);

    /// <summary>λ of a solution. Shape [free].</summary>
    /// <param name="solution">As in <see cref="Values"/>.</param>
    public ReadOnlySpan<double> Parameters(int solution) => _parameters.AsSpan(solution * _free, _free);

    /// <summary>Solves.</summary>
    public void Solve()
    {
        int m = _size, width = m + _free + 1;

        // x_1 − M_0 x_0 − … = 0 in the lower half; it becomes the upper one of the next link.
        Span<double> lower = _stack.AsSpan(m * _columns);
        lower.Clear();
        for (int row = 0; row < m; row++)
        {
            ReadOnlySpan<double> link = Link(0).Slice(row * width, width);
            Span<double> to = lower.Slice(row * _columns, _columns);
            to[m + row] = -1;
            link[..m].CopyTo(to[(2 * m)..]);
            link[m..].CopyTo(to[(3 * m)..]);
        }

        for (int i = 1; i < Links; i++)
        {
            Load(i);
            for (int pivot = 0; pivot < m; pivot++)
            {
                Reflect(_stack, 2 * m, _columns, pivot);
            }

            _stack.AsSpan(0, m * _columns).CopyTo(_reduced.AsSpan(i * m * _columns));
        }

        Close();
        for (int solution = 0; solution <= _free; solution++)
        {
            Substitute(solution);
        }
    }

    // The lower half of before above, the link below.
    private void Load(int i)
    {
        int m = _size, width = m + _free + 1;
        for (int row = 0; row < m; row++)
        {
            Span<double> before = _stack.AsSpan((m + row) * _columns, _columns), upper = _stack.AsSpan(row * _columns, _columns);
            before.Slice(m, m).CopyTo(upper);
            upper.Slice(m, m).Clear();
            before[(2 * m)..].CopyTo(upper[(2 * m)..]);
        }

        Span<double> lower = _stack.AsSpan(m * _columns);
        lower.Clear();
        for (int row = 0; row < m; row++)
        {
            ReadOnlySpan<double> link = Link(i).Slice(row * width, width);
            Span<double> to = lower.Slice(row * _columns, _columns);
            link[..m].CopyTo(to);
            to[m + row] = -1;
            link[m..].CopyTo(to[(3 * m)..]);
        }
    }

    // What is left, G·(x_0, λ) + s = 0, by the triangle of Gᵀ: its reflections take unit vectors to a basis of what G takes to 0.
    private void Close()
    {
        int m = _size, all = m + _free;
        _closing.AsSpan().Clear();
        double[] right = new double[m];
        for (int row = 0; row < m; row++)
        {
            ReadOnlySpan<double> last = _stack.AsSpan((m + row) * _columns, _columns);
            for (int k = 0; k < m; k++)
            {
                _closing[(k * m) + row] = last[m + k] + last[(2 * m) + k];
            }

            for (int k = 0; k < _free; k++)
            {
                _closing[((m + k) * m) + row] = last[(3 * m) + k];
            }

            right[row] = -last[^1];
        }

        double[] mirrors = new double[m * all];
        for (int pivot = 0; pivot < m; pivot++)
        {
            Reflect(_closing, all, m, pivot, mirrors.AsSpan(pivot * all, all));
        }

        double[] vector = new double[all];
        for (int solution = 0; solution <= _free; solution++)
        {
            vector.AsSpan().Clear();
            if (solution < _free)
            {
                vector[m + solution] = 1;
            }
            else
            {
                for (int row = 0; row < m; row++)
                {
                    double value = right[row];
                    for (int k = 0; k < row; k++)
                    {
                        value -= _closing[(k * m) + row] * vector[k];
                    }

                    vector[row] = value / _closing[(row * m) + row];
                }
            }

            for (int pivot = m - 1; pivot >= 0; pivot--)
            {
                ReadOnlySpan<double> mirror = mirrors.AsSpan(pivot * all, all);
                double product = 0;
                for (int k = pivot; k < all; k++)
                {
                    product += mirror[k] * vector[k];
                }

                for (int k = pivot; k < all; k++)
                {
                    vector[k] -= product * mirror[k];
                }
            }

            vector.AsSpan(0, m).CopyTo(_values.AsSpan(solution * Links * m));
            vector.AsSpan(m).CopyTo(_parameters.AsSpan(solution * _free));
        }
    }

    private void Substitute(int solution)
    {
        int m = _size;
        Span<double> values = _values.AsSpan(solution * Links * m, Links * m);
        ReadOnlySpan<double> parameters = Parameters(solution);
        for (int i = Links - 1; i > 0; i--)
        {
            ReadOnlySpan<double> next = values.Slice((i + 1) % Links * m, m), first = values[..m];
            Span<double> here = values.Slice(i * m, m);
            for (int row = m - 1; row >= 0; row--)
            {
                ReadOnlySpan<double> reduced = _reduced.AsSpan((i * m * _columns) + (row * _columns), _columns);
                double value = solution == _free ? reduced[^1] : 0;
                for (int k = 0; k < _free; k++)
                {
                    value += reduced[(3 * m) + k] * parameters[k];
                }

                for (int k = 0; k < m; k++)
                {
                    value += (reduced[m + k] * next[k]) + (reduced[(2 * m) + k] * first[k]);
                }

                for (int k = row + 1; k < m; k++)
                {
                    value += reduced[k] * here[k];
                }

                here[row] = -value / reduced[row];
            }
        }
    }

    // The reflection that clears a column below the pivot, I − v vᵀ, of the columns up to the last one; v is kept where there is room for it.
    private void Reflect(double[] matrix, int rows, int columns, int pivot, Span<double> mirror = default)
    {
        double square = 0;
        for (int row = pivot; row < rows; row++)
        {
            double value = matrix[(row * columns) + pivot];
            square += value * value;
        }

        if (square == 0)
        {
            return;
        }

        double first = matrix[(pivot * columns) + pivot], norm = first < 0 ? -Math.Sqrt(square) : Math.Sqrt(square);

        // v = (column + norm·e)/√(norm·(norm + first)), so that ⟨v, v⟩ = 2.
        double unit = 1 / Math.Sqrt(norm * (norm + first));
        Span<double> products = _products.AsSpan(0, columns);
        products.Clear();
        for (int row = pivot; row < rows; row++)
        {
            Span<double> line = matrix.AsSpan(row * columns, columns);
            double v = (line[pivot] + (row == pivot ? norm : 0)) * unit;
            line[pivot] = v;
            for (int column = pivot + 1; column < columns; column++)
            {
                products[column] += v * line[column];
            }
        }

        for (int row = pivot; row < rows; row++)
        {
            Span<double> line = matrix.AsSpan(row * columns, columns);
            double v = line[pivot];
            if (mirror.Length > 0)
            {
                mirror[row] = v;
            }

            line[pivot] = row == pivot ? -norm : 0;
            for (int column = pivot + 1; column < columns; column++)
            {
                line[column] -= v * products[column];
            }
        }
    }
}
