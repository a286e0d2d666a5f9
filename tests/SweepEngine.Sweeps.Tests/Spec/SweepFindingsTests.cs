using System.Text.RegularExpressions;
using FsCheck;
using FsCheck.Fluent;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Sweeps.Tests.Spec;

/// <summary>One line of a good file is replaced (or left out); the exact place and text of what is reported is compared.</summary>
public sealed class SweepFindingsTests
{
    [Theory]
    [InlineData(1, "",
        "f:1:1: the sweep file lacks the key 'sweep'\n    next step: add 'sweep:', the name of the sweep: letters, digits, '.', '_', '-'")]
    [InlineData(1, "sweep: a b",
        "f:1:8: the name of the sweep does not fit: found 'a b', allowed 1 to 100 of A-Z a-z 0-9 . _ -, beginning with a letter or digit")]
    [InlineData(1, "sweep: .hidden",
        "f:1:8: the name of the sweep does not fit: found '.hidden', allowed 1 to 100 of A-Z a-z 0-9 . _ -, beginning with a letter or digit")]
    [InlineData(1, "sweep: ''",
        "f:1:8: the name of the sweep does not fit: found '', allowed 1 to 100 of A-Z a-z 0-9 . _ -, beginning with a letter or digit")]
    [InlineData(1, "sweeep: atlas",
        "f:1:1: the sweep file has an unknown key: found 'sweeep', allowed sweep, model, parameters, grid, drive, stimulus, synapses, measure, traces, follow, tolerance, seed, repeat, method, dt, execution\n    next step: did you mean 'sweep'?\nf:1:1: the sweep file lacks the key 'sweep'\n    next step: add 'sweep:', the name of the sweep: letters, digits, '.', '_', '-'")]
    [InlineData(1, "sweep: atlas\nsweep: other",
        "f:2:1: the key 'sweep' occurs twice\n    next step: keep one; the first stands in line 1")]
    [InlineData(2, "model: lif_adpt",
        "f:2:8: there is no such model: found 'lif_adpt', allowed {library}\n    next step: did you mean 'lif_adapt'?")]
    [InlineData(2, "model: poisson",
        "f:2:8: there is no such model: found 'poisson', allowed {library}\n    next step: write the path of a model file as ./name.yaml")]
    [InlineData(2, "model: ./none.yaml",
        "f:2:8: there is no such file: found './none.yaml'")]
    [InlineData(2, "model: [lif]",
        "f:2:8: model has no valid value: found a list, allowed a text or a map")]
    [InlineData(2, "model:",
        "f:2:7: model has no valid value: found nothing, allowed a text or a map")]
    [InlineData(2, "model: {model: m, equations: \"dV/dt = -V/tau\", states: {V: {start: 1 mV, unit: mV}}, parameters: {tau: {default: 1 ms}, I_app: {default: 0 pA}, g_adapt: {default: 0 nS}, tau_ref: {default: 0 ms}, tau_sra: {default: 1 ms}}}",
        "f:2:8: the model m has no spike rule, so it has no f–I curve\n    next step: add spike: {when: V_m > V_th} to the model, or write measure: [response]")]
    [InlineData(3, "parameters: {tau_sar: 200 ms}",
        "f:3:14: the model lif_adapt has no such parameter: found 'tau_sar', allowed C_m, g_L, E_L, V_th, V_reset, E_K, tau_sra, g_adapt, tau_ref, I_app\n    next step: did you mean 'tau_sra'?")]
    [InlineData(3, "parameters: {tau_sra: 200 mV}",
        "f:3:27: the unit of tau_sra does not fit: found 'mV' (voltage), allowed a time such as ms or s\n    next step: write e.g. 200 ms")]
    [InlineData(3, "parameters: {tau_sra: 200}",
        "f:3:26: the unit of tau_sra does not fit: found a number without a unit, allowed a time such as ms or s\n    next step: write e.g. 200 ms")]
    [InlineData(3, "parameters: {tau_sra: 0 ms}",
        "f:3:23: the value of tau_sra is outside of its range: found '0 ms', allowed above 0 ms")]
    [InlineData(3, "parameters: {tau_sra: -.inf}",
        "f:3:23: the value of tau_sra is not finite: found '-.inf', allowed a time such as ms or s\n    next step: write e.g. 1 ms")]
    [InlineData(3, "parameters: {tau_sra: [1 ms]}",
        "f:3:23: tau_sra has no valid value: found a list, allowed a text")]
    [InlineData(3, "parameters: {I_app: 200 pA}",
        "f:3:14: the parameter I_app is both fixed and swept\n    next step: leave it out here, or its axis in line 5")]
    [InlineData(4, "grid: {}\nexecution:",
        "f:4:7: the grid has no axis\n    next step: add one, such as I_app: {linspace: [0 pA, 1000 pA, 101]}\nf:6:3: execution has an unknown key: found 'I_app', allowed workers, curves_per_shard, lanes\nf:7:3: execution has an unknown key: found 'g_adapt', allowed workers, curves_per_shard, lanes\nf:8:3: execution has an unknown key: found 'tau_ref', allowed workers, curves_per_shard, lanes\nf:9:8: the drive is not an axis of the grid: found 'I_app'\n    next step: add an axis for I_app to the grid")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 pA]}",
        "f:5:23: linspace of I_app has the wrong number of items: found 2, allowed 3: [start, end, number of values]")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 pA, 1]}",
        "f:5:39: the number of values of I_app does not fit: found '1', allowed a whole number from 2 to 9007199254740992")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 pA, 2.5]}",
        "f:5:39: the number of values of I_app does not fit: found '2.5', allowed a whole number from 2 to 9007199254740992")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 pA, 10 pA]}",
        "f:5:39: the number of values of I_app does not fit: found '10 pA', allowed a whole number from 2 to 9007199254740992")]
    [InlineData(5, "  I_app:   {linspace: [1000 pA, 0 pA, 101]}",
        "f:5:23: the drive I_app must ascend: found '1000 pA' to '0 pA'\n    next step: exchange the ends")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 0 pA, 101]}",
        "f:5:23: the axis of I_app has a value twice: found '0 pA' to '0 pA', allowed two different ends\n    next step: write values: [0 pA] for a single value")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1 nA, 101]}",
        "f:5:30: the axis of I_app mixes units: found 'nA', allowed 'pA' as in its first value\n    next step: write all values in the unit that the column shall have")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 pA, 1e15]}",
        "f:5:23: the axis of I_app is too fine for 64-bit numbers: found '0 pA' to '1000 pA' in these steps\n    next step: take fewer values")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1000 mV, 101]}",
        "f:5:35: the unit of I_app does not fit: found 'mV' (voltage), allowed a current such as pA or nA\n    next step: write e.g. 1000 pA")]
    [InlineData(5, "  I_app:   {linspce: [0 pA, 1000 pA, 101]}",
        "f:5:13: the axis of I_app has an unknown key: found 'linspce', allowed values, linspace, logspace, arange\n    next step: did you mean 'linspace'?")]
    [InlineData(5, "  I_app:   {}",
        "f:5:12: the axis of I_app has no values: allowed one of values, linspace, logspace, arange")]
    [InlineData(5, "  I_app:   [0 pA, 1 pA]",
        "f:5:12: the axis of I_app has no valid value: found a list, allowed a map")]
    [InlineData(5, "  I_app:   {values: []}",
        "f:5:21: the axis of I_app has no values: allowed at least one")]
    [InlineData(5, "  I_app:   {values: [0 pA, 2 pA, 1 pA]}",
        "f:5:34: the drive I_app must ascend: found '1 pA' after '2 pA'\n    next step: sort the values")]
    [InlineData(5, "  I_app:   {values: [0 pA, 0.0 pA]}",
        "f:5:28: the axis of I_app has a value twice: found '0 pA'\n    next step: leave it out")]
    [InlineData(5, "  I_app:   {values: [0 pA, .nan]}",
        "f:5:28: the value of I_app is not finite: found '.nan', allowed a current such as pA or nA\n    next step: write e.g. 1 pA")]
    [InlineData(5, "  I_app:   {values: [0 pA, [1 pA]]}",
        "f:5:28: a value of I_app has no valid value: found a list, allowed a text")]
    [InlineData(5, "  I_app:   {values: [0 pA], linspace: [0 pA, 1 pA, 2]}",
        "f:5:12: the axis of I_app is given in several ways: found values, linspace, allowed one of values, linspace, logspace, arange")]
    [InlineData(5, "  I_app:   {logspace: [0 pA, 1000 pA, 101]}",
        "f:5:24: the axis of I_app has no constant ratio: found '0 pA' to '1000 pA', allowed two ends of the same sign, neither of them 0")]
    [InlineData(5, "  I_app:   {logspace: [-1 pA, 1000 pA, 101]}",
        "f:5:31: the axis of I_app has no constant ratio: found '-1 pA' to '1000 pA', allowed two ends of the same sign, neither of them 0")]
    [InlineData(5, "  I_app:   {logspace: [1 pA, 1000 pA, 1e14]}",
        "f:5:23: the axis of I_app is too fine for 64-bit numbers: found '1 pA' to '1000 pA' in these steps\n    next step: take fewer values")]
    [InlineData(5, "  I_app:   {arange: [0 pA, 1000 pA, -1 pA]}",
        "f:5:21: the step of I_app does not lead from start to stop: found '0 pA' to '1000 pA' in steps of '-1 pA'")]
    [InlineData(5, "  I_app:   {arange: [0 pA, 1000 pA, 0 pA]}",
        "f:5:21: the step of I_app does not lead from start to stop: found '0 pA' to '1000 pA' in steps of '0 pA'")]
    [InlineData(5, "  I_app:   {arange: [1000 pA, 0 pA, -10 pA]}",
        "f:5:21: the drive I_app must ascend: found '1000 pA' to '0 pA'\n    next step: exchange the ends")]
    [InlineData(5, "  I_app:   {arange: [0 pA, 1000 pA, 1e-20 pA]}",
        "f:5:21: the axis of I_app has too many values: found 1e+23, allowed at most 9007199254740992\n    next step: take a larger step")]
    [InlineData(5, "  I_app:   {arange: [1000 pA, 1001 pA, 1e-12 pA]}",
        "f:5:21: the axis of I_app is too fine for 64-bit numbers: found '1000 pA' to '1001 pA' in these steps\n    next step: take fewer values")]
    [InlineData(6, "  g_adapt: {linspace: [-1 nS, 5 nS, 21]}",
        "f:6:24: the value of g_adapt is outside of its range: found '-1 nS', allowed at least 0 nS")]
    [InlineData(6, "  g_adapt: {arange: [5 nS, -3 nS, -2 nS]}",
        "f:6:21: the value of g_adapt is outside of its range: found '-1 nS', allowed at least 0 nS")]
    [InlineData(6, "  g_adpat: {linspace: [0 nS, 5 nS, 21]}",
        "f:6:3: the model lif_adapt has no such parameter: found 'g_adpat', allowed C_m, g_L, E_L, V_th, V_reset, E_K, tau_sra, g_adapt, tau_ref, I_app\n    next step: did you mean 'g_adapt'?")]
    [InlineData(6, "  g_adapt: {linspace: [0 nS, 5 nS, 1e9]}\n  E_K: {linspace: [-90 mV, -80 mV, 1e9]}",
        "f:4:1: the grid has too many points: found 101 × 1000000000 × 1000000000 × 2, allowed at most 9007199254740992\n    next step: take fewer values")]
    [InlineData(6, "  zip: {g_adapt: {values: [0 nS, 1 nS]}, E_K: {values: [-80 mV, -70 mV, -60 mV]}}",
        "f:6:42: E_K has another length than the axis zipped with it: found 3 values, allowed 2 values as in g_adapt")]
    [InlineData(6, "  zip: {g_adapt: {values: [0 nS, 1 nS]}}",
        "f:6:8: a zip has too few axes: found 1, allowed at least 2\n    next step: write a single axis directly under grid")]
    [InlineData(6, "  zip: [{g_adapt: {values: [0 nS, 1 nS]}, tau_ref: {values: [1 ms, 3 ms]}}]",
        "f:7:3: the parameter tau_ref is swept twice\n    next step: keep one; the first stands in line 6")]
    [InlineData(6, "  zip: x",
        "f:6:8: zip has no valid value: found 'x', allowed a list or a map")]
    [InlineData(5, "  zip: {I_app: {values: [0 pA, 1 pA]}, E_K: {values: [-80 mV, -70 mV]}}",
        "f:5:9: the drive I_app cannot be zipped, since a curve has one value of every other parameter\n    next step: move I_app out of the zip")]
    [InlineData(8, "drive: I_ap",
        "f:8:8: the drive is not an axis of the grid: found 'I_ap', allowed I_app, g_adapt, tau_ref\n    next step: did you mean 'I_app'?")]
    [InlineData(8, "drive: C_m",
        "f:8:8: the drive is not an axis of the grid: found 'C_m', allowed I_app, g_adapt, tau_ref\n    next step: add an axis for C_m to the grid")]
    [InlineData(8, "",
        "f:1:1: the sweep file lacks the key 'drive'\n    next step: add 'drive:', the swept parameter that is the stimulus; its axis is the innermost and ascends")]
    [InlineData(9, "stimulus: {step: {duration: 0 s}}",
        "f:9:29: duration does not fit: found '0 s', allowed above 0 s")]
    [InlineData(9, "stimulus: {step: {duration: -1 s}}",
        "f:9:29: duration does not fit: found '-1 s', allowed above 0 s")]
    [InlineData(9, "stimulus: {step: {delay: 1 s}}",
        "f:9:18: the step lacks the key 'duration'\n    next step: add 'duration:', the length of the step, above 0 s")]
    [InlineData(9, "stimulus: {step: {duration: 2 s, after: -1 ms, base: 1 nS, dely: 1 s}}",
        "f:9:41: after does not fit: found '-1 ms', allowed 0 s or more\nf:9:56: the unit of base (the drive I_app) does not fit: found 'nS' (conductance), allowed a current such as pA or nA\n    next step: write e.g. 1 pA\nf:9:60: the step has an unknown key: found 'dely', allowed duration, delay, after, base\n    next step: did you mean 'delay'?")]
    [InlineData(9, "stimulus: {rmp: {rise: 2 s}}",
        "f:9:12: the stimulus has an unknown key: found 'rmp', allowed {stimuli}\n    next step: did you mean 'ramp'?\nf:10:10: there is no steady rate, and so no fi, unless the stimulus is a step: found 'rmp'\n    next step: write measure: [response]")]
    [InlineData(9, "stimulus: {}",
        "f:9:11: the stimulus must be of one kind: found none, allowed one of {stimuli}")]
    [InlineData(9, "stimulus: {ramp: {}, step: {duration: 1 s}}",
        "f:9:11: the stimulus must be of one kind: found ramp, step, allowed one of {stimuli}")]
    [InlineData(9, "stimulus: {ramp: {rise: 2 s}}",
        "f:10:10: there is no steady rate, and so no fi, unless the stimulus is a step: found 'ramp'\n    next step: write measure: [response]")]
    [InlineData(10, "measure: [fi, response]",
        "f:10:10: fi and response cannot be measured in one sweep\n    next step: write measure: [fi, rheobase], or measure: [response]")]
    [InlineData(9, "stimulus: {ramp: {raise: 2 s}}",
        "f:9:19: the stimulus ramp has no such parameter: found 'raise', allowed rise, hold, fall, delay, after, base\n    next step: did you mean 'rise'?\nf:10:10: there is no steady rate, and so no fi, unless the stimulus is a step: found 'ramp'\n    next step: write measure: [response]")]
    [InlineData(9, "stimulus: step",
        "f:9:11: stimulus has no valid value: found 'step', allowed a map")]
    [InlineData(10, "measure: [fi, fi]",
        "f:10:15: a measure is listed twice: found 'fi'\n    next step: leave it out")]
    [InlineData(10, "measure: [FI]",
        "f:10:11: there is no such measure: found 'FI', allowed fi, rate, rheobase, response, impedance, traces, bifurcations, branches\n    next step: did you mean 'fi'?")]
    [InlineData(10, "measure: []",
        "f:10:10: there is nothing to measure: allowed fi, rate, rheobase, response, impedance, traces, bifurcations, branches")]
    [InlineData(10, "measure: fi",
        "f:10:10: measure has no valid value: found 'fi', allowed a list")]
    [InlineData(11, "tolerance: 1e-13",
        "f:11:12: the tolerance does not fit: found '1e-13', allowed 1e-12 to 1e-2")]
    [InlineData(11, "tolerance: 0.0101",
        "f:11:12: the tolerance does not fit: found '0.0101', allowed 1e-12 to 1e-2")]
    [InlineData(11, "tolerance: 1 s",
        "f:11:14: the unit of tolerance does not fit: found 's' (time), allowed a pure number\n    next step: write e.g. 1")]
    [InlineData(12, "seed: -1",
        "f:12:7: seed does not fit: found '-1', allowed a whole number from 0 to 9007199254740992")]
    [InlineData(12, "seed: x",
        "f:12:7: seed does not fit: found 'x', allowed a whole number from 0 to 9007199254740992")]
    [InlineData(12, "execution: {workers: 0, lanes: 5, curves_per_shard: 0, worker: 1}",
        "f:12:22: workers does not fit: found '0', allowed a whole number from 1 to 4096\nf:12:32: lanes does not fit: found 5, allowed 8, 4 or 1\nf:12:53: curves_per_shard does not fit: found '0', allowed a whole number from 1 to 9007199254740992\nf:12:56: execution has an unknown key: found 'worker', allowed workers, curves_per_shard, lanes\n    next step: did you mean 'workers'?")]
    [InlineData(12, "start: {V_m: -65 mV}",
        "f:12:1: the sweep file has an unknown key: found 'start', allowed sweep, model, parameters, grid, drive, stimulus, synapses, measure, traces, follow, tolerance, seed, repeat, method, dt, execution")]
    [InlineData(10, "measure: [spikes]",
        "f:10:11: there is no such measure: found 'spikes', allowed fi, rate, rheobase, response, impedance, traces, bifurcations, branches")]
    [InlineData(6, "  g_adapt: *x",
        "f:6:12: aliases are not supported: found '*x'\n    next step: repeat the text here")]
    [InlineData(12, "sed: 1",
        "f:12:1: the sweep file has an unknown key: found 'sed', allowed sweep, model, parameters, grid, drive, stimulus, synapses, measure, traces, follow, tolerance, seed, repeat, method, dt, execution\n    next step: did you mean 'seed'?")]
    [InlineData(7, "  tau_ref: {values: [0 ms, 2 ms, 2e0 ms]}",
        "f:7:34: the axis of tau_ref has a value twice: found '2 ms'\n    next step: leave it out")]
    [InlineData(2, "model: {model: m, equations: \"dV/dt = -V/tau +\", states: {V: {start: 1 mV, unit: mV}}, parameters: {tau: {default: 1 ms}}}",
        "f:2:47: the equation does not go on as it should: found the end of the text, allowed a number, a name, a function or '('")]
    [InlineData(5, "  I_app:   {linspace: [0 pA, 1e201 pA, 101]}",
        "f:5:30: the value of I_app cannot be computed with: found '1E+201 pA', allowed 0, or 1e-200 to 1e200 in size")]
    [InlineData(5, "  I_app:   {values: [0 pA, 1e-189 pA]}",
        "f:5:28: the value of I_app cannot be computed with: found '1E-189 pA', allowed 0, or 1e-200 to 1e200 in size")]
    [InlineData(5, "  I_app:   {arange: [0 pA, 1e-300 pA, 1e-301 pA]}",
        "f:5:21: the value of I_app cannot be computed with: found '9E-301 pA', allowed 0, or 1e-200 to 1e200 in size")]
    public void Every_mistake_is_reported_where_it_stands(int line, string replacement, string expected)
    {
        List<string> lines = [.. Sweeps.Adaptation.Split('\n')];
        if (replacement.Length > 0)
            lines[line - 1] = replacement.Replace("\\n", "\n", StringComparison.Ordinal);
        else
            lines.RemoveAt(line - 1);
        Findings findings = new();
        Assert.Null(SweepSpecReader.Read(string.Join('\n', lines), "f", findings));
        string library = string.Join(", ", ModelLibrary.Names);
        string stimuli = string.Join(", ", SweepKeys.Stimulus.Select(key => key.Name));
        Assert.Equal(expected.Replace("{library}", library, StringComparison.Ordinal).Replace("{stimuli}", stimuli, StringComparison.Ordinal), findings.ToString());
    }

    [Theory]
    [InlineData(11, "tolerance: 1e-12")]
    [InlineData(11, "tolerance: 1e-2")]
    [InlineData(12, "seed: 0")]
    [InlineData(12, "seed: 9007199254740992")]
    [InlineData(12, "execution: {workers: 4096, lanes: 1, curves_per_shard: 1}")]
    [InlineData(9, "stimulus: {step: {duration: 1e-300 s, delay: 0 s, after: 0 ms}}")]
    [InlineData(6, "  g_adapt: {values: [0 nS]}")]
    [InlineData(6, "  g_adapt: {linspace: [0 nS, 1 nS, 2]}")]
    [InlineData(6, "  g_adapt: {linspace: [5 nS, 0 nS, 3]}")]
    [InlineData(6, "  g_adapt: {values: [3 uS, 1 \u00b5S]}")]
    [InlineData(6, "  g_adapt: {linspace: [0 nS, 5 nS, 44e12]}")]
    [InlineData(6, "  g_adapt: {linspace: [0 nS, 1e200 nS, 3]}")]
    [InlineData(6, "  g_adapt: {values: [1e-191 nS]}")]
    public void What_stands_on_the_boundary_is_taken(int line, string replacement)
    {
        string[] lines = Sweeps.Adaptation.Split('\n');
        lines[line - 1] = replacement;
        Findings findings = new();
        Assert.NotNull(SweepSpecReader.Read(string.Join('\n', lines), "f", findings));
        Assert.False(findings.Any, findings.ToString());
    }

    [Fact]
    public void All_mistakes_of_a_file_are_reported_together()
    {
        Findings findings = new();
        SweepSpecReader.Read("""
            sweep: a/b
            model: lif
            parameters: {E_L: 1 nS, tau_m: 1 ms}
            grid: {I_app: {values: [1 pA, 0 pA]}, tau_ref: {values: [-1 ms]}}
            drive: tau_re
            stimulus: {step: {duration: 2 V}}
            tolerance: 1
            """, "f", findings);
        Assert.Equal([1, 3, 3, 4, 5, 6, 7], findings.All.Select(finding => finding.Place.Line));
    }

    [Fact]
    public void Nothing_is_checked_against_a_model_that_is_wrong_itself()
    {
        Findings findings = new();
        SweepSpecReader.Read(Sweeps.Adaptation.Replace("lif_adapt", "lif_adopt", StringComparison.Ordinal), "f", findings);
        Assert.Equal(2, Assert.Single(findings.All).Place.Line);
    }

    [Fact]
    public void Random_damage_is_reported_and_never_throws()
    {
        string[] pieces = Regex.Split(Sweeps.Adaptation, @"([\s,:\[\]{}]+)");
        string[] others =
        [
            .. pieces, "", "{}", "[]", "~", "zip", "values", "logspace", "arange", "E_K", "-1", "0", "1e400", "1e-400", "nan", "5e-324", "1.7e308",
            "9007199254740993", "1e15", "pA", "GA", "mV", "''", "execution", "workers", "base", "after", "./x.yaml", "/", "{model: m, states: {}}",
        ];
        Prop.ForAll(
            (from edits in Gen.Choose(1, 5)
             from at in Gen.Choose(0, pieces.Length - 1).ArrayOf(edits)
             from with in Gen.Elements(others).ArrayOf(edits)
             select (at, with)).ToArbitrary(),
            each =>
            {
                string[] damaged = [.. pieces];
                for (int i = 0; i < each.at.Length; i++)
                    damaged[each.at[i]] = each.with[i];
                Findings findings = new();
                SweepSpec? spec = SweepSpecReader.Read(string.Concat(damaged), "f", findings);
                Assert.Equal(spec is null, findings.Any);
                if (spec is null)
                    return;
                Assert.Equal(spec.Grid.PointCount - 1, new SweepPlan(spec).Last.Index);
                foreach (Axis axis in spec.Grid.Axes)
                {
                    double[] some = [.. ((long[])[0, 1, axis.Count / 2, axis.Count - 2, axis.Count - 1]).Where(i => i >= 0 && i < axis.Count).Distinct().Select(axis.SI)];
                    Assert.All(some, value => Assert.True(double.IsFinite(value)));
                    Assert.Equal(some.Length, some.Distinct().Count());
                }
            }).Check(Config.QuickThrowOnFailure.WithMaxTest(3000));
    }
}
