namespace SweepEngine.Equations.Tests;

/// <summary>Closed forms are functions of the model language.</summary>
public class ClosedFormCallTests
{
    private const string Concentrations = """
          c_out: {default: 4 mM}
          c_in: {default: 155 mM}
          T: {default: 310 K}
        """;

    [Fact]
    public void A_model_can_call_a_closed_form()
    {
        ModelDefinition model = Samples.Read(Marked.Model("E_K = nernst(c_out, c_in, 1, T)\ndV_m/dt = g_L*(E_K - V_m)/C_m") + "\n" + Concentrations);
        double E_K = ClosedForms.Find("nernst")!.Evaluate(new Dictionary<string, double>())[0];
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), []);
        double[] derivative = new double[1];
        code.Derivatives.Evaluate([0], [-50e-3], [], derivative, 1, 0, 1);
        Assert.Equal(10e-9 * (E_K - -50e-3) / 100e-12, derivative[0], 1e-12);
    }

    [Fact]
    public void Several_results_are_several_functions()
    {
        ModelDefinition model = Samples.Read(Marked.Model("dV_m/dt = (end_plate_mean(k, 0.5, E_L, 0) - V_m)/tau*(1 - end_plate_failures(k, 0.5, 1 mV, 0))"));
        Assert.Equal(["F", "end_plate_failures", "end_plate_mean"], model.Functions.Select(function => function.Name));
    }

    [Fact]
    public void Names_of_the_model_mean_nothing_inside_of_a_closed_form()
    {
        // T and c_in are names of its arguments, R and F of its constants; here they are other things, some of them made of its result.
        const string equations = "T = 2*k\nR = 5 mV\nc_in = nernst(c_o, c_i, T - 1, temperature) + R\ndV_m/dt = (c_in - V_m)/tau + F(k)*0 mV/ms";
        ModelDefinition model = Samples.Read(Marked.Model(equations) + """

              c_o: {default: 4 mM}
              c_i: {default: 155 mM}
              temperature: {default: 310 K}
            """);
        Interpreter interpreter = new(new Dictionary<string, double>
        {
            ["k"] = 1,
            ["c_o"] = 4,
            ["c_i"] = 155,
            ["temperature"] = 310,
            ["V_m"] = 0,
            ["tau"] = 20e-3,
        });
        double expected = (ClosedForms.Find("nernst")!.Evaluate(new Dictionary<string, double>())[0] + 5e-3) / 20e-3;
        Assert.Equal(expected, interpreter.Evaluate(model.Inline(model.States[0].Derivative)), 1e-13);
    }

    [Fact]
    public void A_function_of_the_model_goes_before_the_closed_form_of_that_name()
    {
        ModelDefinition model = Samples.Read(Marked.Model("nernst(y) = 2*y\ndV_m/dt = (nernst(E_L) - V_m)/tau"));
        Assert.Equal(["F", "nernst"], model.Functions.Select(function => function.Name));
        Assert.Equal(["F(z) = z^2", "nernst(y) = 2*y"], model.Functions.Select(function => function.ToString()));
    }

    [Fact]
    public void What_a_model_computes_is_in_its_canonical_text()
    {
        string plain = Samples.Read(Marked.Model("dV_m/dt = -V_m/tau")).CanonicalText;
        Assert.DoesNotContain("thermal_voltage", plain, StringComparison.Ordinal);
        Assert.Contains("thermal_voltage(T) = 8.31446261815324 J/(K*mol)*T/(96485.33212331001 C/mol)\n",
            Samples.Read(Marked.Model("dV_m/dt = (thermal_voltage(300 K) - V_m)/tau")).CanonicalText, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_of_closed_forms_have_dimensions() => Marked.Check(
        Marked.Model("dV_m/dt = (nernst(▶tau, 1 mM, 1, ▶300) - V_m)/tau"),
        "the argument c_out of 'nernst' has the wrong dimension: found time, allowed a concentration such as mM or uM",
        "the argument T of 'nernst' has the wrong dimension: found dimensionless, allowed a temperature such as K\n    next step: give the number a unit, as in 300 K");

    [Fact]
    public void Results_of_closed_forms_have_dimensions() => Marked.Check(
        Marked.Model("dV_m/dt = ▶thermal_voltage(300 K)"), "dV_m/dt has the wrong dimension: found voltage");

    [Fact]
    public void A_closed_form_wants_all_its_arguments() => Marked.Check(
        Marked.Model("dV_m/dt = (▶nernst(1 mM, 2 mM) - V_m)/tau"), "'nernst' has the wrong number of arguments: found 2, allowed 4");

    [Fact]
    public void A_value_of_the_model_hides_the_closed_form_of_that_name() => Marked.Check(
        Marked.Model("ghk = 2 mV\ndV_m/dt = (ghk▶(300 K) - V_m)/tau"), "'ghk' is an intermediate, not a function");

    [Fact]
    public void A_misspelt_closed_form_is_recognised() => Marked.Check(
        Marked.Model("dV_m/dt = (▶nerst(1 mM, 2 mM, 1, 300 K) - V_m)/tau"), "did you mean 'nernst'?");

    [Theory]
    [InlineData("x = 1 mV\n  dy/dt = 1/ms", "x: {unit: mV, summary: s}", "a closed form has no derivatives")]
    [InlineData("x = a*2", "x: {unit: ms, summary: s}", "x has the wrong dimension: found voltage, allowed a time")]
    [InlineData("x = z\n  z = a", "x: {unit: mV, summary: s}", "there is no such name in this model: found 'z'")]
    [InlineData("x = a", "y: {unit: mV, summary: s}", "the result y has no equation")]
    [InlineData("x = a", "x: {unit: mX, summary: s}", "the unit of x is not known")]
    [InlineData("R = a", "R: {unit: mV, summary: s}", "the name 'R' is taken")]
    [InlineData("x = sqrt(a)", "x: {unit: mV, summary: s}", "x has the wrong dimension")]
    public void A_wrong_file_of_a_closed_form_is_refused(string equations, string results, string message)
    {
        Findings findings = new();
        string yaml = $"closed_form: c\nsummary: s\nsource: s\nequations: |\n  {equations}\nresults:\n  {results}\nparameters:\n  a: {{default: 1 mV, summary: s}}\n";
        Assert.Null(ClosedFormReader.Read(yaml, "c.yaml", findings));
        Assert.Contains(message, findings.ToString(), StringComparison.Ordinal);
    }
}
