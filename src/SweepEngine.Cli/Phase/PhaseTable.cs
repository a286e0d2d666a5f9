using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Parquet;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary>A table of a phase portrait: its columns with all their values.</summary>
/// <param name="Name">Its name, and that of its folder.</param>
/// <param name="Columns">The columns: doubles in SI units, longs, booleans or texts, one for each row.</param>
internal sealed record PhaseTable(string Name, IReadOnlyList<(TableColumn Column, Array Values)> Columns)
{
    /// <summary>Number of rows.</summary>
    public int Rows => Columns[0].Values.Length;

    /// <summary>The tables of a portrait.</summary>
    /// <param name="portrait">The portrait.</param>
    public static IReadOnlyList<PhaseTable> Of(PhasePortrait portrait) => new PhaseTables(portrait).All;

    /// <summary>Writes the table as <c>NAME/part-00000.parquet</c>, as tables of sweeps are.</summary>
    /// <param name="folder">The folder of the portrait.</param>
    /// <param name="metadata">What the metadata says about the portrait.</param>
    public void Write(string folder, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        Directory.CreateDirectory(Path.Combine(folder, Name));
        using FileStream stream = File.Create(Path.Combine(folder, Name, "part-00000.parquet"));
        using var file = new ParquetWriter(stream, new ParquetSchema([.. Columns.Select(each => each.Column.Column)]), new ParquetWriterOptions
        {
            Metadata = [new("sweep.table", Name), new("sweep.engine_version", EngineVersion.Text), .. metadata, .. Columns.SelectMany(each => each.Column.Metadata)],
        });
        foreach ((TableColumn column, Array values) in Columns)
        {
            switch (values)
            {
                case double[] numbers:
                    // Adding zero turns −0 into 0.
                    file.Column<double>(column.Name).Append([.. numbers.Select(value => (column.Unit?.FromSI(value) ?? value) + 0.0)]);
                    break;
                case long[] counts:
                    // An index that is not there is below 0.
                    file.Column<long>(column.Name).Append(counts, column.Column.Nullable ? [.. counts.Select(value => value < 0)] : []);
                    break;
                case bool[] truths:
                    file.Column<bool>(column.Name).Append(truths);
                    break;
                case string[] texts:
                    file.Column<string>(column.Name).Append(texts);
                    break;
                default:
                    throw new InvalidOperationException($"A column of {values.GetType()} is not written.");
            }
        }
        file.Finish();
    }
}

/// <summary>Turns a portrait into tables.</summary>
internal sealed class PhaseTables
{
    private static readonly Unit PerMs = Unit.Parse("1/ms")!, PerMs2 = Unit.Parse("1/ms^2")!, Ms = Unit.Parse("ms")!, Hz = Unit.Parse("Hz")!;

    private readonly PhasePortrait _portrait;
    private readonly StateVariable _x, _y;

    public PhaseTables(PhasePortrait portrait)
    {
        (_portrait, _x, _y) = (portrait, portrait.Plane.X, portrait.Plane.Y);
        All = [Nullclines(), Equilibria(), Separatrices(), Field(), Trajectories(), Cycles()];
    }

    /// <summary>All tables, in the order in which they are listed.</summary>
    public IReadOnlyList<PhaseTable> All { get; }

    /// <summary>What a line of the plane is called in tables and pictures.</summary>
    public static string Name(PlaneLine line, PhasePlane plane) => line switch
    {
        PlaneLine.XNullcline => plane.X.Name,
        PlaneLine.YNullcline => plane.Y.Name,
        PlaneLine.Threshold => "threshold",
        _ => "reset",
    };

    /// <summary>What the end of an orbit is called.</summary>
    public static string Name(OrbitEnd end) => end switch
    {
        OrbitEnd.Window => "window",
        OrbitEnd.Equilibrium => "equilibrium",
        OrbitEnd.Cycle => "cycle",
        OrbitEnd.Closed => "closed",
        OrbitEnd.Threshold => "threshold",
        OrbitEnd.Limit => "limit",
        _ => "failed",
    };

    private PhaseTable Nullclines()
    {
        var rows = _portrait.Lines.SelectMany((line, piece) => line.Curve.Points.Select(point => (line.Line, Piece: piece, Point: point))).ToArray();
        return new("nullclines",
        [
            Text("curve", $"The curve: the state whose derivative is 0 on it ({_x.Name}, {_y.Name}); of a model with a reset also threshold, where a spike is, and reset, where the state is after one.",
                rows.Select(row => Name(row.Line, _portrait.Plane))),
            Count("piece", "Index of the piece: points of one piece are joined by straight lines, which are within 1e-4 of the window from the curve.", rows.Select(row => (long)row.Piece)),
            .. Places(rows.Select(row => row.Point)),
        ]);
    }

