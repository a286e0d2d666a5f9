using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>What kind of quantity a measure is; it decides the unit of its column.</summary>
public enum MeasureKind
{
    /// <summary>A rate, in Hz.</summary>
    Rate,

    /// <summary>A time, in ms.</summary>
    Time,

    /// <summary>A membrane potential, in mV; in the state's own unit where the model's "voltage" is no voltage.</summary>
    Voltage,

    /// <summary>A number of events.</summary>
    Count,

    /// <summary>A number without unit.</summary>
    Ratio,

    /// <summary>A membrane potential per drive: in MOhm or kOhm*cm^2 where it is a resistance, else in the voltage's unit per unit of the drive's axis.</summary>
    Impedance,

    /// <summary>A value of the drive, in the unit of its axis.</summary>
    Drive,

    /// <summary>A rate per drive, in Hz per unit of the drive's axis.</summary>
    Gain,

    /// <summary>A word out of a list.</summary>
    Text,

    /// <summary>Whether something is so.</summary>
    Flag,
}

/// <summary>A column that the simulation fills: its name, meaning and where its definition comes from.</summary>
/// <param name="Name">Name of the column.</param>
/// <param name="Kind">Kind of quantity.</param>
/// <param name="Definition">What it is, with its formula, and when it is NULL.</param>
/// <param name="Source">Where the definition comes from.</param>
public sealed record Measure(string Name, MeasureKind Kind, string Definition, string Source)
{
    // How it follows from what became of a point, in SI units; null for columns that are filled otherwise.
    internal Func<PointAnswer, double>? Value { get; init; }

    /// <summary>The unit that the column holds; null for counts and texts, which have none.</summary>
    /// <param name="model">The model.</param>
    /// <param name="driveUnit">Unit of the drive's axis.</param>
    public Unit? UnitFor(ModelDefinition model, Unit driveUnit) => Kind switch
    {
        MeasureKind.Rate => Parse("Hz"),
        MeasureKind.Time => Parse("ms"),
        MeasureKind.Voltage => VoltageUnit(model),
        MeasureKind.Ratio => Unit.One,
        MeasureKind.Impedance => ImpedanceUnit(VoltageUnit(model), driveUnit),
        MeasureKind.Drive => driveUnit,
        MeasureKind.Gain => Parse(GainText(driveUnit.Text)),
        _ => null,
    };

    private static string GainText(string drive) =>
        drive.Length == 0 ? "Hz" : drive.AsSpan().ContainsAny('*', '/') ? $"Hz/({drive})" : $"Hz/{drive}";

    private static Unit ImpedanceUnit(Unit voltage, Unit drive)
    {
        Dimension dimension = voltage.Dimension / drive.Dimension;
        Unit total = Parse("MOhm"), specific = Parse("kOhm*cm^2");
        return total.Dimension == dimension ? total
            : specific.Dimension == dimension ? specific
            : drive.Text.Length == 0 ? voltage : Parse($"{(voltage.Text.Length == 0 ? "1" : $"({voltage.Text})")}/({drive.Text})");
    }

    private static Unit VoltageUnit(ModelDefinition model)
    {
        Unit state = model.States[TileSimulation.VoltageIndex(model)].Unit, mV = Parse("mV");
        return state.Dimension == mV.Dimension ? mV : state;
    }

    private static Unit Parse(string text) => Unit.Parse(text) ?? throw new InvalidOperationException($"No unit '{text}'.");
}
