namespace SweepEngine.Equations.Tests;

public sealed class SteadyFormTests
{
    private static SteadyForm? Solve(string equations, string states, string? voltage = null) => SteadyForm.Of(Samples.Read($$"""
        model: made
        {{(voltage is null ? "" : $"voltage: {voltage}")}}
        equations: |
        {{string.Join('\n', equations.Split("; ").Select(line => $"  {line}"))}}
        states: { {{string.Join(", ", states.Split(' ').Select(name => $"{name}: {{start: 0, unit: 1}}"))}} }
        parameters: {I: {default: 0}, k: {default: 2} }
        """), "I");

    private static double At(SteadyForm form, Expression expression, double master, double k = 2) => new Interpreter(new Dictionary<string, double>
    {
        [form.Model.States[form.Master].Name] = master,
        ["k"] = k,
    }).Evaluate(expression);

    [Fact]
    public void Gates_are_solved_for_themselves_and_the_membrane_for_the_drive()
    {
        SteadyForm form = Solve("dv/dt = (I - m^3*v)/s; dm/dt = (exp(v)*(1 - m) - 2*m)/s", "v m")!;
        Assert.Equal(0, form.Master);
        double m = Math.Exp(0.3) / (Math.Exp(0.3) + 2);
        Assert.Equal(m, At(form, form.StateAt(1), 0.3), 15);
        Assert.Equal(m * m * m * 0.3, At(form, form.DriveAt, 0.3), 15);
    }

    [Fact]
    public void The_voltage_is_preferred_as_master()
    {
        Assert.Equal(1, Solve("dw/dt = (v - w)/s; dv/dt = (I - w - v)/s", "w v", voltage: "v")!.Master);
        Assert.Equal(0, Solve("dw/dt = (v - w)/s; dv/dt = (I - w - v)/s", "w v", voltage: "w")!.Master);
    }

    // The drive acts on u, the nonlinearity of v can only be known over v: u from the equation of v, then the drive from that of u.
    [Fact]
    public void A_second_compartment_gives_the_potential_of_the_first()
    {
        SteadyForm form = Solve("du/dt = (I - exp(u) + k*(v - u))/s; dv/dt = (k*(u - v) - exp(v))/s", "u v", voltage: "u")!;
        Assert.Equal(1, form.Master);
        double u = 0.4 + (Math.Exp(0.4) / 2);
        Assert.Equal(u, At(form, form.StateAt(0), 0.4), 15);
        Assert.Equal(Math.Exp(u) - (2 * (0.4 - u)), At(form, form.DriveAt, 0.4), 14);
    }

    [Fact]
    public void Chains_are_eliminated_one_by_one()
    {
        // Occupancies of a channel with three states, the third of them what the others leave.
        SteadyForm form = Solve("dv/dt = (I - a*v)/s; da/dt = (exp(v)*b - (3 + k)*a)/s; db/dt = (3*a + k*(1 - a - b) - exp(v)*b)/s", "v a b")!;
        double e = Math.Exp(0.3), a = At(form, form.StateAt(1), 0.3), b = At(form, form.StateAt(2), 0.3);
        Assert.Equal(0, (e * b) - (5 * a), 15);
        Assert.Equal(0, (3 * a) + (2 * (1 - a - b)) - (e * b), 15);
        Assert.Equal(a * 0.3, At(form, form.DriveAt, 0.3), 15);
    }

    [Theory]
    [InlineData("dv/dt = (I - v + exp(v - w))/s; dw/dt = (v - w - exp(w - v))/s", "v w")] // neither is explicit in the other
    [InlineData("dv/dt = (I^3 - v)/s", "v")] // the drive is not linear
    [InlineData("dv/dt = (k - v)/s", "v")] // there is none
    [InlineData("dv/dt = (I - abs(w) - v)/s; dw/dt = (abs(w) + abs(v) - w)/s", "v w")] // corners are not linear
    public void Where_the_text_does_not_show_a_curve_there_is_none(string equations, string states) => Assert.Null(Solve(equations, states));
}
