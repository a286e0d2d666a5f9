using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests.Spec;

public sealed class SweepSpecReaderTests
{
    [Fact]
    public void A_sweep_file_becomes_a_spec()
    {
        SweepSpec spec = Sweeps.Read(Sweeps.Adaptation);
        Assert.Equal("atlas", spec.Name);
        Assert.Equal("lif_adapt", spec.Model.Name);
        Assert.Equal(["g_adapt", "tau_ref", "I_app"], spec.Swept);
        Assert.Equal(101 * 21 * 2, spec.Grid.PointCount);
        Assert.Equal(1e-6, spec.Tolerance);
        Assert.Equal(SweepMeasures.FI | SweepMeasures.Rheobase, spec.Measures);
        Assert.Equal("tau_sra = 200 ms", string.Join(", ", spec.Parameters.Select(each => $"{each.Key} = {each.Value}")));
        Assert.Equal(0.2, spec.FixedSI["tau_sra"]);
        Assert.Equal(100e-12, spec.FixedSI["C_m"]);
        Assert.Equal(spec.Model.Parameters.Count, spec.FixedSI.Count + spec.Swept.Count);
        Assert.Equal(new ExecutionSpec(), spec.Execution);
    }

    [Fact]
    public void The_step_begins_at_once_and_rests_at_zero_unless_the_file_says_otherwise()
    {
        Stimulus step = Sweeps.Read(Sweeps.Adaptation).Stimulus;
        Assert.Equal(new StepStimulus(2, 0, 0, 0), step);
        step = Sweeps.Read(Sweeps.Adaptation.Replace("duration: 2 s", "duration: 500 ms, delay: 0.1 s, after: 50 ms, base: -0.1 nA", StringComparison.Ordinal)).Stimulus;
        Assert.Equal(new StepStimulus(0.5, 0.1, 0.05, -0.1e-9), step);
    }

    [Fact]
    public void Defaults_are_those_that_the_keys_state()
    {
        string shortest = string.Join('\n', Sweeps.Adaptation.Split('\n').Where(line => !line.StartsWith("measure", StringComparison.Ordinal)
            && !line.StartsWith("tolerance", StringComparison.Ordinal) && !line.StartsWith("seed", StringComparison.Ordinal)));
        string stated = string.Join('\n', ((string[])["measure", "tolerance", "seed"]).Select(name =>
            $"{name}: {SweepKeys.File.Single(key => key.Name == name).Default}"));
        Assert.Equal(new SweepIdentity(Sweeps.Read($"{shortest}\n{stated}")).CanonicalText, new SweepIdentity(Sweeps.Read(shortest)).CanonicalText);
        string step = string.Join(", ", SweepKeys.Step.Where(key => key.Default is not null && key.Name != "base").Select(key => $"{key.Name}: {key.Default}"));
        Assert.Equal(new SweepIdentity(Sweeps.Read(shortest)).CanonicalText,
            new SweepIdentity(Sweeps.Read(shortest.Replace("2 s}", $"2 s, {step}}}", StringComparison.Ordinal))).CanonicalText);
    }

    [Fact]
    public void The_drive_is_innermost_wherever_it_stands_and_zipped_axes_share_a_level()
    {
        SweepSpec spec = Sweeps.Read("""
            sweep: zipped
            model: lif_adapt
            grid:
              I_app: {arange: [0 pA, 30 pA, 10 pA]}
              C_m: {values: [50 pF, 100 pF]}
              zip:
                - {E_K: {linspace: [-90 mV, -80 mV, 2]}, E_L: {values: [-70 mV, -60 mV]}}
                - {V_th: {values: [-50 mV, -49 mV]}, V_reset: {values: [-80 mV, -79 mV]}}
              g_L: {logspace: [1 nS, 100 nS, 3]}
            drive: I_app
            stimulus: {step: {duration: 1 s}}
            """);
        Assert.Equal("C_m | E_K E_L | V_th V_reset | g_L | I_app",
            string.Join(" | ", spec.Grid.Groups.Select(group => string.Join(' ', group.Select(axis => axis.Parameter)))));
        Assert.Equal(2 * 2 * 2 * 3 * 3, spec.Grid.PointCount);
    }

    [Fact]
    public void A_model_may_stand_inside_of_the_file_or_in_one_beside_it()
    {
        const string model = "{model: leaky, equations: dV/dt = (I - V)/tau, spike: {when: V > 1}, states: {V: {start: 0, unit: 1}}, parameters: {tau: {default: 10 ms}, I: {default: 0}}}";
        const string sweep = """
            sweep: own
            model: MODEL
            grid: {I: {values: [1, 2]}}
            drive: I
            stimulus: {step: {duration: 1 s}}
            """;
        SweepSpec inline = Sweeps.Read(sweep.Replace("MODEL", model, StringComparison.Ordinal));
        DirectoryInfo folder = Directory.CreateTempSubdirectory();
        try
        {
            File.WriteAllText(Path.Combine(folder.FullName, "leaky.yaml"), model);
            string path = Path.Combine(folder.FullName, "sweep.yaml");
            File.WriteAllText(path, sweep.Replace("MODEL", "./leaky.yaml", StringComparison.Ordinal));
            Findings findings = new();
            SweepSpec beside = SweepSpecReader.ReadFile(path, findings)!;
            Assert.Equal(new SweepIdentity(inline).ContentHash, new SweepIdentity(beside).ContentHash);

            File.WriteAllText(Path.Combine(folder.FullName, "leaky.yaml"), model.Replace("I - V", "I - W", StringComparison.Ordinal));
            Assert.Null(SweepSpecReader.ReadFile(path, findings));
            Assert.All(findings.All, finding => Assert.Equal(Path.Combine(folder.FullName, "leaky.yaml"), finding.Place.File));

            File.WriteAllBytes(path, [0x61, 0x3a, 0x20, 0xff]);
            findings = new();
            Assert.Null(SweepSpecReader.ReadFile(path, findings));
            Assert.Equal($"{path}:1:1: the file is not UTF-8 text: found '{path}'", findings.ToString());

            File.WriteAllText(path, new string('#', YamlFile.LargestSize + 1));
            findings = new();
            Assert.Null(SweepSpecReader.ReadFile(path, findings));
            Assert.Contains("the file is too large: found 1048577 bytes", findings.ToString(), StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_that_is_not_there_is_a_finding()
    {
        Findings findings = new();
        Assert.Null(SweepSpecReader.ReadFile("no/such.yaml", findings));
        Assert.Equal("no/such.yaml:1:1: there is no such file: found 'no/such.yaml'", findings.ToString());
    }
}
