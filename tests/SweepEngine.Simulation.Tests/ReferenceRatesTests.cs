using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>Rates and spike features against those of tests/reference, computed in quadruple precision by other methods.</summary>
public class ReferenceRatesTests
{
    // Measure, its column in the table (without and with the unit) and how many units of the column an SI unit is.
    private static readonly (string Measure, string Column, string Unit, double Scale)[] Features =
    [
        ("rate", "rate", "_Hz", 1),
        ("spike_count", "spike_count", "", 1),
        ("mean_frequency", "mean_frequency", "_Hz", 1),
        ("time_to_first_spike", "time_to_first_spike", "_ms", 1e3),
        ("inv_first_ISI", "first_ISI", "_ms", 1e3),
        ("inv_last_ISI", "last_ISI", "_ms", 1e3),
        ("ISI_CV", "ISI_CV", "", 1),
        ("adaptation_index2", "adaptation_index2", "", 1),
        ("minimum_voltage", "minimum_voltage", "_mV", 1e3),
        ("maximum_voltage", "maximum_voltage", "_mV", 1e3),
    ];

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-3)]
    [InlineData(1e-4)]
    [InlineData(1e-6)]
    [InlineData(1e-8)]
    [InlineData(1e-10)]
    public void Adapting_neuron_agrees_to_the_tolerance(double tolerance)
    {
        var table = new ReferenceTable("lif_adapt.csv");
        ModelCode code = Neuron.Code("lif_adapt", ["I_app", "g_adapt", "tau_ref"]);
        double[] parameters =
        [
            .. table.Rows.SelectMany(row => new[]
            {
                Neuron.SI($"{row.Text("I_app_pA")} pA"), Neuron.SI($"{row.Text("g_adapt_nS")} nS"), Neuron.SI($"{row.Text("tau_ref_ms")} ms"),
            }),
        ];
        Compare(table, code, new FISettings("I_app", new StepStimulus(2), tolerance), parameters);
    }

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-3)]
    [InlineData(1e-4)]
    [InlineData(1e-6)]
    [InlineData(1e-8)]
    public void Hodgkin_Huxley_agrees_to_the_tolerance(double tolerance)
    {
        var table = new ReferenceTable("hodgkin_huxley.csv");
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app", "g_Na", "g_K", "E_L"]);
        double[] parameters =
        [
            .. table.Rows.SelectMany(row => new[]
            {
                Neuron.SI($"{row.Text("J_uA_per_cm2")} uA/cm^2"), Neuron.SI($"{row.Text("g_Na_mS_per_cm2")} mS/cm^2"),
                Neuron.SI($"{row.Text("g_K_mS_per_cm2")} mS/cm^2"), Neuron.SI($"{row.Text("E_L_mV")} mV"),
            }),
        ];
        Compare(table, code, new FISettings("I_app", new StepStimulus(0.5), tolerance), parameters);
    }

    [Theory]
    [InlineData(1e-2)]
    [InlineData(1e-3)]
    [InlineData(1e-4)]
    [InlineData(1e-6)]
    [InlineData(1e-8)]
    public void FitzHugh_Nagumo_agrees_to_the_tolerance(double tolerance)
    {
        var table = new ReferenceTable("fitzhugh_nagumo.csv");
        // One unit of dimensionless time is a second here, so numbers compare as they are.
        ModelCode code = Neuron.Code("fitzhugh_nagumo", ["I"], ("tau", "1 s"));
        double[] parameters = [.. table.Rows.Select(row => row["I"])];
        Compare(table, code, new FISettings("I", new StepStimulus(1000), tolerance), parameters);
    }

    [Fact]
    public void Hodgkin_Huxley_at_8_uA_per_cm2_has_the_proved_period()
    {
        // 16.00771280383(8) ms: hh-dynamics, doi:10.5281/zenodo.23047046 (computer-assisted proof).
        ModelCode code = Neuron.Code("hodgkin_huxley", ["I_app"]);
        var kernel = new FIKernel(code, new FISettings("I_app", new StepStimulus(0.5), 1e-9));
        double period_ms = 1e3 / kernel.Points([Neuron.SI("8 uA/cm^2")], []).Rate[0];
        Assert.InRange(period_ms / 16.007712803838, 1 - 1e-8, 1 + 1e-8);
    }

    private static void Compare(ReferenceTable table, ModelCode code, FISettings settings, double[] parameters)
    {
        PointTable points = new FIKernel(code, settings).Points(parameters, []);
        var wrong = new List<string>();
        for (int i = 0; i < table.Rows.Count; i++)
        {
            ReferenceTable.Row row = table.Rows[i];
            if (points.Status[i] != PointStatus.Ok)
            {
                wrong.Add($"{row}: {points.Status[i].Text()}");
            }

            foreach ((string measure, string column, string unit, double scale) in Features)
            {
                bool dimensionless = table.Has(column);
                double factor = dimensionless ? 1 : scale;
                double found = points.Of(measure, i);
                found = measure.StartsWith("inv", StringComparison.Ordinal) ? factor / found : factor * found;
                Check(wrong, row, measure, found, row[dimensionless ? column : column + unit], settings.Tolerance);
            }
        }

        Assert.True(wrong.Count == 0, $"{wrong.Count} differences:\n{string.Join('\n', wrong.Take(30))}");
    }

    // Relative, and absolute where the expected number is below 1: so stands the tolerance in the documentation.
    private static void Check(List<string> wrong, ReferenceTable.Row row, string measure, double found, double expected, double tolerance)
    {
        bool right = double.IsNaN(expected) ? double.IsNaN(found) : Math.Abs(found - expected) <= tolerance * Math.Max(1, Math.Abs(expected));
        if (!right)
        {
            wrong.Add($"{measure} {found:R} for {expected:R} ({Math.Abs(found / expected - 1):E1}) in {row}");
        }
    }
}
