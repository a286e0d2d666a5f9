using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// The numbers of the points that are being integrated side by side: one column per lane, structure of arrays, variable
/// <c>i</c> of lane <c>j</c> at <c>[i * Lanes + j]</c>. Lanes 0 to active − 1 are in use.
/// </summary>
/// <remarks>Small enough to stay in the first cache; the number of lanes is the same at every register width.</remarks>
internal sealed class LaneTile(int states, int parameters, int events = 0)
{
    /// <summary>Lanes side by side: eight registers of eight, so that their independent steps overlap in the processor.</summary>
    public const int Lanes = 64;

    /// <summary>Bits of a true mask element.</summary>
    public static readonly double True = BitConverter.Int64BitsToDouble(-1);

    /// <summary>Number of state variables.</summary>
    public int States { get; } = states;

    /// <summary>Number of swept parameters.</summary>
    public int Parameters { get; } = parameters;

    /// <summary>Time at the start of the step [s].</summary>
    public double[] Time { get; } = new double[Lanes];

    /// <summary>Time that the step must not pass [s].</summary>
    public double[] Limit { get; } = new double[Lanes];

    /// <summary>Step that the error control asks for [s].</summary>
    public double[] NextStep { get; } = new double[Lanes];

    /// <summary>A step below this is a failure [s].</summary>
    public double[] SmallestStep { get; } = new double[Lanes];

    /// <summary>No step is longer [s].</summary>
    public double[] LargestStep { get; } = new double[Lanes];

    /// <summary>Step that is being tried [s], also cut short at <see cref="Limit"/>.</summary>
    public double[] Step { get; } = new double[Lanes];

    /// <summary>Time at the end of the step [s].</summary>
    public double[] EndTime { get; } = new double[Lanes];

    /// <summary>Step that the error control asks for after the step being tried [s].</summary>
    public double[] ControlledStep { get; } = new double[Lanes];

    /// <summary>State at the start of the step.</summary>
    public double[] State { get; } = new double[states * Lanes];

    /// <summary>State of the stage; after the last stage, the state at the end of the step.</summary>
    public double[] EndState { get; } = new double[states * Lanes];

    /// <summary>Derivatives of the stages, one block of states after the other.</summary>
    public double[] Derivatives { get; } = new double[DormandPrince.Stages * states * Lanes];

    /// <summary>Values of the swept parameters.</summary>
    public double[] Parameter { get; } = new double[Math.Max(parameters, 1) * Lanes];

    /// <summary>Time of the stage [s].</summary>
    public double[] StageTime { get; } = new double[Lanes];

    /// <summary>The spike condition's function at the end of the step; a spike is its upward zero crossing.</summary>
    public double[] EndThreshold { get; } = new double[Lanes];

    /// <summary>Masks of the lanes that are refractory: after the spike, then after each event, shape [1 + events × Lanes].</summary>
    public double[] Refractory { get; } = new double[(1 + events) * Lanes];

    /// <summary>The functions of the events' conditions at the end of the step, shape [events × Lanes].</summary>
    public double[] EndConditions { get; } = new double[events * Lanes];

    /// <summary>Masks of the lanes where the condition of the event has been false since it happened last, shape [events × Lanes].</summary>
    public double[] Armed { get; } = new double[events * Lanes];

    /// <summary>The equations jump just after this time, and no stage is evaluated later [s].</summary>
    public double[] LastTime { get; } = new double[Lanes];

    /// <summary>Mask of the lanes whose voltage has passed a maximum above threshold and not yet come down again.</summary>
    public double[] Peaked { get; } = new double[Lanes];

    /// <summary>Mask of the lanes that want attention after every accepted step.</summary>
    public double[] Watched { get; } = new double[Lanes];

    /// <summary>Integral of the voltage over the time since it was last set to zero, where <see cref="TileStepper.Problem"/> asks for it.</summary>
    public double[] Integral { get; } = new double[Lanes];

    /// <summary>Steps tried since the point was loaded.</summary>
    public double[] Steps { get; } = new double[Lanes];

    /// <summary>Derivatives of stage <paramref name="stage"/>, shape [states × Lanes].</summary>
    public Span<double> Stage(int stage) => Derivatives.AsSpan(stage * States * Lanes, States * Lanes);

    /// <summary>Moves what lane <paramref name="from"/> carries from one step to the next into lane <paramref name="to"/>.</summary>
    public void Move(int from, int to)
    {
        foreach (double[] row in (ReadOnlySpan<double[]>)[Time, Limit, LastTime, NextStep, SmallestStep, LargestStep, Refractory, Peaked, Watched, Integral, Steps])
        {
            row[to] = row[from];
        }

        for (int i = 0; i < States; i++)
        {
            State[i * Lanes + to] = State[i * Lanes + from];
            Derivatives[i * Lanes + to] = Derivatives[i * Lanes + from];
        }

        for (int e = 0; e < events; e++)
        {
            Refractory[(e + 1) * Lanes + to] = Refractory[(e + 1) * Lanes + from];
            Armed[e * Lanes + to] = Armed[e * Lanes + from];
        }

        for (int k = 0; k < Parameters; k++)
        {
            Parameter[k * Lanes + to] = Parameter[k * Lanes + from];
        }
    }
}
