using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>
/// The numbers of the points that are being integrated side by side: one column per lane, in rows of <see cref="Lanes"/> that follow each other in one
/// piece of memory. Variable <c>i</c> of lane <c>j</c> is at <c>[i * Lanes + j]</c> of its block of rows. Lanes 0 to active − 1 are in use.
/// </summary>
/// <remarks>Small enough to stay in the first cache; the number of lanes is the same at every register width.</remarks>
internal sealed class LaneTile
{
    /// <summary>Lanes side by side: eight registers of eight, so that their independent steps overlap in the processor.</summary>
    public const int Lanes = 64;

    /// <summary>Index of a row of single numbers.</summary>
    public const int TimeRow = 0, LimitRow = 1, LastTimeRow = 2, NextStepRow = 3, SmallestStepRow = 4, LargestStepRow = 5, StepRow = 6, EndTimeRow = 7,
        ControlledStepRow = 8, StageTimeRow = 9, EndThresholdRow = 10, PeakedRow = 11, WatchedRow = 12, IntegralRow = 13, StepsRow = 14, RejectedRow = 15,
        HappenedRow = 16, TrappedRow = 17, LastSpikeRow = 18, RestTimeRow = 19, FittingStepRow = 20, FirstTimeRow = 21, StiffnessCheckRow = 22, CarriedRow = 23,
        ErrorsRow = 24, OtherErrorsRow = 25, ChangesRow = 26, RefractoryRow = 27;

    /// <summary>Bits of a true mask element.</summary>
    public static readonly double True = BitConverter.Int64BitsToDouble(-1);

    // A register that straddles two lines of the cache takes two reads.
    private const int CacheLine = 64;

    private readonly double[] _memory;
    private readonly int _first;
    private readonly int _events;

    /// <summary>Makes an empty tile.</summary>
    /// <param name="states">Number of state variables.</param>
    /// <param name="parameters">Number of swept parameters.</param>
    /// <param name="stages">Blocks of rows for the method's stages: the first has the derivatives at the start of the step, the last those at its end.</param>
    /// <param name="events">Number of events.</param>
    public LaneTile(int states, int parameters, int stages, int events = 0)
    {
        (States, Parameters, _events) = (states, parameters, events);
        ConditionRow = RefractoryRow + 1 + events;
        ArmedRow = ConditionRow + events;
        ParameterRow = ArmedRow + events;
        StateRow = ParameterRow + parameters;
        EndStateRow = StateRow + states;
        SlopeRow = EndStateRow + states;
        EndSlopeRow = SlopeRow + (stages - 1) * states;
        int spare = CacheLine / sizeof(double);
        _memory = GC.AllocateArray<double>((SlopeRow + stages * states) * Lanes + spare, pinned: true);
        long address = Marshal.UnsafeAddrOfPinnedArrayElement(_memory, 0);
        _first = (int)(-address & (CacheLine - 1)) / sizeof(double);
    }

    /// <summary>Number of state variables.</summary>
    public int States { get; }

    /// <summary>Number of swept parameters.</summary>
    public int Parameters { get; }

    /// <summary>The first row of the events' conditions.</summary>
    public int ConditionRow { get; }

    /// <summary>The first row of the events that are armed.</summary>
    public int ArmedRow { get; }

    /// <summary>The first row of the swept parameters.</summary>
    public int ParameterRow { get; }

    /// <summary>The first row of the state.</summary>
    public int StateRow { get; }

    /// <summary>The first row of the state at the end of the step.</summary>
    public int EndStateRow { get; }

    /// <summary>The first row of the stages' derivatives, one block of states after the other.</summary>
    public int SlopeRow { get; }

    /// <summary>The first row of the derivatives at the end of the step.</summary>
    public int EndSlopeRow { get; }

