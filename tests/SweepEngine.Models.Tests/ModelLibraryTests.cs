using SweepEngine.Equations;

namespace SweepEngine.Models.Tests;

/// <summary>Every model of the library can be read, says what it is, and stands on numbers from outside.</summary>
public class ModelLibraryTests
{
    public static TheoryData<string> Names => [.. ModelLibrary.Names];

    [Theory]
    [MemberData(nameof(Names))]
    public void Every_model_names_its_source_and_explains_its_symbols(string name)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        Assert.Equal(name, model.Name);
        Assert.NotEmpty(model.Summary);
        Assert.Matches("[12][0-9]{3}", model.Source);
        Assert.All(model.Parameters, parameter => Assert.NotEmpty(parameter.Summary));
        Assert.All(model.States, state => Assert.NotEmpty(state.Summary));
        Assert.NotNull(model.Voltage);
    }

    [Fact]
    public void A_name_that_is_not_in_the_library_finds_nothing()
    {
        Assert.Null(ModelLibrary.Find("hodgkin_huxly"));
        Assert.Contains("hodgkin_huxley", ModelLibrary.Names);
        Assert.Throws<ArgumentException>(() => ModelLibrary.Text("hodgkin_huxly"));
    }

    [Theory]
    // Hopf points, proved to all digits: hh-dynamics, doi:10.5281/zenodo.23047046. u is the depolarisation from −65 mV.
    [InlineData(5.3458563970045945, 9.7754379953931264)]
    [InlineData(21.941907987016174, 154.5224336658080)]
    public void Hodgkin_Huxley_needs_the_proved_currents_for_equilibrium(double u_mV, double current_uA_per_cm2)
    {
        ModelDefinition model = ModelLibrary.Find("hodgkin_huxley")!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app"]);
        double V_m = (-65 + u_mV) * 1e-3;

        // The start values of the gates are their steady states at the start of V_m.
        double Gate(string name)
        {
            Expression steady = model.States[model.StateIndex(name)].Start;
            return new Interpreter(new Dictionary<string, double>(Defaults(model)) { ["V_m"] = V_m }).Evaluate(model.Inline(steady));
        }

        double[] state = [V_m, Gate("m"), Gate("h"), Gate("n")], derivatives = new double[4];
        code.Derivatives.Evaluate([0], state, [current_uA_per_cm2 * 1e-2], derivatives, 1, 0, 1);
        Assert.All(derivatives[1..], derivative => Assert.InRange(Math.Abs(derivative), 0, 1e-10)); // 1/s, of rates up to 10^4

        // The slope of the steady current is about 1 mS/cm^2 times some; 1e-12 relative of the current is its accuracy here.
        double imbalance_uA_per_cm2 = derivatives[0] * 0.01 * 1e2;
        Assert.InRange(Math.Abs(imbalance_uA_per_cm2), 0, 1e-11 * current_uA_per_cm2);
    }

    [Theory]
    // v² = 1 − 0.064 (trace of the Jacobian zero), analytic; drives as in the project's reference numbers.
    [InlineData(-1, 0.33128133745475)]
    [InlineData(1, 1.4187186625453)]
    public void FitzHugh_Nagumo_has_its_Hopf_points_where_analysis_puts_them(int sign, double drive)
    {
        ModelDefinition model = ModelLibrary.Find("fitzhugh_nagumo")!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I"]);
        double v = sign * Math.Sqrt(1 - 0.064), w = (v + 0.7) / 0.8;
        var derivatives = new double[2];
        code.Derivatives.Evaluate([0], [v, w], [drive], derivatives, 1, 0, 1);
        Assert.All(derivatives, derivative => Assert.InRange(Math.Abs(derivative), 0, 1e-9)); // per second, of rates of 10^3

        Expression[] trace = [.. model.States.Select(state => SymbolicDerivative.Of(model.Inline(state.Derivative), state.Name))];
        var diagonal = new double[2];
        code.CompileExpressions(trace).Evaluate([0], [v, w], [drive], diagonal, 1, 0, 1);
        Assert.Equal(0, diagonal.Sum(), 1e-9);
    }

    [Fact]
    public void Integrate_and_fire_neurons_differ_only_in_the_adaptation_conductance()
    {
        ModelDefinition lif = ModelLibrary.Find("lif")!, adapting = ModelLibrary.Find("lif_adapt")!;
        double[] parameters = [350e-12];
        var one = new double[1];
        var two = new double[2];
        foreach (double V_m in new[] { -80e-3, -65e-3, -50e-3 })
        {
            ModelCode.Compile(lif, Same(), ["I_app"]).Derivatives.Evaluate([0], [V_m], parameters, one, 1, 0, 1);
            ModelCode.Compile(adapting, Same(), ["I_app"]).Derivatives.Evaluate([0], [V_m, 0], parameters, two, 1, 0, 1);
            Assert.Equal(one[0], two[0], 1e-12);
        }

        static Dictionary<string, double> Same() => new() { ["E_L"] = -72e-3 };
    }

    private static Dictionary<string, double> Defaults(ModelDefinition model) =>
        model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.Default.SI);
}
