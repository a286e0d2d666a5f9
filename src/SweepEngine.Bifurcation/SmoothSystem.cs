using MathNet.Numerics;
using SweepEngine.Equations;

namespace SweepEngine.Bifurcation;

/// <summary>
/// A model whose state moves smoothly, dy/dt = f(y, p), as all searches for equilibria, cycles and their bifurcations see it. May be used from several threads.
/// </summary>
/// <remarks>
/// States and parameters are in SI units, as in <see cref="ModelCode"/>. Norms, directions and normal forms are over states divided by <see cref="Scale"/> (mV, 1, …), so that
/// coefficients are those of the literature and no variable is lost beside another; the time stays in seconds.
/// </remarks>
public sealed class SmoothSystem
{
    private readonly Lazy<DirectionalCode> _directional;
    private readonly Lazy<LaneProgram> _driveSlopes;
    private readonly Lazy<JacobianCode> _jacobian;
    private readonly Lazy<SteadyCode?> _steady;

    // Threads have curves of their own; several for one small matrix would wait for each other.
    static SmoothSystem() => Control.UseSingleThread();

    /// <summary>Takes a model; what is derived from it is compiled when it is first used.</summary>
    /// <param name="code">The model; the drive is among its swept parameters.</param>
    /// <param name="drive">Name of the drive.</param>
    /// <exception cref="ArgumentException">The drive is not swept, or <see cref="Hindrance"/> is not null.</exception>
    public SmoothSystem(ModelCode code, string drive)
        : this(code, drive, Hindrance(code.Model))
    {
    }

    private SmoothSystem(ModelCode code, string drive, string? hindrance)
    {
        if (hindrance is not null)
        {
            throw new ArgumentException(hindrance, nameof(code));
        }

        Drive = code.Swept.ToList().IndexOf(drive);
        if (Drive < 0)
        {
            throw new ArgumentException($"The drive {drive} is not among the swept parameters.", nameof(drive));
        }

        Code = code;
        Scale = [.. code.Model.States.Select(state => state.Unit.ToSI(1))];
        Voltage = code.Model.Voltage is { } voltage ? code.Model.StateIndex(voltage) : 0;
        DriveScale = code.Model.Parameter(drive)!.Unit.ToSI(1);
        _jacobian = new(code.CompileJacobian);
        _driveSlopes = new(() => code.CompileParameterSlopes(drive));
        _directional = new(() => code.CompileDirectional());
        _steady = new(() => SteadyForm.Of(code.Model, drive) is { } form ? SteadyCode.Compile(code, form) : null);
    }

    /// <summary>
    /// The equations of a model with a reset as if it had none: of what is found in them only that below threshold is the model's.
    /// </summary>
    /// <param name="code">The model; the drive is among its swept parameters.</param>
    /// <param name="drive">Name of the drive.</param>
    /// <exception cref="ArgumentException">The drive is not swept, or <see cref="TrainDiagram.Hindrance"/> is not null.</exception>
    public static SmoothSystem Subthreshold(ModelCode code, string drive) => new(code, drive, TrainDiagram.Hindrance(code.Model));

    /// <summary>Why a model is not smooth: a reset, an event, noise, or equations that depend on time.</summary>
    /// <param name="model">The model.</param>
    /// <returns>A sentence, or null when the model is smooth.</returns>
    public static string? Hindrance(ModelDefinition model)
    {
        if (model.Spike is { } spike && (spike.Reset.Count > 0 || spike.RefractoryFor is not null))
        {
            return $"The model {model.Name} is reset after a spike.";
        }

        if (model.Events.Count > 0)
        {
            return $"The model {model.Name} has events.";
        }

        if (model.Noises.Count > 0)
        {
            return $"The model {model.Name} has white noise.";
        }

        return model.States.Any(state => Linearity.Depends(model.Inline(state.Derivative), "t")) ? $"The equations of {model.Name} depend on time." : null;
    }

    /// <summary>The model.</summary>
    public ModelCode Code { get; }

    /// <summary>Number of states.</summary>
    public int Dimension => Scale.Count;

    /// <summary>Index of the membrane potential among the states; 0 where the model names none.</summary>
    public int Voltage { get; }

    /// <summary>Index of the drive among the swept parameters.</summary>
    public int Drive { get; }

    /// <summary>One display unit of each state [SI].</summary>
    public IReadOnlyList<double> Scale { get; }

    /// <summary>One display unit of the drive [SI].</summary>
    public double DriveScale { get; }

    /// <summary>∂f/∂y.</summary>
    public JacobianCode Jacobian => _jacobian.Value;

    /// <summary>∂f/∂drive, an output per state.</summary>
    public LaneProgram DriveSlopes => _driveSlopes.Value;

    /// <summary>D f(u), D²f(u, v), D³f(u, v, w).</summary>
    public DirectionalCode Directional => _directional.Value;

    /// <summary>The equilibria as an explicit curve; null where the texts do not show one.</summary>
    public SteadyCode? Steady => _steady.Value;
}
