using SweepEngine.Bifurcation;
using SweepEngine.Parquet;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>The columns of the table <c>curves</c> that the measure <c>bifurcations</c> brings: what diagrams say of each curve, and what simulations say of the same.</summary>
internal static class CurveBifurcations
{
    /// <summary>The status of a curve one of whose points crashed: no diagram is made of it.</summary>
    public const string Crashed = "crashed";

    private const string Own = "this project", Hodgkin = "A. L. Hodgkin, J. Physiol. 107 (1948) 165; J. Rinzel and G. B. Ermentrout, in Methods in Neuronal Modeling (1989)";

    // What happened, and behind it where: "branch_lost_at 6.2; mesh_limit".
    private const string Separator = "; ", Place = "_at ";

    /// <summary>Name of the column that says how the diagram of a curve ended.</summary>
    public const string StatusColumn = "bifurcation_status";

    private static readonly Measure Status = new(StatusColumn, MeasureKind.Text,
        "complete; or why a part of the diagram is missing and at which drive, in the unit of its axis, while the rest stands; crashed (a point of the curve is condemned, and no diagram is made).", Own);

    private static readonly Measure PointCount = new("bifurcation_count", MeasureKind.Count, "Number of bifurcation points: rows of the table bifurcations.", Own);

    private static readonly Measure Onset = new("onset_bifurcation", MeasureKind.Text,
        "The bifurcation with which steady firing begins as the drive ascends: that at which the resting equilibrium (the stable one of lowest voltage at the lowest drive) is stable no more; where it "
        + "stays stable, that at which stable cycles with spikes begin. NULL when it is not known.", Own);

    private static readonly Measure OnsetDrive = new("onset_bifurcation_drive", MeasureKind.Drive, "Its drive.", Own);

    private static readonly Measure Class = new("excitability_class", MeasureKind.Text,
        "From the bifurcation at the onset. I: a fold of equilibria on a cycle (SNIC), or a threshold that trains of unbounded period begin at: firing begins with rate 0. II: a Hopf point, a fold beside the cycle, or a fold of cycles: "
        + "firing begins with a jump. III: rest is stable in the whole range, and no stable cycle spikes. NULL when it does not follow.", Hodgkin);

    private static readonly Measure[] Bistable =
    [
        new("bistable_count", MeasureKind.Count, "Number of ranges of the drive in which a stable equilibrium and a stable cycle that spikes coexist, from the branches.", Own),
        new("bistable_lower", MeasureKind.Drive, "Lower end of the lowest of these ranges; NULL when there is none.", Own),
        new("bistable_upper", MeasureKind.Drive, "Its upper end.", Own),
    ];

    private static readonly Measure FollowStatus = new("two_parameter_status", MeasureKind.Text,
        "Of what follow asks for: complete; or at which value of the second parameter a curve of bifurcation points was lost, needs too fine a mesh or has too many points; crashed, as in bifurcation_status.", Own);

    private static readonly Measure MeasuredClass = new("measured_excitability_class", MeasureKind.Text,
        "From simulations, by the onset of steady firing. I: onset_rate_above is at least 1.25 times onset_rate: the rate falls to 0 like a root or a logarithm. II: it is not: the rate jumps. "
        + "III: there are spikes, but no steady firing on the axis. NULL when the onset was not found.", Hodgkin);

    private static readonly Measure Agrees = new("excitability_agrees", MeasureKind.Flag, "Whether excitability_class and measured_excitability_class are the same; NULL where one of them is NULL.", Own);

    /// <summary>The columns of a sweep; none where it does not measure bifurcations.</summary>
    /// <param name="spec">The sweep.</param>
    public static IEnumerable<(Measure Measure, bool Nullable)> ColumnsOf(SweepSpec spec) => !spec.Measures.HasFlag(SweepMeasures.Bifurcations) ? [] :
    [
        (Status, false), (PointCount, true), (Onset, true), (OnsetDrive, true), (Class, true), .. Bistable.Select(measure => (measure, true)),
        .. spec.Follow is null ? Array.Empty<(Measure, bool)>() : [(FollowStatus, false)],
        .. !spec.MeasuresOnset ? Array.Empty<(Measure, bool)>() : [(MeasuredClass, true), (Agrees, true), (CurveMeasures.RampStatus, false), .. CurveMeasures.Ramp.Select(measure => (measure, true))],
    ];

