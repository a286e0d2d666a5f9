namespace SweepEngine.Bifurcation;

/// <summary>From where branches to follow come, and where they go to; called from one thread.</summary>
public interface ICycleTasks
{
    /// <summary>The next start, if there is one now.</summary>
    /// <param name="start">The start.</param>
    /// <returns>False when there is none now; finished branches may lead to further ones.</returns>
    bool TryTake(out CycleStart start);

    /// <summary>Takes a finished branch. The order depends on how branches are computed; the branches do not.</summary>
    /// <param name="start">Its start.</param>
    /// <param name="branch">The branch.</param>
    void Finish(CycleStart start, CycleBranch branch);
}

/// <summary>Follows branches of limit cycles, many side by side in lanes.</summary>
public sealed class CycleContinuation
{
    private const int AtOnce = 64;

    // So few cycles of a mesh are computed one after the other, each with all lanes.
    private const int FewAtOnce = 2;

    private readonly SmoothSystem _system;
    private readonly CycleSettings _settings;
    private readonly CycleNormalForms _forms;
    private readonly int _width;
    private readonly Dictionary<(int Intervals, bool IsFull), CycleTile> _tiles = [];
    private readonly SortedDictionary<int, Queue<CycleFollower>> _waiting = [];

    /// <summary>Prepares. One object serves one thread.</summary>
    /// <param name="system">The model.</param>
    /// <param name="settings">How far branches are followed.</param>
    /// <param name="width">Lanes: 8, 4 or 1; that of the model's code by default. The results do not depend on it.</param>
    public CycleContinuation(SmoothSystem system, CycleSettings settings, int? width = null)
    {
        (_system, _settings, _width, _forms) = (system, settings, width ?? system.Code.LaneWidth, new(system));
    }

    /// <summary>Steps of Newton's method so far, those of all branches added.</summary>
    public long Iterations { get; private set; }

    /// <summary>Follows branches until there is none left.</summary>
    /// <param name="queue">The branches.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public void Run(ICycleTasks queue, CancellationToken cancellation = default)
    {
        while (true)
        {
            // As many as may fill the lanes, whatever meshes they need; not all, since each takes memory.
            Fill(queue, AtOnce - _waiting.Sum(each => each.Value.Count));
            if (_waiting.Count == 0)
            {
                return;
            }

            // The fullest ones first, so that lanes are not empty.
            (int intervals, Queue<CycleFollower> waiting) = _waiting.MaxBy(each => each.Value.Count);
            CycleTile tile = Tile(intervals, waiting.Count > FewAtOnce);
            CycleFollower?[] lanes = new CycleFollower?[tile.Cycles];
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                Refill(tile, lanes, lane);
            }

            while (Array.Exists(lanes, each => each is not null))
            {
                cancellation.ThrowIfCancellationRequested();
                tile.Iterate();
                for (int lane = 0; lane < lanes.Length; lane++)
                {
                    if (lanes[lane] is { } follower && Step(tile, lane, follower) is CycleVerdict.Leave)
                    {
                        lanes[lane] = null;
                        if (follower.Branch is { } branch)
                        {
                            Iterations += follower.Iterations;
                            queue.Finish(follower.Start, branch);
                        }
                        else
                        {
                            Wait(follower);
                        }

                        if (follower.Branch is not null)
                        {
                            Fill(queue, 1);
                        }

                        Refill(tile, lanes, lane);
                    }
                }
            }
        }
    }

    private static CycleVerdict Step(CycleTile tile, int lane, CycleFollower follower)
    {
        CycleVerdict verdict = follower.Judge(tile.Change[lane]);
        if (verdict is CycleVerdict.Take)
        {
            verdict = follower.Take(tile, lane);
        }

        if (verdict is CycleVerdict.Restart)
        {
            tile.Load(lane, follower.Guess);
        }

        return verdict;
    }

    private void Fill(ICycleTasks queue, int most)
    {
        for (int i = 0; i < most && queue.TryTake(out CycleStart start); i++)
        {
            Wait(new(_system, start, _settings, _forms));
        }
    }

    private void Wait(CycleFollower follower)
    {
        if (!_waiting.TryGetValue(follower.Intervals, out Queue<CycleFollower>? waiting))
        {
            _waiting.Add(follower.Intervals, waiting = new());
        }

        waiting.Enqueue(follower);
    }

    private void Refill(CycleTile tile, CycleFollower?[] lanes, int lane)
    {
        if (!_waiting.TryGetValue(tile.Intervals, out Queue<CycleFollower>? waiting))
        {
            return;
        }

        CycleFollower follower = waiting.Dequeue();
        if (waiting.Count == 0)
        {
            _waiting.Remove(tile.Intervals);
        }

        lanes[lane] = follower;
        tile.SetCurve(lane, follower.Start.Parameters, _settings.LowestDrive, _settings.HighestDrive - _settings.LowestDrive);
        tile.Load(lane, follower.Guess);
    }

    private CycleTile Tile(int intervals, bool isFull)
    {
        if (!_tiles.TryGetValue((intervals, isFull), out CycleTile? tile))
        {
            _tiles.Add((intervals, isFull), tile = isFull ? CycleTile.Make(_system, intervals, _width) : CycleTile.Single(_system, intervals, _width));
        }

        return tile;
    }
}
