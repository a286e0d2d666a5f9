namespace SweepEngine.Simulation;

/// <summary>What a kernel did, counted. It says how much work a result took, and decides no bit of it. An instance serves one thread.</summary>
public sealed class KernelCounters
{
    /// <summary>Steps that integrators tried, of points that are done.</summary>
    public long Steps { get; internal set; }

    /// <summary>Those of <see cref="Steps"/> whose error was too large, and which were tried again with a shorter step.</summary>
    public long RejectedSteps { get; internal set; }

    /// <summary>Zeros located on the dense output: spikes, events, and turns of the voltage.</summary>
    public long Roots { get; internal set; }

    /// <summary>How often a function was evaluated to locate <see cref="Roots"/>.</summary>
    public long RootIterations { get; internal set; }

    /// <summary>Lanes of registers that a step of an integrator was computed in.</summary>
    public long Lanes { get; internal set; }

    /// <summary>Those of <see cref="Lanes"/> that held a point.</summary>
    public long BusyLanes { get; internal set; }

    /// <summary>Adds what others counted.</summary>
    /// <param name="more">Not changed.</param>
    public void Add(KernelCounters more)
    {
        ArgumentNullException.ThrowIfNull(more);
        Steps += more.Steps;
        RejectedSteps += more.RejectedSteps;
        Roots += more.Roots;
        RootIterations += more.RootIterations;
        Lanes += more.Lanes;
        BusyLanes += more.BusyLanes;
    }

    /// <summary>Counts a step of all lanes in use.</summary>
    /// <param name="busy">How many these are.</param>
    /// <param name="width">Lanes of a register.</param>
    internal void AddStep(int busy, int width)
    {
        BusyLanes += busy;
        Lanes += (busy + width - 1) / width * width;
    }

    /// <summary>Counts a located zero.</summary>
    /// <param name="iterations">Evaluations that it took.</param>
    internal void AddRoot(int iterations)
    {
        Roots++;
        RootIterations += iterations;
    }
}