    /// <summary>Appends them.</summary>
    /// <param name="file">The file.</param>
    /// <param name="spec">The sweep.</param>
    /// <param name="results">What a shard gave.</param>
    /// <param name="append">Appends numbers [SI] to the column of a measure.</param>
    public static void Write(ParquetWriter file, SweepSpec spec, ShardResults results, Action<Measure, double[]> append)
    {
        if (!spec.Measures.HasFlag(SweepMeasures.Bifurcations))
        {
            return;
        }

        Axis drive = spec.Grid.Drive;
        var range = new DriveRange(drive.SI(0), drive.SI(drive.Count - 1));
        int voltage = spec.Model.Voltage is { } name ? spec.Model.StateIndex(name) : 0;
        DiagramOutline?[] outlines = [.. results.Diagrams.Select(diagram => diagram is null ? null : DiagramOutline.Of(diagram, range, voltage, spec.Model.Spike is not null))];
        file.Column<string>(Status.Name).Append([.. results.Diagrams.Select(diagram => diagram?.Status ?? Crashed)]);
        append(PointCount, [.. results.Diagrams.Select(diagram => diagram?.Points.Count ?? double.NaN)]);
        Texts(Onset, outlines.Select(outline => outline?.Onset?.Text()));
        append(OnsetDrive, [.. outlines.Select(outline => outline?.OnsetDrive ?? double.NaN)]);
        Texts(Class, outlines.Select(outline => outline?.Class?.ToString()));
        append(Bistable[0], [.. outlines.Select(outline => outline?.Bistable.Count ?? double.NaN)]);
        append(Bistable[1], [.. outlines.Select(outline => outline is { Bistable: [var first, ..] } ? first.Lower : double.NaN)]);
        append(Bistable[2], [.. outlines.Select(outline => outline is { Bistable: [var first, ..] } ? first.Upper : double.NaN)]);
        if (spec.Follow is not null)
        {
            file.Column<string>(FollowStatus.Name).Append([.. results.Followed.Select(diagram => diagram?.Status ?? Crashed)]);
        }

        if (!spec.MeasuresOnset)
        {
            return;
        }

        CurveTable curves = results.Curves!;
        string?[] measured = [.. Enumerable.Range(0, outlines.Length).Select(i => Measured(curves, i)?.ToString())];
        bool?[] agrees = [.. outlines.Zip(measured, (outline, other) => outline?.Class is { } known && other is not null ? known.ToString() == other : (bool?)null)];
        Texts(MeasuredClass, measured);
        file.Column<bool>(Agrees.Name).Append([.. agrees.Select(each => each ?? false)], [.. agrees.Select(each => each is null)]);
        file.Column<string>(CurveMeasures.RampStatus.Name).Append([.. curves.RampStatus.Select(status => status.Text())]);
        for (int m = 0; m < CurveMeasures.Ramp.Count; m++)
        {
            append(CurveMeasures.Ramp[m], curves.Ramp[m]);
        }

        void Texts(Measure measure, IEnumerable<string?> texts)
        {
            string?[] all = [.. texts];
            file.Column<string>(measure.Name).Append([.. all.Select(text => text ?? "")], [.. all.Select(text => text is null)]);
        }
    }

    /// <summary>Counts curves by what their status says but for the place.</summary>
    /// <param name="file">A file of the table <c>curves</c>.</param>
    /// <param name="counts">Where they are counted.</param>
    public static void Count(ParquetReader file, SortedDictionary<string, long> counts)
    {
        for (int group = 0; group < file.RowGroups.Count; group++)
        {
            foreach (string status in file.Read<string>(group, Status.Name).Values)
            {
                string word = string.Join(Separator, status.Split(Separator).Select(part => part.Split(Place, 2)[0]).Distinct());
                counts[word] = counts.GetValueOrDefault(word) + 1;
            }
        }
    }

    private static ExcitabilityClass? Measured(CurveTable curves, int curve) => curves.OnsetStatus[curve] switch
    {
        OnsetStatus.Found => curves.RateJumps(curve) switch { true => ExcitabilityClass.II, false => ExcitabilityClass.I, null => null },
        OnsetStatus.AboveAxis when curves.RheobaseStatus[curve] is OnsetStatus.Found or OnsetStatus.BelowAxis => ExcitabilityClass.III,
        _ => null,
    };
}
