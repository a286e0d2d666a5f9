using System.Xml.Linq;
using SweepEngine.Parquet;
using SweepEngine.Testing;

namespace SweepEngine.Cli.Tests;

/// <summary><c>sweep phase</c> as a user sees it.</summary>
public class PhaseCommandTests(ForeignReaders readers) : IClassFixture<ForeignReaders>
{
    private static readonly string[] Tables = ["nullclines", "equilibria", "separatrices", "field", "trajectories", "cycles"];

    [Fact]
    public void A_saddle_between_rest_and_a_focus_is_printed_and_drawn()
    {
        using var place = new Workplace();
        Finished finished = place.Sweep("phase", "morris_lecar", "--set", "I_app=30uA/cm^2", "g_Ca=4mS/cm^2", "V_3=12mV", "V_4=17.4mV", "phi=0.066667", "--out", "plane");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Matches(@"(?s)0 +-41.8452 .*stable node.*1 +-19.5632 .*saddle.*2 +3.87151 .*unstable focus +0.18777 +0.0384829 +0.0938849 ± 0.172245i", finished.Output);
        Assert.Contains("stable manifold of 1: comes from equilibrium 2", finished.Output, StringComparison.Ordinal);
        Assert.Contains("written to plane: nullclines, equilibria, separatrices, field, trajectories, cycles and phase.svg", finished.Output, StringComparison.Ordinal);
        XElement picture = XElement.Load(place.At("plane", "phase.svg"));
        Assert.All(new[] { "field", "axes", "nullcline-x", "nullcline-y", "stable-manifold", "unstable-manifold", "trajectory", "eigenvectors", "equilibria", "legend" },
            name => Assert.Single(Groups(picture, name)));
        Assert.Empty(Groups(picture, "stable-cycle").Concat(Groups(picture, "threshold")));
        // Two circles, of which one is filled, and a square for the saddle.
        XElement equilibria = Groups(picture, "equilibria").Single();
        Assert.Equal(["black", "white"], equilibria.Elements().Where(each => each.Name.LocalName == "circle").Select(each => each.Attribute("fill")!.Value).Order());
        Assert.Single(equilibria.Elements(), each => each.Name.LocalName == "rect");
        string[] texts = [.. picture.Descendants().Where(each => each.Name.LocalName == "text").Select(each => each.Value)];
        Assert.All(new[] { "V_m [mV]", "w", "-40", "0.2", "dV_m/dt = 0", "dw/dt = 0", "stable manifold of a saddle", "saddle" }, text => Assert.Contains(text, texts));
    }

