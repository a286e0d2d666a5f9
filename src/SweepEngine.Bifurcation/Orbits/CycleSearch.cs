namespace SweepEngine.Bifurcation;

/// <summary>Finds the limit cycles of curves whose equilibria are known.</summary>
internal sealed class CycleSearch
{
    // Drives that are simulated, spread over the range, and at most so many more where nothing stable is known.
    private const int Spread = 6, MostGaps = 8;

    private readonly SmoothSystem _system;
    private readonly double _refinement;
    private readonly bool _followsDoublings;
    private readonly AttractorSearch _attractors;
    private readonly CycleEnds _ends;

    /// <summary>Prepares for a model.</summary>
    /// <param name="system">The model.</param>
    /// <param name="refinement">Meshes are so many times as fine as usual.</param>
    /// <param name="followsDoublings">Whether branches of cycles of twice the period are followed.</param>
    public CycleSearch(SmoothSystem system, double refinement = 1, bool followsDoublings = true)
    {
        (_system, _refinement, _followsDoublings) = (system, refinement, followsDoublings);
        _attractors = new AttractorSearch(system);
        _ends = new CycleEnds(system);
    }

    /// <summary>Adds cycles to diagrams of equilibria; a <see cref="DiagramSearch"/>.</summary>
    /// <param name="curves">The curves.</param>
    /// <param name="before">Their equilibria.</param>
    /// <param name="cancel">Ends the search.</param>
    public Diagram[] Find(DiagramCurves curves, Diagram[] before, CancellationToken cancel)
    {
        CurveCycles[] cycles = [.. before.Select((diagram, curve) => new CurveCycles(_system, _ends, curves, curve, diagram, _followsDoublings))];
        CycleContinuation continuation = new(_system, new CycleSettings(curves.LowestDrive, curves.HighestDrive) { Refinement = _refinement });
        continuation.Run(new Queue(cycles), cancel);
        Simulate(curves, cycles, before, cancel);
        continuation.Run(new Queue(cycles), cancel);
        return [.. cycles.Select((each, curve) => each.Diagram(Gaps(curves, each, before[curve])))];
    }

    private void Simulate(DiagramCurves curves, CurveCycles[] cycles, Diagram[] before, CancellationToken cancel)
    {
        List<AttractorStart> starts = [];
        List<CurveCycles> owners = [];
        for (int curve = 0; curve < cycles.Length; curve++)
        {
            // From the model's own start, and from where it rests under the strongest drive: a step up and a step down.
            double[]? down = before[curve].Branches.Where(branch => branch.Kind == BranchKind.Equilibria).SelectMany(branch => branch.Points).OrderByDescending(point => point.Drive).FirstOrDefault().State;
            foreach (double drive in Drives(curves, cycles[curve], before[curve]))
            {
                foreach (double[]? state in down is null ? (double[]?[])[null] : [null, down])
                {
                    starts.Add(new AttractorStart(cycles[curve].At(drive), state));
                    owners.Add(cycles[curve]);
                }
            }
        }

        Attractor[] found = _attractors.Find(starts, cancel);
        for (int i = 0; i < found.Length; i++)
        {
            if (found[i].Orbit is { } orbit)
            {
                owners[i].Add([orbit]);
            }
        }
    }

    // Some spread over the range, and one in each gap.
    private static IEnumerable<double> Drives(DiagramCurves curves, CurveCycles cycles, Diagram before) =>
        Enumerable.Range(0, Spread).Select(i => curves.LowestDrive + ((curves.HighestDrive - curves.LowestDrive) * (i + 0.5) / Spread)).Concat(Gaps(curves, cycles, before).Take(MostGaps));

    // The middle of each interval between bifurcations where neither a stable equilibrium nor a stable cycle is known: there must be something else.
    private static IEnumerable<double> Gaps(DiagramCurves curves, CurveCycles cycles, Diagram before)
    {
        double low = curves.LowestDrive, range = curves.HighestDrive - low;
        double[] borders =
        [
            .. before.Points.Select(point => point.Drive).Concat(cycles.Found.SelectMany(found => found.Bifurcations.Select(each => each.Cycle.Drive).Concat(Ends(found))))
                .Append(low).Append(curves.HighestDrive).Where(drive => drive >= low && drive <= curves.HighestDrive).Order(),
        ];
        for (int i = 1; i < borders.Length; i++)
        {
            double middle = (borders[i - 1] + borders[i]) / 2;
            if (borders[i] - borders[i - 1] > 1e-6 * range && !IsStable(before.Branches.Where(branch => branch.Kind == BranchKind.Equilibria).Select(branch => branch.Points.Select(point => (point.Drive, point.Unstable))), middle)
                && !IsStable(cycles.Found.Select(Stability), middle))
            {
                yield return middle;
            }
        }
    }

    private static double[] Ends(FoundCycles found) =>
        [found.Start.Point?.Drive ?? found.Start.Drive ?? found.Points[0].Drive, found.End.Point?.Drive ?? found.End.Drive ?? found.Points[^1].Drive];

    // As far as the limits that cycles approach.
    private static IEnumerable<(double Drive, int Unstable)> Stability(FoundCycles found) =>
        found.Points.Select(point => (point.Drive, point.Unstable)).Prepend((Ends(found)[0], found.Points[0].Unstable)).Append((Ends(found)[1], found.Points[^1].Unstable));

    private static bool IsStable(IEnumerable<IEnumerable<(double Drive, int Unstable)>> branches, double drive) =>
        branches.Any(branch => branch.Zip(branch.Skip(1)).Any(pair => pair.First.Unstable == 0 && pair.Second.Unstable == 0
            && Math.Min(pair.First.Drive, pair.Second.Drive) <= drive && drive <= Math.Max(pair.First.Drive, pair.Second.Drive)));

    /// <summary>The starts of all curves; of each one after the other, since a branch says which further ones are needed.</summary>
    private sealed class Queue : ICycleTasks
    {
        private readonly Queue<CurveCycles> _ready;
        private readonly Dictionary<CycleStart, CurveCycles> _followed = new(ReferenceEqualityComparer.Instance);

        public Queue(IEnumerable<CurveCycles> curves) => _ready = new Queue<CurveCycles>(curves);

        public bool TryTake(out CycleStart start)
        {
            while (_ready.TryDequeue(out CurveCycles? curve))
            {
                if (curve.Next() is { } next)
                {
                    _followed.Add(start = next, curve);
                    return true;
                }
            }

            start = null!;
            return false;
        }

        public void Finish(CycleStart start, CycleBranch branch)
        {
            _followed.Remove(start, out CurveCycles? curve);
            curve!.Take(start, branch);
            _ready.Enqueue(curve);
        }
    }
}
