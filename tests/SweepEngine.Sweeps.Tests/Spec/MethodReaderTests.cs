using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>The keys <c>method</c> and <c>dt</c> of sweeps in fixed steps.</summary>
public sealed class MethodReaderTests
{
    private const string File = """
        sweep: clock
        model: lif_adapt
        grid:
          g_adapt: {values: [0 nS, 2 nS]}
          I_app: {linspace: [0 pA, 600 pA, 7]}
        drive: I_app
        stimulus: {step: {duration: 500 ms}}
        measure: [fi]
        method: euler
        dt: 0.1 ms

        """;

    [Theory]
    [InlineData("euler", IntegrationMethod.Euler)]
    [InlineData("exponential_euler", IntegrationMethod.ExponentialEuler)]
    public void A_method_of_fixed_steps_computes_the_points(string word, IntegrationMethod method)
    {
        SweepSpec spec = Sweeps.Read(File.Replace("euler", word, StringComparison.Ordinal));
        Assert.Equal((method, 1e-4), (spec.Method, spec.FixedStep));
        PointTable points = new ShardComputation(spec, new SweepIdentity(spec)).Probe(0, 14, CancellationToken.None)!;
        Assert.All(points.Method, found => Assert.Equal(word, found));
        Assert.All(points.Status, status => Assert.Equal(PointStatus.Ok, status));
        Assert.Equal([0.0, 0, 0, 1, 1, 1, 1], points.Rate[..7].Select(rate => rate > 0 ? 1.0 : 0));
    }

    [Fact]
    public void Method_and_step_belong_to_the_identity()
    {
        string[] files = [File, File.Replace("euler", "exponential_euler", StringComparison.Ordinal), File.Replace("0.1 ms", "0.05 ms", StringComparison.Ordinal),
            File.Replace("method: euler\ndt: 0.1 ms\n", "", StringComparison.Ordinal)];
        Assert.Equal(4, files.Select(file => new SweepIdentity(Sweeps.Read(file)).ContentHash).Distinct().Count());
        Assert.Equal(new SweepIdentity(Sweeps.Read(File)).ContentHash, new SweepIdentity(Sweeps.Read(File.Replace("0.1 ms", "100 us", StringComparison.Ordinal))).ContentHash);
    }

    [Theory]
    [InlineData("method: euler", "method: exponential-euler",
        "f:9:9: there is no such method: found 'exponential-euler', allowed euler, exponential_euler, rk4\n    next step: did you mean 'exponential_euler'?\n"
        + "f:10:5: the model lif_adapt has no white noise, so its steps follow from the tolerance\n    next step: leave dt out, or add a method of fixed steps: euler, exponential_euler, rk4")]
    [InlineData("dt: 0.1 ms", "", "f:9:9: the method euler makes fixed steps, and dt is missing\n    next step: add dt, such as dt: 0.01 ms")]
    [InlineData("dt: 0.1 ms", "dt: 0 ms", "f:10:5: dt does not fit: found '0 ms', allowed above 0 s")]
    [InlineData("method: euler", "", "f:10:5: the model lif_adapt has no white noise, so its steps follow from the tolerance\n    next step: leave dt out, or add a method of fixed steps: euler, exponential_euler, rk4")]
    [InlineData("method: euler", "method: rk4", "")]
    [InlineData("measure: [fi]", "measure: [fi, traces]\ntraces: {every: 1 ms}",
        "f:10:9: methods of fixed steps do not measure traces: found 'euler'\n    next step: leave out method, or traces")]
    [InlineData("measure: [fi]", "measure: [fi]\ntolerance: 1e-5",
        "f:9:12: the error of euler follows from dt, and there is no rheobase that the tolerance could be for: found '1e-5'\n    next step: leave tolerance out")]
    [InlineData("measure: [fi]", "measure: [fi, rheobase]\ntolerance: 1e-5", "")]
    public void What_does_not_fit_is_said(string line, string instead, string expected)
    {
        Findings findings = new();
        SweepSpecReader.Read(File.Replace(line, instead, StringComparison.Ordinal), "f", findings);
        Assert.Equal(expected, findings.ToString().TrimEnd());
    }
}
