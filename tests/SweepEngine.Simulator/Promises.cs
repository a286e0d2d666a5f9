using SweepEngine.Protocol;

namespace SweepEngine.Simulator;

/// <summary>What must hold in every state, seen from what coordinators write down.</summary>
internal sealed class Promises
{
    private readonly Dictionary<long, long> _lastGrant = [];
    private readonly Dictionary<Epoch, CurveRange> _open = [];

    /// <summary>No two grants have the same epoch, and no coordinator gives a curve to two workers at a time.</summary>
    /// <exception cref="SimulationFailure">One of them does not hold.</exception>
    public void Check(JournalRecord entry)
    {
        switch (entry)
        {
            case JournalRecord.Attempted { Epoch: var epoch, Curves: var curves }:
                if (epoch.Grant <= _lastGrant.GetValueOrDefault(epoch.Term)) throw new SimulationFailure($"there are two grants {epoch}");
                _lastGrant[epoch.Term] = epoch.Grant;
                foreach (var (other, held) in _open)
                    if (other.Term == epoch.Term && held.First < curves.End && curves.First < held.End)
                        throw new SimulationFailure($"grant {epoch} gives {curves} away while {other} holds {held}");
                _open.Add(epoch, curves);
                break;
            case JournalRecord.Ended ended:
                _open.Remove(ended.Epoch);
                break;
        }
    }
}
