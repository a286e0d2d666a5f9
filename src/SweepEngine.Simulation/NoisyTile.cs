namespace SweepEngine.Simulation;

/// <summary>
/// The numbers of the points with white noise that are being integrated side by side, as in <see cref="LaneTile"/>: variable <c>i</c> of lane
/// <c>j</c> at <c>[i * Lanes + j]</c>, lanes 0 to active − 1 are in use. Integers are in the bits of the elements.
/// </summary>
internal sealed class NoisyTile
{
    /// <summary>Lanes side by side.</summary>
    public const int Lanes = LaneTile.Lanes;

    /// <summary>Bits of a true mask element.</summary>
    public static readonly double True = LaneTile.True;

    private readonly double[][] _rows;

    /// <summary>Makes room.</summary>
    /// <param name="states">Number of state variables.</param>
    /// <param name="parameters">Number of swept parameters.</param>
    /// <param name="noise">The noise.</param>
    public NoisyTile(int states, int parameters, NoiseCode noise)
    {
        States = states;
        int entries = noise.Entries.Length, conditions = noise.Conditions.Count;
        State = Rows(states);
        EndState = Rows(states);
        Drift = Rows(states);
        EndDrift = Rows(states);
        Held = Rows(states);
        Parameter = Rows(parameters);
        Wiener = Rows(noise.Noises);
        Area = Rows(noise.Noises);
        Intensity = Rows(entries);
        EndIntensity = Rows(entries);
        Correction = Rows(noise.CorrectionEntries.Length);
        Condition = Rows(conditions);
        EndCondition = Rows(conditions);
        Variance = Rows(conditions);
        Blocked = Rows(conditions);
        Disarmed = Rows(conditions);
        Crossed = Rows(conditions);
        // What a lane carries from one step to the next.
        _rows =
        [
            Time, Limit, Point, Counter, LowestVoltage, HighestVoltage, VoltageIntegral, State, Held, Parameter, Intensity, Condition, Variance, Blocked, Disarmed,
        ];
    }

    /// <summary>Number of state variables.</summary>
    public int States { get; }

    /// <summary>Time at the start of the step [s].</summary>
    public double[] Time { get; } = Rows(1);

    /// <summary>Time that the step must not pass [s].</summary>
    public double[] Limit { get; } = Rows(1);

    /// <summary>Length of the step [s].</summary>
    public double[] Step { get; } = Rows(1);

    /// <summary>Time at the end of the step [s].</summary>
    public double[] EndTime { get; } = Rows(1);

    /// <summary>Time between them at which the drift is evaluated again [s].</summary>
    public double[] StageTime { get; } = Rows(1);

    /// <summary>Index of the point in the grid: the random numbers' address. An integer.</summary>
    public double[] Point { get; } = Rows(1);

    /// <summary>Steps made since the point was loaded: the random numbers' counter. An integer.</summary>
    public double[] Counter { get; } = Rows(1);

    /// <summary>State at the start of the step.</summary>
    public double[] State { get; }

    /// <summary>State at the end of the step.</summary>
    public double[] EndState { get; }

    /// <summary>Drift at the start of the step.</summary>
    public double[] Drift { get; }

    /// <summary>Drift of the second stage.</summary>
    public double[] EndDrift { get; }

    /// <summary>Mask of the states that are held.</summary>
    public double[] Held { get; }

    /// <summary>Values of the swept parameters.</summary>
    public double[] Parameter { get; }

    /// <summary>Increment of each noise's Wiener process W over the step [s^½].</summary>
    public double[] Wiener { get; }

    /// <summary>Mean of W − W(start) over the step, of each noise [s^½].</summary>
    public double[] Area { get; }

    /// <summary>What multiplies the noises at the start of the step, of each of <see cref="NoiseCode.Entries"/>.</summary>
    public double[] Intensity { get; }

    /// <summary>The same at the end of the step.</summary>
    public double[] EndIntensity { get; }

    /// <summary>Milstein's corrections, of each of <see cref="NoiseCode.CorrectionEntries"/>.</summary>
    public double[] Correction { get; }

    /// <summary>The functions of the spike condition and of the events' at the start of the step.</summary>
    public double[] Condition { get; }

    /// <summary>The same at the end of the step.</summary>
    public double[] EndCondition { get; }

    /// <summary>Variance per time of these functions.</summary>
    public double[] Variance { get; }

    /// <summary>Mask of the conditions that do not count while a refractory period lasts.</summary>
    public double[] Blocked { get; }

    /// <summary>Mask of the conditions that were true and must become false before they can become true again.</summary>
    public double[] Disarmed { get; }

    /// <summary>Mask of the conditions that became true within the step.</summary>
    public double[] Crossed { get; }

    /// <summary>Lowest voltage at a step's end since the segment began.</summary>
    public double[] LowestVoltage { get; } = Rows(1);

    /// <summary>Highest voltage at a step's end since the segment began.</summary>
    public double[] HighestVoltage { get; } = Rows(1);

    /// <summary>Integral of the voltage since the segment began.</summary>
    public double[] VoltageIntegral { get; } = Rows(1);

    /// <summary>Carries one lane on to the end of its step, as the stepper does it with many.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="voltage">Index of the membrane potential among the states.</param>
    public void Commit(int lane, int voltage)
    {
        double before = State[voltage * Lanes + lane], after = EndState[voltage * Lanes + lane];
        VoltageIntegral[lane] = Math.FusedMultiplyAdd(0.5 * Step[lane], before + after, VoltageIntegral[lane]);
        See(lane, after);
        Time[lane] = EndTime[lane];
        for (int at = lane; at < State.Length; at += Lanes)
        {
            State[at] = EndState[at];
        }

        for (int at = lane; at < Condition.Length; at += Lanes)
        {
            Condition[at] = EndCondition[at];
        }
    }

    /// <summary>Takes a voltage among those of which the lowest and the highest are kept.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="voltage">The voltage.</param>
    public void See(int lane, double voltage)
    {
        LowestVoltage[lane] = voltage < LowestVoltage[lane] ? voltage : LowestVoltage[lane];
        HighestVoltage[lane] = voltage > HighestVoltage[lane] ? voltage : HighestVoltage[lane];
    }

    /// <summary>Moves what lane <paramref name="from"/> carries from one step to the next into lane <paramref name="to"/>.</summary>
    public void Move(int from, int to)
    {
        foreach (double[] row in _rows)
        {
            for (int at = 0; at < row.Length; at += Lanes)
            {
                row[at + to] = row[at + from];
            }
        }
    }

    private static double[] Rows(int count) => new double[Math.Max(count, 1) * Lanes];
}
