namespace SweepEngine.Simulator;

/// <summary>How large a tiny cluster is, and how often each kind of fault may happen on one way through its states.</summary>
internal sealed record TinyPlan(Protocol.SweepShape Shape, int Workers)
{
    public int LostMessages { get; init; }

    /// <summary>Messages that arrive any time later than those sent after them.</summary>
    public int LateMessages { get; init; }

    /// <summary>Messages of which a copy arrives any time later.</summary>
    public int DoubledMessages { get; init; }

    public int WorkerCrashes { get; init; }

    public int CoordinatorCrashes { get; init; }

    /// <summary>Coordinators that another one replaces while they are paused, and that go on for two steps of time later.</summary>
    public int Replacements { get; init; }

    /// <summary>Half leases in which no worker is heard.</summary>
    public int Silences { get; init; }

    public int RottenParts { get; init; }

    /// <summary>The point at which the kernel throws; none if negative.</summary>
    public long Throwing { get; init; } = -1;

    /// <summary>The point that kills the process; none if negative.</summary>
    public long Killing { get; init; } = -1;
}

/// <summary>A state of a tiny cluster: numbers that stand for the states of its machines and for what lies between them.</summary>
internal sealed class TinyState
{
    /// <summary>What is not there.</summary>
    public const int None = -1;

    public int Terms, Coordinator = None, Deposed = None, DeposedSteps, Aggregator = None, Merging = None, Journal, Position, IsFinished, IsComplete;

    public int LostMessages, LateMessages, DoubledMessages, WorkerCrashes, CoordinatorCrashes, Replacements, Silences, RottenParts;

    /// <summary>State of each worker, what it is doing, and how often it was started.</summary>
    public int[] Workers = [], Activities = [], Starts = [];

    /// <summary>Messages under way, in the order of their channels and of sending.</summary>
    public int[] Mail = [];

    /// <summary>Messages that were overtaken, and parts in the directory; sorted.</summary>
    public int[] Late = [], Parts = [];

    /// <summary>A copy whose arrays may be replaced, but not written to.</summary>
    public TinyState Copy() => (TinyState)MemberwiseClone();

    /// <summary>128 bits that tell it from all others.</summary>
    public (ulong, ulong) Fingerprint()
    {
        ulong a = 0x9E3779B97F4A7C15, b = 0xC2B2AE3D27D4EB4F;
        ReadOnlySpan<int> numbers =
        [
            Terms, Coordinator, Deposed, DeposedSteps, Aggregator, Merging, Journal, Position, IsFinished, IsComplete,
            LostMessages, LateMessages, DoubledMessages, WorkerCrashes, CoordinatorCrashes, Replacements, Silences, RottenParts,
        ];
        foreach (int number in numbers) Mix(number);
        foreach (int[] each in (int[][])[Workers, Activities, Starts, Mail, Late, Parts])
        {
            Mix(each.Length);
            foreach (int number in each) Mix(number);
        }
        return (a, b);

        void Mix(int number)
        {
            a = ulong.RotateLeft((a ^ (uint)number) * 0xFF51AFD7ED558CCD, 31);
            b = ulong.RotateLeft((b + (uint)number) * 0xC4CEB9FE1A85EC53, 29) ^ a;
        }
    }

    /// <summary>A sorted set and one more number.</summary>
    public static int[] With(int[] numbers, int added)
    {
        int at = Array.BinarySearch(numbers, added);
        return at >= 0 ? numbers : [.. numbers[..~at], added, .. numbers[~at..]];
    }

    /// <summary>Without the number at a place.</summary>
    public static int[] Without(int[] numbers, int at) => [.. numbers[..at], .. numbers[(at + 1)..]];

    /// <summary>With another number at a place.</summary>
    public static int[] Replaced(int[] numbers, int at, int number)
    {
        int[] copy = [.. numbers];
        copy[at] = number;
        return copy;
    }
}