    private PhaseTable Equilibria()
    {
        IReadOnlyList<PlaneEquilibrium> rows = _portrait.Equilibria;
        return new("equilibria",
        [
            Count("equilibrium", "Index of the equilibrium, from left to right.", rows.Select((_, i) => (long)i)),
            .. Places(rows.Select(row => row.At)),
            Text("type", "Its type by the eigenvalues of the Jacobian J; centre: trace 0 to rounding; saddle-node: determinant 0 to rounding.", rows.Select(row => row.Type.Text())),
            Number("trace", PerMs, "Trace of J.", rows.Select(row => row.Trace)),
            Number("determinant", PerMs2, "Determinant of J.", rows.Select(row => row.Determinant)),
            Number("discriminant", PerMs2, "trace^2 - 4 determinant.", rows.Select(row => row.Discriminant)),
            Number("eigenvalue_1_re", PerMs, "Real part of the eigenvalue with the larger real part.", rows.Select(row => row.Eigenvalues.First.Real)),
            Number("eigenvalue_1_im", PerMs, "Its imaginary part, at least 0.", rows.Select(row => row.Eigenvalues.First.Imaginary)),
            Number("eigenvalue_2_re", PerMs, "Real part of the other eigenvalue.", rows.Select(row => row.Eigenvalues.Second.Real)),
            Number("eigenvalue_2_im", PerMs, "Its imaginary part, at most 0.", rows.Select(row => row.Eigenvalues.Second.Imaginary)),
            .. Vector(1, rows.Select(row => row.Eigenvectors?.First)),
            .. Vector(2, rows.Select(row => row.Eigenvectors?.Second)),
            (Column("is_virtual", ParquetType.Boolean, null, "Whether it lies beyond the threshold of a reset, so that no orbit stays there."), rows.Select(row => row.IsVirtual).ToArray()),
            Number("residual", Unit.One, "Length of the last step of Newton's method, in parts of the window.", rows.Select(row => row.Residual)),
        ]);

        IEnumerable<(TableColumn, Array)> Vector(int index, IEnumerable<PlanePoint?> vectors)
        {
            string meaning = $"component of the eigenvector of eigenvalue {index}, in the units of {_x.Name} and {_y.Name}, in which its length is 1; NULL for complex eigenvalues and stars.";
            yield return Number($"eigenvector_{index}_{_x.Name}", null, $"{_x.Name} {meaning}", vectors.Select(vector => vector?.X ?? double.NaN), nullable: true);
            yield return Number($"eigenvector_{index}_{_y.Name}", null, $"{_y.Name} {meaning}", vectors.Select(vector => vector?.Y ?? double.NaN), nullable: true);
        }
    }

    private PhaseTable Separatrices()
    {
        var rows = _portrait.Separatrices.SelectMany((branch, index) =>
            branch.Orbit.Pieces.SelectMany(piece => piece).Select(point => (Branch: branch, Index: index, Point: point))).ToArray();
        return new("separatrices",
        [
            Count("branch", "Index of the branch; a saddle has two of each manifold.", rows.Select(row => (long)row.Index)),
            Count("saddle", "The saddle, as equilibrium of the table equilibria.", rows.Select(row => (long)row.Branch.Saddle)),
            Text("manifold", "stable: orbits on it come to the saddle; unstable: they leave it.", rows.Select(row => row.Branch.IsStable ? "stable" : "unstable")),
            .. Orbit(rows.Select(row => row.Point), "Time from the second point of the branch on, below 0 on stable manifolds; NULL at the saddle itself."),
            .. Ends(rows.Select(row => row.Branch.Orbit)),
        ]);
    }

    private PhaseTable Field()
    {
        IReadOnlyList<FieldArrow> rows = _portrait.Field;
        return new("field",
        [
            .. Places(rows.Select(row => row.At)),
            Slope(_x, rows.Select(row => row.X)),
            Slope(_y, rows.Select(row => row.Y)),
        ]);

        (TableColumn, Array) Slope(StateVariable state, IEnumerable<double> values) =>
            Number($"d{state.Name}_dt", Unit.Parse($"{(state.Unit.Text.Length == 0 ? "1" : state.Unit.Text)}/ms"), $"d{state.Name}/dt there; NULL where it is not finite.",
                values.Select(value => double.IsFinite(value) ? value : double.NaN), nullable: true);
    }

