namespace SweepEngine.Equations.Tests;

public class DirectionalCodeTests
{
    private const string Model = """
        model: forms
        parameters:
          a: {default: 2}
        states:
          x: {unit: 1, start: 0.3}
          z: {unit: 1, start: -0.2}
        equations: |
          dx/dt = (x^3*z - a*exp(x)*z^2)/(1 s)
          dz/dt = (sin(x*z) + x)/(1 s)
        """;

    [Fact]
    public void Forms_are_the_derivatives_of_the_equations_along_lines()
    {
        ModelCode code = ModelCode.Compile(Read(), new Dictionary<string, double>(), ["a"]);
        DirectionalCode forms = code.CompileDirectional();
        const double x = 0.7, z = -0.4, a = 1.5;
        double[] u = [0.3, -1.1], v = [0.8, 0.2], w = [-0.5, 0.6], result = new double[2];

        forms.First.Evaluate([0], [x, z], [a, .. u], result, 1, 0, 1);
        Assert.Equal(((3 * x * x * z - a * Math.Exp(x) * z * z) * u[0]) + ((x * x * x - 2 * a * Math.Exp(x) * z) * u[1]), result[0], 1e-14);
        Assert.Equal(((Math.Cos(x * z) * z + 1) * u[0]) + (Math.Cos(x * z) * x * u[1]), result[1], 1e-14);

        forms.Second.Evaluate([0], [x, z], [a, .. u, .. v], result, 1, 0, 1);
        double xx = 6 * x * z - a * Math.Exp(x) * z * z, xz = 3 * x * x - 2 * a * Math.Exp(x) * z, zz = -2 * a * Math.Exp(x);
        Assert.Equal((xx * u[0] * v[0]) + (xz * (u[0] * v[1] + u[1] * v[0])) + (zz * u[1] * v[1]), result[0], 1e-14);

        forms.Third.Evaluate([0], [x, z], [a, .. u, .. v, .. w], result, 1, 0, 1);
        double xxx = 6 * z - a * Math.Exp(x) * z * z, xxz = 6 * x - 2 * a * Math.Exp(x) * z, xzz = -2 * a * Math.Exp(x);
        double third = (xxx * u[0] * v[0] * w[0])
            + (xxz * (u[0] * v[0] * w[1] + u[0] * v[1] * w[0] + u[1] * v[0] * w[0]))
            + (xzz * (u[0] * v[1] * w[1] + u[1] * v[0] * w[1] + u[1] * v[1] * w[0]));
        Assert.Equal(third, result[0], 1e-14);
    }

    [Fact]
    public void Directions_may_have_components_of_parameters()
    {
        ModelCode code = ModelCode.Compile(Read(), new Dictionary<string, double>(), ["a"]);
        DirectionalCode forms = code.CompileDirectional("a");
        const double x = 0.7, z = -0.4, a = 1.5, u = -0.8, v = 0.6;
        double[] result = new double[2];

        // Along a alone, then along x alone: -∂²(a e^x z²)/∂a∂x.
        forms.Second.Evaluate([0], [x, z], [a, 0, 0, u, v, 0, 0], result, 1, 0, 1);
        Assert.Equal(-u * v * Math.Exp(x) * z * z, result[0], 1e-14);
        Assert.Equal(0, result[1], 1e-14);
    }

    [Fact]
    public void Fourth_and_fifth_forms_go_on()
    {
        ModelCode code = ModelCode.Compile(Read(), new Dictionary<string, double>(), ["a"]);
        DirectionalCode forms = code.CompileDirectional();
        const double x = 0.7, z = -0.4, a = 1.5;
        double[] alongX = [1, 0], alongZ = [0, 1], result = new double[2];

        // ∂⁴/∂x³∂z: 6 - 2 a e^x z, and of sin(x z): sin(xz) x z³ - 3 cos(xz) z².
        forms.Fourth.Evaluate([0], [x, z], [a, .. alongX, .. alongX, .. alongZ, .. alongX], result, 1, 0, 1);
        Assert.Equal(6 - (2 * a * Math.Exp(x) * z), result[0], 1e-13);
        Assert.Equal((Math.Sin(x * z) * x * z * z * z) - (3 * Math.Cos(x * z) * z * z), result[1], 1e-13);

        // ∂⁵/∂x⁵.
        forms.Fifth.Evaluate([0], [x, z], [a, .. alongX, .. alongX, .. alongX, .. alongX, .. alongX], result, 1, 0, 1);
        Assert.Equal(-a * Math.Exp(x) * z * z, result[0], 1e-13);
        Assert.Equal(Math.Cos(x * z) * Math.Pow(z, 5), result[1], 1e-13);
    }

    private static ModelDefinition Read()
    {
        var findings = new Findings();
        ModelDefinition? model = ModelReader.Read(Model, "forms.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        return model;
    }
}
