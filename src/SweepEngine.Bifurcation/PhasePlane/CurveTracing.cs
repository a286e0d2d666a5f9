namespace SweepEngine.Bifurcation;

/// <summary>
/// Traces where a function of the plane is zero: explicitly where it is linear in one of the states, elsewhere from the changes of its sign on a grid. Points lie on the curve to rounding, and straight lines between them are within <see cref="Tolerance"/> of it.
/// </summary>
internal static class CurveTracing
{
    /// <summary>How far the curve may be from the lines between its points, in parts of the window.</summary>
    public const double Tolerance = 1e-4;

    // Features that are narrower than a cell can be missed.
    private const int Samples = 400, Cells = 256;
    private const double Narrowest = 1e-12;

    /// <summary>Traces a curve.</summary>
    /// <param name="function">The function.</param>
    /// <param name="window">The window; curves end at its edge.</param>
    /// <returns>The pieces of the curve in the window.</returns>
    public static List<PlaneCurve> Trace(PlaneFunction function, PlaneWindow window) =>
        Explicit(function, window, overX: true) ?? Explicit(function, window, overX: false) ?? OnGrid(function, window);

    // Null where the function is not linear in the dependent state, or free of it somewhere in the window.
    private static List<PlaneCurve>? Explicit(PlaneFunction function, PlaneWindow window, bool overX)
    {
        if ((overX ? function.LinearInY : function.LinearInX) is not { } form)
        {
            return null;
        }

        (double from, double to) = overX ? (window.Left, window.Right) : (window.Bottom, window.Top);
        (double low, double high) = overX ? (window.Bottom, window.Top) : (window.Left, window.Right);
        // Between two stretches the curve jumps: at a pole, or where the equation does.
        List<List<Sample>> stretches = [[At(from)]];
        for (int i = 1; i <= Samples; i++)
        {
            Sample next = At(from + (to - from) * i / Samples);
            if (HasPoleThatIsNone(stretches[^1][^1], next))
            {
                return null;
            }

            Refine(stretches[^1][^1], next);
        }

        return [.. stretches.SelectMany(Cut)];

        Sample At(double at)
        {
            ReadOnlySpan<double> parts = overX ? form.At(at, 0) : form.At(0, at);
            return new Sample(at, -parts[1] / parts[0], parts[0], parts[1]);
        }

        // Where slope and offset vanish together, a line of any value there belongs to the curve.
        bool HasPoleThatIsNone(Sample a, Sample b)
        {
            if (double.IsNaN(a.Value) || double.IsNaN(b.Value))
            {
                return true;
            }

            double largest = Math.Max(Math.Abs(a.Offset), Math.Abs(b.Offset));
            for (int i = 0; i < 60 && a.Slope * b.Slope <= 0; i++)
            {
                Sample middle = At((a.At + b.At) / 2);
                (a, b) = middle.Slope * a.Slope > 0 ? (middle, b) : (a, middle);
            }

            return a.Slope * b.Slope <= 0 && !(Math.Min(Math.Abs(a.Offset), Math.Abs(b.Offset)) > 1e-9 * largest);
        }

        // Outside of the window only the side matters.
        double Height(double value) => Math.Clamp((value - low) / (high - low), -0.5, 1.5);

        void Refine(Sample a, Sample b)
        {
            double width = (b.At - a.At) / (to - from), rise = Height(b.Value) - Height(a.Value);
            Sample middle = At((a.At + b.At) / 2);
            double deviation = Math.Abs(Height(middle.Value) - (Height(a.Value) + Height(b.Value)) / 2) * width / Math.Sqrt(width * width + rise * rise);
            if (width > Narrowest && (deviation > Tolerance || Math.Abs(rise) > 1 || a.Slope * b.Slope <= 0))
            {
                Refine(a, middle);
                Refine(middle, b);
                return;
            }

            if (a.Slope * b.Slope <= 0)
            {
                stretches.Add([]);
            }
            else if (Math.Abs(rise) > Tolerance && JumpBetween(a, b, Math.Abs(rise) / 2) is var (before, after))
            {
                stretches[^1].Add(before);
                stretches.Add([after]);
            }

            stretches[^1].Add(b);
        }

        // The ends of what stays of a rise when its part of the axis shrinks to nothing; null where that is not enough.
        (Sample Before, Sample After)? JumpBetween(Sample a, Sample b, double enough)
        {
            double rise = double.PositiveInfinity;
            while (rise > enough && b.At - a.At > Narrowest * (to - from))
            {
                Sample middle = At((a.At + b.At) / 2);
                (a, b) = Math.Abs(Height(middle.Value) - Height(a.Value)) > Math.Abs(Height(b.Value) - Height(middle.Value)) ? (a, middle) : (middle, b);
                rise = Math.Abs(Height(b.Value) - Height(a.Value));
            }

            return rise > enough ? (a, b) : null;
        }

        List<PlaneCurve> Cut(List<Sample> points)
        {
            List<PlaneCurve> curves = [];
            List<PlanePoint> piece = [];
            for (int i = 0; i < points.Count; i++)
            {
                bool inside = Inside(points[i].Value);
                if (i > 0 && inside != Inside(points[i - 1].Value))
                {
                    AddEdge(points[i - 1], points[i]);
                }

                if (inside)
                {
                    Add(points[i].At, points[i].Value);
                }
                else
                {
                    End();
                }
            }

            End();
            return curves;

            bool Inside(double value) => value >= low && value <= high;

            // Where the curve meets the edge, by bisection.
            void AddEdge(Sample a, Sample b)
            {
                (double inside, double outside) = Inside(a.Value) ? (a.At, b.At) : (b.At, a.At);
                for (int i = 0; i < 60; i++)
                {
                    double middle = (inside + outside) / 2;
                    (inside, outside) = Inside(At(middle).Value) ? (middle, outside) : (inside, middle);
                }

                Add(inside, At(inside).Value);
            }

            void Add(double at, double value)
            {
                PlanePoint point = overX ? new(at, value) : new(value, at);
                if (piece.Count == 0 || piece[^1] != point)
                {
                    piece.Add(point);
                }
            }

            void End()
            {
                if (piece.Count > 1)
                {
                    curves.Add(new PlaneCurve(piece));
                }

                piece = [];
            }
        }
    }

