using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// The random numbers that a program reads as rows behind the swept parameters. Each is a function of seed, point, stream and a count
/// within the stream, so that it depends on no other point, order or lane.
/// </summary>
internal static class RandomDraws
{
    /// <summary>Stream of the draws in start values.</summary>
    public const ushort StartStream = 1000;

    /// <summary>Stream of the draws at spikes.</summary>
    public const ushort SpikeStream = 1001;

    /// <summary>Stream of the draws at the first event of the model; each event has its own.</summary>
    public const ushort EventStream = 1002;

    /// <summary>Most trials of a binomial number.</summary>
    public const int MostTrials = 10_000;

    // Successes are counted for so many trials at a time: (1/2)^1000 is still a number of full precision.
    private const int TrialsAtOnce = 1000;

    /// <summary>Draws the numbers of one happening.</summary>
    /// <param name="draws">Which.</param>
    /// <param name="time">Time [s], shape [1].</param>
    /// <param name="state">State before; empty where it is not defined yet.</param>
    /// <param name="parameters">Swept parameters, and room for the numbers behind them.</param>
    /// <param name="swept">Number of swept parameters.</param>
    /// <param name="words">The stream.</param>
    /// <returns>False when the arguments of a distribution are out of its range.</returns>
    public static bool TryDraw(
        DrawCode draws, ReadOnlySpan<double> time, ReadOnlySpan<double> state, Span<double> parameters, int swept, ref RandomWords words)
    {
        if (draws.Count == 0)
        {
            return true;
        }

        Span<double> arguments = draws.Arguments is null ? [] : new double[draws.Arguments.OutputCount];
        draws.Arguments?.Evaluate(time, state, parameters, arguments, 1, 0, 1);
        int next = 0;
        for (int k = 0; k < draws.Count; k++)
        {
            double number;
            switch (draws.Kinds[k])
            {
                case RandomKind.Uniform:
                    number = Philox.Uniform(words.Next().First);
                    break;
                case RandomKind.Normal:
                    number = Philox.NormalPair(words.Next()).Cosine;
                    break;
                default:
                    double trials = arguments[next++], probability = arguments[next++];
                    if (!(trials >= 0 && trials <= MostTrials && trials == Math.Floor(trials) && probability >= 0 && probability <= 1))
                    {
                        return false;
                    }

                    number = Binomial((int)trials, probability, ref words);
                    break;
            }

            parameters[swept + k] = number;
        }

        return true;
    }

    private static int Binomial(int trials, double probability, ref RandomWords words)
    {
        bool mirrored = probability > 0.5;
        double p = mirrored ? 1 - probability : probability;
        int successes = 0;
        for (int left = trials; left > 0; left -= TrialsAtOnce)
        {
            successes += Successes(Math.Min(left, TrialsAtOnce), p, Philox.Uniform(words.Next().First));
        }

        return mirrored ? trials - successes : successes;
    }

    // The least k with P(X ≤ k) ≥ uniform: the probabilities of 0, 1, 2 … successes are taken off one after the other.
    private static int Successes(int trials, double p, double uniform)
    {
        double q = 1 - p, odds = p / q, probability = 1;
        for (int factor = 0; factor < trials; factor++)
        {
            probability *= q;
        }

        int k = 0;
        while (uniform > probability && k < trials)
        {
            uniform -= probability;
            k++;
            probability *= odds * (trials - k + 1) / k;
        }

        return k;
    }
}

/// <summary>A stream of random words of one point.</summary>
/// <param name="seed">Seed of the sweep.</param>
/// <param name="key">Index of the point in the grid.</param>
/// <param name="stream">The stream.</param>
/// <param name="count">How many pairs of words were taken from it before.</param>
internal ref struct RandomWords(long seed, long key, ushort stream, ref long count)
{
    private readonly ref long _count = ref count;

    /// <summary>The next two words.</summary>
    public readonly (ulong First, ulong Second) Next() => Philox.Draw(seed, key, stream, _count++);
}