    private PhaseTable Trajectories()
    {
        var rows = _portrait.Trajectories.SelectMany((orbit, index) =>
            orbit.Pieces.SelectMany((piece, number) => piece.Select(point => (Orbit: orbit, Index: index, Piece: number, Point: point)))).ToArray();
        return new("trajectories",
        [
            Count("trajectory", "Index of the trajectory: 0 from the start of the model, then the given starts.", rows.Select(row => (long)row.Index)),
            Count("piece", "Spikes with a reset so far: between two pieces the state jumps.", rows.Select(row => (long)row.Piece)),
            .. Orbit(rows.Select(row => row.Point), "Time since the start."),
            .. Ends(rows.Select(row => row.Orbit)),
        ]);
    }

    private PhaseTable Cycles()
    {
        var rows = _portrait.Cycles.SelectMany((cycle, index) =>
            cycle.Pieces.SelectMany((piece, number) => piece.Select(point => (Cycle: cycle, Index: index, Piece: number, Point: point)))).ToArray();
        return new("cycles",
        [
            Count("cycle", "Index of the limit cycle, the smaller one first.", rows.Select(row => (long)row.Index)),
            Text("stability", "stable: orbits come to it; unstable: they leave it.", rows.Select(row => row.Cycle.IsStable ? "stable" : "unstable")),
            Number("period", Ms, "Its period.", rows.Select(row => row.Cycle.Period)),
            Number("frequency", Hz, "1/period.", rows.Select(row => 1 / row.Cycle.Period)),
            Number("multiplier", Unit.One, "Its Floquet multiplier, e to the integral of the divergence over a period; NULL where there are resets.",
                rows.Select(row => row.Cycle.Multiplier), nullable: true),
            Count("spikes", "Resets in a period.", rows.Select(row => (long)row.Cycle.Spikes)),
            Count("piece", "Spikes with a reset so far: between two pieces the state jumps.", rows.Select(row => (long)row.Piece)),
            .. Orbit(rows.Select(row => row.Point), "Time within the period."),
        ]);
    }

    private IEnumerable<(TableColumn, Array)> Orbit(IEnumerable<OrbitPoint> points, string meaningOfTime) =>
    [
        Number("t", Ms, meaningOfTime, points.Select(point => point.Time), nullable: true),
        .. Places(points.Select(point => point.Place)),
    ];

    private IEnumerable<(TableColumn, Array)> Ends(IEnumerable<PlaneOrbit> orbits) =>
    [
        Text("end", "Where the orbit was followed to: an equilibrium, a cycle, to where it was before (closed), the threshold of a reset, out of the window's surroundings (window), until it had as many steps as allowed (limit), "
            + "or until a slope was not finite (failed).", orbits.Select(orbit => Name(orbit.End))),
        (Column("end_equilibrium", ParquetType.Int64, null, "The equilibrium to which it comes; NULL where it comes to none.", nullable: true),
            orbits.Select(orbit => (long)(orbit.Equilibrium ?? -1)).ToArray()),
    ];

    private IEnumerable<(TableColumn, Array)> Places(IEnumerable<PlanePoint> points)
    {
        yield return (Column(_x.Name, ParquetType.Double, _x.Unit, _x.Summary, own: false), points.Select(point => point.X).ToArray());
        yield return (Column(_y.Name, ParquetType.Double, _y.Unit, _y.Summary, own: false), points.Select(point => point.Y).ToArray());
    }

    private (TableColumn, Array) Number(string name, Unit? unit, string meaning, IEnumerable<double> values, bool nullable = false) =>
        (Column(name, ParquetType.Double, unit, meaning, nullable), values.ToArray());

    private (TableColumn, Array) Count(string name, string meaning, IEnumerable<long> values) => (Column(name, ParquetType.Int64, null, meaning), values.ToArray());

    private (TableColumn, Array) Text(string name, string meaning, IEnumerable<string> values) => (Column(name, ParquetType.String, null, meaning), values.ToArray());

    // A state of the model keeps its name; a column of ours that would be called the same gets another one.
    private TableColumn Column(string name, ParquetType type, Unit? unit, string meaning, bool nullable = false, bool own = true) =>
        new(new ParquetColumn(own && (name == _x.Name || name == _y.Name) ? name + "_" : name, type, nullable, nanIsNull: nullable && type == ParquetType.Double), unit, meaning, null);
}