    private static List<PlaneCurve> OnGrid(PlaneFunction function, PlaneWindow window)
    {
        const int nodes = Cells + 1;
        PlanePoint Node(int i, int j) => new(window.Left + window.Width * i / Cells, window.Bottom + window.Height * j / Cells);
        double[] values = function.Values([.. Enumerable.Range(0, nodes * nodes).Select(k => Node(k % nodes, k / nodes))]);
        // Zeros on edges of cells: edge 2 k goes right from node k, edge 2 k + 1 up.
        Dictionary<int, PlanePoint> zeros = [];
        for (int k = 0; k < nodes * nodes; k++)
        {
            Seek(k, k % nodes < Cells ? k + 1 : -1, 2 * k);
            Seek(k, k / nodes < Cells ? k + nodes : -1, 2 * k + 1);
        }

        // Each cell joins the zeros on its edges.
        Dictionary<int, List<int>> joined = [];
        for (int j = 0; j < Cells; j++)
        {
            for (int i = 0; i < Cells; i++)
            {
                int k = j * nodes + i;
                int[] edges = [.. new[] { 2 * k, 2 * (k + 1) + 1, 2 * (k + nodes), 2 * k + 1 }.Where(zeros.ContainsKey)];
                if (edges.Length == 2)
                {
                    Join(edges[0], edges[1]);
                }
                else if (edges.Length == 4)
                {
                    // Bottom, right, top and left; the sign at the centre says which corners are connected.
                    PlanePoint centre = new((Node(i, j).X + Node(i + 1, j).X) / 2, (Node(i, j).Y + Node(i, j + 1).Y) / 2);
                    bool withFirst = function.Value(centre) > 0 == values[k] > 0;
                    Join(edges[0], edges[withFirst ? 1 : 3]);
                    Join(edges[2], edges[withFirst ? 3 : 1]);
                }
            }
        }

        return Chains(joined).ConvertAll(chain => Smooth([.. chain.Select(edge => zeros[edge])]));

        void Seek(int a, int b, int edge)
        {
            if (b >= 0 && double.IsFinite(values[a]) && double.IsFinite(values[b]) && values[a] > 0 != values[b] > 0
                && ZeroBetween(function, Node(a % nodes, a / nodes), Node(b % nodes, b / nodes)) is { } zero)
            {
                zeros.Add(edge, zero);
            }
        }

        void Join(int a, int b)
        {
            foreach ((int from, int to) in new[] { (a, b), (b, a) })
            {
                if (!joined.TryGetValue(from, out List<int>? others))
                {
                    joined.Add(from, others = []);
                }

                others.Add(to);
            }
        }

        PlaneCurve Smooth(List<PlanePoint> points)
        {
            List<PlanePoint> dense = [points[0]];
            for (int i = 1; i < points.Count; i++)
            {
                Refine(points[i - 1], points[i], 0);
            }

            return new PlaneCurve(dense);

            void Refine(PlanePoint a, PlanePoint b, int depth)
            {
                PlanePoint middle = new((a.X + b.X) / 2, (a.Y + b.Y) / 2);
                if (depth < 12 && function.Project(middle, window, window.Distance(a, b)) is { } on && window.DistanceFromLine(on, a, b) > Tolerance)
                {
                    Refine(a, on, depth + 1);
                    Refine(on, b, depth + 1);
                    return;
                }

                dense.Add(b);
            }
        }
    }

    // By bisection; null where the function jumps there and has no zero.
    private static PlanePoint? ZeroBetween(PlaneFunction function, PlanePoint a, PlanePoint b)
    {
        double first = function.Value(a), last = function.Value(b), low = 0, high = 1, value = first;
        PlanePoint at = a;
        for (int i = 0; i < 60; i++)
        {
            double middle = (low + high) / 2;
            at = new(a.X + middle * (b.X - a.X), a.Y + middle * (b.Y - a.Y));
            value = function.Value(at);
            (low, high) = value > 0 == first > 0 ? (middle, high) : (low, middle);
        }

        return Math.Abs(value) <= 1e-6 * (Math.Abs(first) + Math.Abs(last)) ? at : null;
    }

    // Open chains first, since they have ends to begin at; then what is left is closed.
    private static List<List<int>> Chains(Dictionary<int, List<int>> joined)
    {
        List<List<int>> chains = [];
        HashSet<int> seen = [];
        foreach (int start in joined.Keys.Where(key => joined[key].Count == 1).Order().Concat(joined.Keys.Order()).Where(start => !seen.Contains(start)))
        {
            List<int> chain = [];
            int? next = start;
            while (next is { } at)
            {
                seen.Add(at);
                chain.Add(at);
                next = joined[at].Where(other => !seen.Contains(other)).Cast<int?>().FirstOrDefault();
            }

            if (joined[start].Count == 2)
            {
                chain.Add(start);
            }

            if (chain.Count > 1)
            {
                chains.Add(chain);
            }
        }

        return chains;
    }

    // The dependent state where slope · state + offset is zero.
    private readonly record struct Sample(double At, double Value, double Slope, double Offset);
}