    /// <summary>Row 0 of lane 0, for loops over the tile.</summary>
    public ref double Origin => ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_memory), _first);

    /// <summary>Time at the start of the step [s].</summary>
    public Span<double> Time => Rows(TimeRow);

    /// <summary>Time that the step must not pass [s].</summary>
    public Span<double> Limit => Rows(LimitRow);

    /// <summary>The equations jump just before this time, and their derivatives are evaluated no earlier [s].</summary>
    public Span<double> FirstTime => Rows(FirstTimeRow);

    /// <summary>The equations jump just after this time, and no stage is evaluated later [s].</summary>
    public Span<double> LastTime => Rows(LastTimeRow);

    /// <summary>Step that the error control asks for [s].</summary>
    public Span<double> NextStep => Rows(NextStepRow);

    /// <summary>A step below this is a failure [s].</summary>
    public Span<double> SmallestStep => Rows(SmallestStepRow);

    /// <summary>No step is longer [s].</summary>
    public Span<double> LargestStep => Rows(LargestStepRow);

    /// <summary>Step that is being tried [s], also cut short at <see cref="Limit"/>.</summary>
    public Span<double> Step => Rows(StepRow);

    /// <summary>Time at the end of the step [s].</summary>
    public Span<double> EndTime => Rows(EndTimeRow);

    /// <summary>Step that the error control asks for after the step being tried [s].</summary>
    public Span<double> ControlledStep => Rows(ControlledStepRow);

    /// <summary>Time of the stage [s].</summary>
    public Span<double> StageTime => Rows(StageTimeRow);

    /// <summary>The spike condition's function at the end of the step; a spike is its upward zero crossing.</summary>
    public Span<double> EndThreshold => Rows(EndThresholdRow);

    /// <summary>Mask of the lanes whose voltage has passed a maximum above threshold and not yet come down again.</summary>
    public Span<double> Peaked => Rows(PeakedRow);

    /// <summary>Mask of the lanes that want attention after every accepted step.</summary>
    public Span<double> Watched => Rows(WatchedRow);

    /// <summary>Integral of the voltage over the time since it was last set to zero, where <see cref="TileStepper.Problem"/> asks for it.</summary>
    public Span<double> Integral => Rows(IntegralRow);

    /// <summary>Steps tried since the point was loaded.</summary>
    public Span<double> Steps => Rows(StepsRow);

    /// <summary>Steps among these that were too long.</summary>
    public Span<double> Rejected => Rows(RejectedRow);

    /// <summary>Time of the last spike with a reset, of the start where there was none [s].</summary>
    public Span<double> LastSpike => Rows(LastSpikeRow);

    /// <summary>Time before which a lane that hardly moves wants no attention [s].</summary>
    public Span<double> RestTime => Rows(RestTimeRow);

    /// <summary>The step whose error would have been what is allowed, of the last step that was accepted; infinite where there was none [s].</summary>
    public Span<double> FittingStep => Rows(FittingStepRow);

    /// <summary>After so many steps the lane wants attention, to be looked at for stiffness.</summary>
    public Span<double> StiffnessCheck => Rows(StiffnessCheckRow);

    /// <summary>Masks of the lanes that are refractory: after the spike, then after each event, shape [1 + events × Lanes].</summary>
    public Span<double> Refractory => Rows(RefractoryRow, 1 + _events);

    /// <summary>The functions of the events' conditions at the end of the step, shape [events × Lanes].</summary>
    public Span<double> EndConditions => Rows(ConditionRow, _events);

    /// <summary>Masks of the lanes where the condition of the event has been false since it happened last, shape [events × Lanes].</summary>
    public Span<double> Armed => Rows(ArmedRow, _events);

    /// <summary>Values of the swept parameters, shape [parameters × Lanes].</summary>
    public Span<double> Parameter => Rows(ParameterRow, Parameters);

    /// <summary>State at the start of the step, shape [states × Lanes].</summary>
    public Span<double> State => Rows(StateRow, States);

    /// <summary>State at the end of the step, shape [states × Lanes].</summary>
    public Span<double> EndState => Rows(EndStateRow, States);

    /// <summary>Derivatives at the start of the step, which are those of the first stage, shape [states × Lanes].</summary>
    public Span<double> Derivatives => Stage(0);

    /// <summary>Derivatives at the end of the step, shape [states × Lanes].</summary>
    public Span<double> EndDerivatives => Rows(EndSlopeRow, States);

    /// <summary>Derivatives of stage <paramref name="stage"/>, shape [states × Lanes].</summary>
    public Span<double> Stage(int stage) => Rows(SlopeRow + stage * States, States);

    /// <summary>Some rows, one after the other.</summary>
    /// <param name="first">The first of them.</param>
    /// <param name="count">How many.</param>
    public Span<double> Rows(int first, int count = 1) => _memory.AsSpan(_first + first * Lanes, count * Lanes);

    /// <summary>Moves what lane <paramref name="from"/> carries from one step to the next into lane <paramref name="to"/>.</summary>
    public void Move(int from, int to)
    {
        // Rows of single numbers, parameters and the state follow each other, but for what a step computes anew; copying that, too, harms nothing.
        for (int at = 0; at < EndStateRow * Lanes; at += Lanes)
        {
            Copy(at);
        }

        for (int i = 0; i < States; i++)
        {
            Copy((SlopeRow + i) * Lanes);
        }

        void Copy(int at) => _memory[_first + at + to] = _memory[_first + at + from];
    }
}