    [Fact]
    public void Marks_of_the_picture_stand_where_the_tables_say()
    {
        using var place = new Workplace();
        Assert.Equal(0, place.Sweep("phase", "fitzhugh_nagumo", "--set", "I=0.5", "--window", "v=-2.5..2.5", "w=-1..2", "--out", "plane").ExitCode);
        ParquetReader table = Read(place, "plane", "equilibria");
        double v = table.Read<double>(0, "v").Values.Single(), w = table.Read<double>(0, "w").Values.Single();
        XElement picture = XElement.Load(place.At("plane", "phase.svg"));
        XElement mark = Groups(picture, "equilibria").Single().Elements().Single();
        XElement frame = Groups(picture, "axes").Single().Elements().First(each => each.Name.LocalName == "rect");
        Assert.Equal(Number(frame, "x") + Number(frame, "width") * (v + 2.5) / 5, Number(mark, "cx"), 0.01);
        Assert.Equal(Number(frame, "y") + Number(frame, "height") * (2 - w) / 3, Number(mark, "cy"), 0.01);
        Assert.Single(Groups(picture, "stable-cycle"));

        static double Number(XElement element, string name) => double.Parse(element.Attribute(name)!.Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void A_model_with_a_reset_shows_threshold_and_reset_and_its_cycle()
    {
        using var place = new Workplace();
        Finished finished = place.Sweep("phase", "adex", "--set", "I_app=800pA", "--out", "plane");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.Contains("none in the window", finished.Output, StringComparison.Ordinal);
        Assert.Matches("stable +66.9394 +14.9389 +1 ", finished.Output);
        XElement picture = XElement.Load(place.At("plane", "phase.svg"));
        Assert.All(new[] { "threshold", "reset", "stable-cycle", "jump" }, name => Assert.Single(Groups(picture, name)));
        ParquetReader lines = Read(place, "plane", "nullclines");
        string[] curves = lines.Read<string>(0, "curve").Values;
        Assert.Equal(["V_m", "w", "threshold", "reset"], curves.Distinct());
        double[] V_m = lines.Read<double>(0, "V_m").Values;
        Assert.All(V_m.Zip(curves), pair => Assert.True(pair.Second is not ("threshold" or "reset") || Math.Abs(pair.First - (pair.Second == "reset" ? -70.6 : -30)) < 1e-9));
    }

    [Fact]
    public void Every_column_has_a_meaning_and_the_metadata_say_of_what()
    {
        using var place = new Workplace();
        Assert.Equal(0, place.Sweep("phase", "hodgkin_huxley", "--plane", "V_m,n", "--hold", "h=0.4", "--set", "I_app=10uA/cm^2", "--window", "n=0..1", "--out", "plane").ExitCode);
        Assert.Equal(Tables.Order(), Directory.GetDirectories(place.At("plane")).Select(Path.GetFileName).Order());
        Assert.All(Tables, name =>
        {
            ParquetReader table = Read(place, "plane", name);
            Assert.All(table.Schema.Columns, column => Assert.False(string.IsNullOrWhiteSpace(table.Metadata[$"column.{column.Name}.description"]) || !table.Metadata.ContainsKey($"column.{column.Name}.unit")));
            Assert.Equal(("hodgkin_huxley", "0.4", "steady state"), (table.Metadata["phase.model"], table.Metadata["phase.held.h"], table.Metadata["phase.held.m"]));
            Assert.Contains("I_app = 10 uA/cm^2", table.Metadata["phase.parameters"], StringComparison.Ordinal);
        });
        Assert.Equal("mV/ms", Read(place, "plane", "field").Metadata["column.dV_m_dt.unit"]);
    }

    [Fact]
    public void A_sweep_file_gives_its_model_and_parameters()
    {
        using var place = new Workplace();
        string example = Path.Combine(SweepProgram.Repository, "examples", "morris_lecar_snic.yaml");
        Finished finished = place.Sweep("phase", example, "--set", "I_app=30uA/cm^2");
        Assert.True(finished.ExitCode == 0, finished.ToString());
        Assert.StartsWith("morris_lecar: g_Ca = 4 mS/cm^2, V_3 = 12 mV, V_4 = 17.4 mV, phi = 0.066667, I_app = 30 uA/cm^2\n", finished.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Matches("1 +-19.5632 .*saddle", finished.Output);
        Assert.True(File.Exists(place.At("results", "phase-morris_lecar", "phase.svg")));
    }

    [Fact]
    public void A_second_run_writes_the_same_bytes()
    {
        using var place = new Workplace();
        Assert.Equal(0, place.Sweep("phase", "izhikevich", "--set", "I=3mV/ms", "--start", "v=-40mV", "v=-50mV,u=-12mV/ms", "--out", "a").ExitCode);
        Assert.Equal(0, place.Sweep("phase", "izhikevich", "--set", "I=3mV/ms", "--start", "v=-40mV", "v=-50mV,u=-12mV/ms", "--out", "b").ExitCode);
        string[] files = [.. Directory.GetFiles(place.At("a"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(place.At("a"), path))];
        Assert.Equal(Tables.Length + 1, files.Length);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(place.At("a", file)), File.ReadAllBytes(place.At("b", file))));
        Assert.Equal([0L, 1L, 2L], Read(place, "a", "trajectories").Read<long>(0, "trajectory").Values.Distinct());
    }

    // Commands of the page, by the model.
    public static TheoryData<string> Commands { get; } =
        [.. File.ReadAllLines(Path.Combine(SweepProgram.Repository, "docs", "phase.md")).Where(line => line.StartsWith("sweep phase ", StringComparison.Ordinal))];

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_command_of_the_page_runs_and_draws_the_picture_of_the_page(string command)
    {
        using var place = new Workplace();
        Finished finished = SweepProgram.Run(SweepProgram.Repository, [.. command.Split(' ')[1..], "--out", place.At("plane")]);
        Assert.True(finished.ExitCode == 0, finished.ToString());
        string page = File.ReadAllText(Path.Combine(SweepProgram.Repository, "docs", "phase.md"));
        string? shown = command.Contains("--start V_m=-15mV", StringComparison.Ordinal) ? "morris_lecar" : command == "sweep phase adex --set I_app=800pA" ? "adex" : null;
        if (shown is not null)
        {
            Assert.Contains($"phase/{shown}.svg", page, StringComparison.Ordinal);
            Assert.Equal(File.ReadAllText(Path.Combine(SweepProgram.Repository, "docs", "phase", $"{shown}.svg")), File.ReadAllText(place.At("plane", "phase.svg")));
        }

        if (shown == "morris_lecar")
        {
            string[] printed = [.. finished.Output.Split('\n').Select(line => line.TrimEnd())];
            Assert.All(page.Split("```")[3].Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.Contains(line, printed));
        }
    }

    [Theory]
    [InlineData("hodgkin_huxley has 4 states (V_m, m, h, n), and a plane shows two\n    next step: choose two, e.g. --plane V_m,n, or a model with two: adex, ", "hodgkin_huxley")]
    [InlineData("lif has one state, V_m, and so no plane.\n    next step: choose a model with a plane: adex, ", "lif")]
    [InlineData("hodgkin_huxley_subunit_noise is random: it has white noise", "hodgkin_huxley_subunit_noise")]
    [InlineData("--plane: hodgkin_huxley has no such state: found 'N', allowed V_m, m, h, n", "hodgkin_huxley", "--plane", "V_m,N")]
    [InlineData("--plane: allowed two different states, found 'V_m'\n", "hodgkin_huxley", "--plane", "V_m")]
    [InlineData("sweep phase: --hold: both states of adex are shown, so none is held\n", "adex", "--hold", "w=1pA")]
    [InlineData("sweep phase: adex has no such parameter: found 'I_ap', allowed C_m, ", "adex", "--set", "I_ap=1pA")]
    [InlineData("sweep phase: C_m is out of its range: found 0 pF, allowed above 0 pF", "adex", "--set", "C_m=0pF")]
    [InlineData("sweep phase: the range of w is empty: found '2pA..2pA', allowed FROM < TO", "adex", "--window", "w=2pA..2pA")]
    [InlineData("sweep phase: this is no range of w: found '2pA', allowed FROM..TO\n    next step: write e.g. w=-1pA..1pA", "adex", "--window", "w=2pA")]
    [InlineData("sweep phase: the plane has no such state: found 'V', allowed V_m, w", "adex", "--start", "V=1mV")]
    [InlineData("there is no such model: found 'adx', allowed ", "adx")]
    public void What_is_wrong_is_said_with_a_next_step_and_nothing_is_written(string message, params string[] arguments)
    {
        using var place = new Workplace();
        Finished finished = place.Sweep(["phase", .. arguments]);
        Assert.Equal((2, ""), (finished.ExitCode, finished.Output));
        Assert.StartsWith(message, finished.Errors.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(place.Folder));
    }

    [Fact]
    public void A_start_that_is_not_finite_is_said()
    {
        using var place = new Workplace();
        place.Write("mine.yaml", """
            model: mine
            equations: |
              dx/dt = (y - a)/(1 s)
              dy/dt = (x - x^3)/(1 s)
            states:
              x: {start: 1/a, unit: 1}
              y: {start: 0, unit: 1}
            parameters: {a: {default: 0}}
            """);
        Finished finished = place.Sweep("phase", "./mine.yaml");
        Assert.Equal((2, "sweep phase: the start of x, 1/a, is not finite at these parameters: found Infinity\n    next step: choose other values with --set\n"),
            (finished.ExitCode, finished.Errors.ReplaceLineEndings("\n")));
        Assert.Equal(0, place.Sweep("phase", "./mine.yaml", "--set", "a=0.5").ExitCode);
    }

    [SkippableTheory]
    [InlineData("duckdb")]
    [InlineData("polars")]
    [InlineData("arrow")]
    [InlineData("hyparquet")]
    public void Foreign_readers_read_the_tables_and_the_nullclines_are_those_of_the_formula(string reader)
    {
        using var place = new Workplace();
        Assert.Equal(0, place.Sweep("phase", "fitzhugh_nagumo", "--set", "I=0.5", "--out", "plane").ExitCode);
        var lines = readers.Read(reader, place.At("plane", "nullclines", "part-00000.parquet"));
        Assert.Equal(["curve", "piece", "v", "w"], lines.Keys);
        for (int i = 0; i < lines["v"].Length; i++)
        {
            double v = (double)lines["v"][i]!;
            Assert.Equal((string)lines["curve"][i]! == "v" ? v - v * v * v / 3 + 0.5 : (v + 0.7) / 0.8, (double)lines["w"][i]!, 1e-13);
        }

        Assert.All(Tables, table => Assert.NotEmpty(readers.Read(reader, place.At("plane", table, "part-00000.parquet"))));
        Assert.Equal(["unstable focus"], readers.Read(reader, place.At("plane", "equilibria", "part-00000.parquet"))["type"]);
    }

    private static IEnumerable<XElement> Groups(XElement picture, string name) => picture.Descendants().Where(each => each.Name.LocalName == "g" && each.Attribute("class")?.Value == name);

    private static ParquetReader Read(Workplace place, string folder, string table) => new(new MemoryStream(File.ReadAllBytes(place.At(folder, table, "part-00000.parquet"))));
}
