using System.Runtime.CompilerServices;
using System.Text;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests;

/// <summary>docs/columns.md is printed from the definitions that the tables are made of.</summary>
public class ColumnsDocumentTests
{
    [Fact]
    public void The_document_says_what_the_code_defines()
    {
        string path = Path.Combine(Repository(), "docs", "columns.md"), printed = Print();
        if (Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, printed);
        }

        Assert.True(File.ReadAllText(path) == printed, "docs/columns.md is out of date: run this test with SWEEP_UPDATE_DOCS=1 to print it again.");
    }

    private static string Print()
    {
        SweepSpec spec = Sweeps.Read(Sweeps.Adaptation.Replace("rheobase]", "rheobase, traces]\ntraces: {every: 1 ms, variables: [V_m]}", StringComparison.Ordinal));
        var identity = new SweepIdentity(spec);
        var text = new StringBuilder();
        text.Append(
            """
            # Columns of the tables

            Printed from the code that defines them (`PointMeasures`, `CurveMeasures`), with the units of a model whose voltage is in mV and whose drive is
            swept in pA. A parameter's column holds it in the unit in which the sweep file writes its axis. Times are in ms, rates in Hz, voltages in mV (in the
            variable's own unit where it is no voltage). NULL means "not defined"; NaN is never written. The columns of the measure `rheobase` are there when the sweep asks for it, and so is the table of the measure `traces`.
            With the measure `rate` in place of `fi`, `points` has `rate` alone behind `method`.

            A *spike* is the upward crossing of the model's threshold where a reset follows it; in smooth models it is the highest maximum of the voltage between the upward and
            the downward crossing, at the time of that maximum (with white noise, the upward crossing, once until it has come down again). Features named as in eFEL have its definitions (tests/reference/efel-definitions.md),
            in the limit of a continuous trace; one difference: `mean_frequency` is NULL when no spike lies in the stimulus.

            The tolerance holds relative to a number's magnitude, and absolutely below 1 (in the units of these columns).

            """).Append('\n');
        foreach (SweepTable table in SweepTable.All(spec, identity))
        {
            text.Append($"## `{table.Name}`\n\n| column | type | unit | meaning | source |\n|---|---|---|---|---|\n");
            foreach (TableColumn column in table.Columns)
            {
                bool parameter = spec.Grid.Axes.Any(axis => axis.Parameter == column.Name);
                if (parameter && column.Name != spec.Grid.Axes[0].Parameter)
                {
                    continue;
                }

                if (table.Name == "traces" && column.Name == "V_m")
                {
                    text.Append(
                        $"| *each variable* | double | of the state; for an intermediate, of a state or parameter of its dimension | what it is{column.Description["membrane potential".Length..]} | |\n");
                    continue;
                }

                text.Append(parameter
                    ? "| *each swept parameter* | double | of its axis | the model's line about it | |\n"
                    : $"| `{column.Name}` | {column.Column.Type.ToString().ToLowerInvariant()} | {column.UnitText} | {column.Description} | {column.Source} |\n");
            }

            text.Append('\n');
        }

        text.Append("## `points` of the measure `response`\n\nAfter `method` come, in place of those above:\n\n| column | type | unit | meaning | source |\n|---|---|---|---|---|\n");
        PrintMeasures(PointMeasures.Response);
        text.Append("\nThe measure `impedance` of a sine adds behind these:\n\n| column | type | unit | meaning | source |\n|---|---|---|---|---|\n");
        PrintMeasures(PointMeasures.Impedance);
        void PrintMeasures(IReadOnlyList<Measure> measures)
        {
            foreach (Measure measure in measures)
            {
                string type = measure.Kind is MeasureKind.Count ? "int64" : "double";
                string unit = measure.UnitFor(spec.Model, spec.Grid.Drive.Unit) is { } known ? known.Text.Length > 0 ? known.Text : "1" : "";
                text.Append($"| `{measure.Name}` | {type} | {unit} | {measure.Definition} | {measure.Source} |\n");
            }
        }

        text.Append("\nOf `rheobase` its table `curves` has the columns `rheobase_status`, `rheobase`, `rheobase_lower` and `rheobase_upper`. Without `rheobase` there is no table `curves`.\n\n");
        SweepSpec repeated = Sweeps.Read(RepeatTests.Noisy);
        SweepTable means = SweepTable.All(repeated, new SweepIdentity(repeated)).Single(table => table.Name == "means");
        text.Append(
            """
            ## `points` and `means` of random models

            With `repeat`, `points` (like `traces`) has the column `repeat` behind `point`: the index of the repeat, from 0. The table `means` has a row for each point, and for each measure
            `x` of `points` its mean, `x`, and the ends of a confidence interval, `x_lower` and `x_upper`:

            | column | type | unit | meaning | source |
            |---|---|---|---|---|

            """);
        foreach (string name in (string[])["repeats", "mean_rate", "mean_rate_lower", "mean_rate_upper", "fano_factor"])
        {
            TableColumn column = means.Columns.Single(each => each.Name == name);
            text.Append($"| `{column.Name}` | {column.Column.Type.ToString().ToLowerInvariant()} | {column.UnitText} | {column.Description} | {column.Source} |\n");
        }

        PrintBifurcations(text);
        text.Append("\n## Words of `status`\n\n| status | measures |\n|---|---|\n");
        foreach (PointStatus status in Enum.GetValues<PointStatus>())
        {
            text.Append($"| `{status.Text()}` | {(status.HasMeasures() ? "yes" : "NULL")} |\n");
        }

        return text.ToString();
    }

    private static void PrintBifurcations(StringBuilder text)
    {
        SweepSpec spec = Sweeps.Read("""
            sweep: bifurcations
            model: morris_lecar
            grid:
              phi: {values: [0.04, 0.05]}
              I_app: {linspace: [0 uA/cm^2, 250 uA/cm^2, 26]}
            drive: I_app
            stimulus: {step: {duration: 1 s}}
            measure: [fi, branches]
            follow: {point: hopf, with: g_K}
            """);
        IReadOnlyList<SweepTable> tables = SweepTable.All(spec, new SweepIdentity(spec));
        text.Append("""

            ## Of the measure `bifurcations`

            See [bifurcations.md](bifurcations.md). `curves` has these columns; `two_parameter_status` with `follow` only, those behind it only where points are simulated:

            | column | type | unit | meaning | source |
            |---|---|---|---|---|

            """);
        PrintColumns(tables.Single(table => table.Name == "curves").Columns.SkipWhile(column => column.Name != "bifurcation_status"));
        foreach (string name in (string[])["bifurcations", "branches", "two_parameter_curves", "two_parameter_points"])
        {
            text.Append($"\n## `{name}`\n\n| column | type | unit | meaning | source |\n|---|---|---|---|---|\n");
            PrintColumns(tables.Single(table => table.Name == name).Columns);
        }

        void PrintColumns(IEnumerable<TableColumn> columns)
        {
            foreach (TableColumn column in columns)
            {
                text.Append(column.Name switch
                {
                    "phi" => "| *each swept parameter but the drive* | double | of its axis | the model's line about it | |\n",
                    "I_app" => "| *the drive* | double | of its axis | the model's line about it | |\n",
                    "g_K" => "| *the second parameter* | double | as in follow, else of the model | the model's line about it | |\n",
                    "V_m" => "| *each state* | double | of the state | what it is: at the equilibrium; of a cycle, where the membrane potential is highest | |\n",
                    "w" or "lambda_2_re" or "lambda_2_im" => "",
                    "lambda_1_re" or "lambda_1_im" or "mu_1_re" or "mu_1_im" =>
                        $"| `{column.Name}`, … | double | {column.UnitText} | {column.Description} The others follow, up to the tenth. | {column.Source} |\n",
                    _ => $"| `{column.Name}` | {column.Column.Type.ToString().ToLowerInvariant()} | {column.UnitText} | {column.Description} | {column.Source} |\n",
                });
            }
        }
    }

    private static string Repository([CallerFilePath] string path = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, "../../.."));
}
