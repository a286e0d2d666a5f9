using SweepEngine.Equations;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>Sweeps of models from .ode files.</summary>
public sealed class OdeModelTests : IDisposable
{
    private const string Ode = "X'=(i-x)/tau\nu'=-u\npar i=0,tau=10\n@ total=5\n";
    private const string Event = "global 1 x-1 {x=0}\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    [Fact]
    public void A_file_with_an_event_needs_nothing_else()
    {
        SweepSpec spec = Read("./neuron.ode", Ode + Event, out Findings findings)!;
        Assert.Equal("neuron", spec.Model.Name);
        Assert.Equal("X > 1", spec.Model.Spike!.When.ToString());
        Assert.Equal("neuron.ode:4:3", Short(findings.Notes.Single().Place));
    }

    [Fact]
    public void The_sweep_file_can_say_what_a_spike_is_what_the_voltage_is_and_what_time_counts_in()
    {
        SweepSpec spec = Read("{ode: neuron.ode, time: s, voltage: u, spike: {when: X > tau/10, reset: u += 1, refractory: {for: 2 ms, hold: [X]}}}", Ode, out _)!;
        Assert.Equal("X > tau/10", spec.Model.Spike!.When.ToString());
        Assert.Equal("u = u + 1", spec.Model.Spike.Reset.Single().ToString());
        Assert.Equal("u", spec.Model.Voltage);
        Assert.Equal("dX/dt = 1 Hz*((i - X)/tau)", spec.Model.States[0].ToString());
        SweepSpec milliseconds = Read("{ode: neuron.ode, voltage: u, spike: {when: X > tau/10, reset: u += 1, refractory: {for: 2 ms, hold: [X]}}}", Ode, out _)!;
        Assert.NotEqual(new SweepIdentity(spec).ContentHash, new SweepIdentity(milliseconds).ContentHash);
    }

    [Theory]
    [InlineData("./neuron.ode", Ode, "sweep.yaml:2:8: the model neuron has no spike rule, so it has no f–I curve\n    next step: write model: {ode: the file, spike: {when: v > 0}}, or write measure: [response]")]
    [InlineData("{ode: neuron.ode}", Ode, "sweep.yaml:2:8: the model neuron has no spike rule")]
    [InlineData("{ode: neuron.ode, spike: {when: x > 1}}", Ode, "sweep.yaml:2:40: there is no such name in this model: found 'x'\n    next step: did you mean 'X'?")]
    [InlineData("{ode: neuron.ode, spike: {when: X > 1 mV}}", Ode, "the two sides of '>' have different dimensions")]
    [InlineData("{ode: neuron.ode, time: h, spike: {when: X > 1}}", Ode, "sweep.yaml:2:32: the unit of time does not fit: found 'h', allowed s, ms, us")]
    [InlineData("{ode: neuron.ode, voltage: w, spike: {when: X > 1}}", Ode, "sweep.yaml:2:35: what is the voltage must be a state: found 'w', allowed X, u")]
    [InlineData("{ode: neuron.ode, spikes: {when: X > 1}}", Ode, "sweep.yaml:2:26: the model has an unknown key: found 'spikes', allowed ode, time, voltage, spike")]
    [InlineData("{ode: [neuron.ode]}", Ode, "sweep.yaml:2:14: ode has no valid value: found a list, allowed a text")]
    [InlineData("{ode: none.ode}", Ode, "there is no such file")]
    [InlineData("neuron.ode", Ode + Event + "special k=conv(even,3,1,w,X)\n", "neuron.ode:6:1: this line is not supported")]
    public void What_is_wrong_is_reported_at_its_place(string model, string ode, string expected)
    {
        Assert.Null(Read(model, ode, out Findings findings));
        Assert.Contains(expected, findings.ToString().Replace(_folder.FullName + Path.DirectorySeparatorChar, "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void The_schema_knows_models_from_ode_files()
    {
        string[] texts = [Sweep("./neuron.ode"), Sweep("neuron.ode"), Sweep("{ode: neuron.ode, time: s, spike: {when: X > 1}}"), Sweep("{ode: neuron.ode, spikes: 1}")];
        string[][] errors = AjvValidator.Errors(SweepSchema.Json(), texts);
        Assert.All(errors[..3], Assert.Empty);
        Assert.NotEmpty(errors[3]);
    }

    [Fact]
    public void A_machine_that_is_sent_the_texts_reads_the_same_sweep_and_no_file_of_its_own()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "steps.tab"), "3\n0\n2\n1\n4\n9\n");
        SweepSpec here = Read("./neuron.ode", "table f steps.tab\n" + Ode.Replace("u'=-u", "u'=f(x)-u", StringComparison.Ordinal) + Event, out Findings findings)!;
        string sweep = Path.Combine(_folder.FullName, "sweep.yaml");
        Assert.Equal(["neuron.ode", "steps.tab", "sweep.yaml"], findings.Texts.Keys.Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));

        foreach (FileInfo file in _folder.EnumerateFiles()) file.Delete();
        var sent = new Findings(findings.Texts);
        SweepSpec there = SweepSpecReader.ReadFile(sweep, sent)!;
        Assert.Equal(new SweepIdentity(here).ContentHash, new SweepIdentity(there).ContentHash);

        File.WriteAllText(Path.Combine(_folder.FullName, "neuron.ode"), Ode + Event);
        var lacking = new Findings(new Dictionary<string, string> { [sweep] = findings.Texts[sweep] });
        Assert.Null(SweepSpecReader.ReadFile(sweep, lacking));
        Assert.Contains("there is no such file", lacking.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static string Sweep(string model) =>
        $"sweep: ode\nmodel: {model}\ngrid: {{i: {{linspace: [0, 5, 6]}}}}\ndrive: i\nstimulus: {{step: {{duration: 1 s}}}}\n";

    private static string Short(TextPlace place) => $"{Path.GetFileName(place.File)}:{place.Line}:{place.Column}";

    private SweepSpec? Read(string model, string ode, out Findings findings)
    {
        findings = new Findings();
        File.WriteAllText(Path.Combine(_folder.FullName, "neuron.ode"), ode);
        string path = Path.Combine(_folder.FullName, "sweep.yaml");
        File.WriteAllText(path, Sweep(model));
        return SweepSpecReader.ReadFile(path, findings);
    }
}
