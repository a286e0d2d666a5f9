using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using SweepEngine.Equations;

namespace SweepEngine.Models.Tests;

/// <summary>docs/models is what <see cref="ModelPage"/> prints; SWEEP_UPDATE_DOCS=1 rewrites it.</summary>
public class ModelPageTests
{
    private static readonly string Root = Path.GetFullPath(Path.Combine(Here(), "..", "..", ".."));
    private static readonly string Pages = Path.Combine(Root, "docs", "models");

    [Fact]
    public void The_pages_of_the_library_are_printed_from_its_files()
    {
        var expected = new Dictionary<string, string> { ["README.md"] = ModelPage.PrintIndex(ModelLibrary.Names.Select(Model)) };
        foreach (string name in ModelLibrary.Names)
            expected[name + ".md"] = ModelPage.Print(Model(name), ExamplesOf(name));

        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1")
        {
            Directory.CreateDirectory(Pages);
            foreach (string old in Directory.GetFiles(Pages))
                File.Delete(old);
            foreach ((string file, string page) in expected)
                File.WriteAllText(Path.Combine(Pages, file), page);
        }

        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), Directory.GetFiles(Pages).Select(Path.GetFileName).Order(StringComparer.Ordinal)!);
        Assert.All(expected, page => Assert.Equal(page.Value, File.ReadAllText(Path.Combine(Pages, page.Key)).ReplaceLineEndings("\n")));
    }

    [Fact]
    public void Every_model_of_the_library_has_an_example() =>
        Assert.All(ModelLibrary.Names, name => Assert.NotEmpty(ExamplesOf(name)));

    [Fact]
    public void A_page_tells_everything_that_the_file_tells()
    {
        ModelDefinition model = ModelReader.Read(
            """
            model: small
            summary: A summary.
            source: A source.
            equations: |
              dV_m/dt = (E_L - V_m)/tau(V_m) + drift
              tau(V) = tau_m
              drift = 1 mV/ms
            spike: {when: V_m > -50 mV, reset: V_m = E_L, refractory: {for: tau_m, hold: [V_m]}}
            states: {V_m: {start: E_L, unit: mV, summary: the potential}}
            parameters:
              tau_m: {default: 10 ms, above: 0 ms, summary: the time constant}
              E_L: {default: -65 mV, summary: the rest}
            """, "small.yaml", new Findings())!;
        Assert.Equal(
            """
            # small

            A summary.

            Source: A source.

            ## Equations

            ```
            tau(V) = tau_m

            drift = 1 mV/ms

            dV_m/dt = (E_L - V_m)/tau(V_m) + drift
            ```

            ## Spikes

            A spike is where `V_m > -50 mV` becomes true. Then `V_m = E_L`. For `tau_m` after it, `V_m` keeps its value.

            ## States

            | state | unit | start | meaning |
            |---|---|---|---|
            | `V_m` (voltage) | mV | `E_L` | the potential |

            ## Parameters

            | parameter | default | range | meaning |
            |---|---|---|---|
            | `tau_m` | 10 ms | above 0 ms | the time constant |
            | `E_L` | -65 mV |  | the rest |

            ## Examples

            - [small.yaml](../../examples/small.yaml)

            """.ReplaceLineEndings("\n"), ModelPage.Print(model, ["../../examples/small.yaml"]));
    }

    [Fact]
    public void A_page_tells_of_events_random_numbers_and_noise()
    {
        ModelDefinition model = ModelReader.Read(
            """
            model: random
            equations: dV_m/dt = (E_L - V_m)/tau_m + sigma*xi_V/sqrt(tau_m)
            spike: {when: V_m > -50 mV, reset: V_m = E_L + sigma*normal()}
            events:
              pulses: {at: 0 ms, every: tau_m, until: 3*tau_m, do: V_m += sigma, refractory: {for: 1 ms, hold: [V_m]}}
              kink: {when: V_m < E_L}
              exc: {rate: 1/tau_m, do: V_m += sigma}
            states: {V_m: {start: E_L - sigma*uniform(), unit: mV}}
            parameters: {tau_m: {default: 10 ms}, E_L: {default: -65 mV}, sigma: {default: 1 mV}}
            """, "random.yaml", new Findings())!;
        string page = ModelPage.Print(model, []);
        Assert.Contains(
            """
            ## Spikes

            A spike is where `V_m > -50 mV` becomes true. Then `V_m = E_L + sigma*normal()`.

            ## Events

            - **pulses** happens `at 0 ms, every tau_m, until 3*tau_m`: `V_m = V_m + sigma`. For `1 ms` after it, `V_m` keeps its value.
            - **kink** happens `when V_m < E_L`: the equations have a kink there.
            - **exc** happens `when hazard_exc > 0`: `V_m = V_m + sigma`, `hazard_exc = log(uniform())`.

            ## White noise

            `xi_V` [s^-0.5], in the sense of Itô.

            ## States

            | state | unit | start | meaning |
            |---|---|---|---|
            | `V_m` (voltage) | mV | `E_L - sigma*uniform()` |  |
            """.ReplaceLineEndings("\n"), page, StringComparison.Ordinal);
        Assert.Contains("dhazard_exc/dt = 1/tau_m\n", page, StringComparison.Ordinal);
    }

    private static ModelDefinition Model(string name) => ModelLibrary.Find(name)!;

    private static List<string> ExamplesOf(string name) =>
    [
        .. Directory.GetFiles(Path.Combine(Root, "examples"), "*.yaml")
            .Where(file => Regex.IsMatch(File.ReadAllText(file), $@"^model: {name}\r?$", RegexOptions.Multiline))
            .Select(file => "../../examples/" + Path.GetFileName(file))
            .Order(StringComparer.Ordinal),
    ];

    private static string Here([CallerFilePath] string path = "") => path;
}
