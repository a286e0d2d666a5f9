using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using SweepEngine.Bifurcation;
using SweepEngine.Sweeps;
using Xunit.Abstractions;

namespace SweepEngine.Cli.Tests;

/// <summary>
/// Each example of bifurcations beside the points that it must find, which tests/reference/bifurcations has with their sources. docs/bifurcations is printed from both;
/// SWEEP_UPDATE_DOCS=1 rewrites it.
/// </summary>
/// <remarks>SWEEP_AGREEMENT_POINTS=500 simulates so many points of each example at random drives instead of a few.</remarks>
public partial class BifurcationAtlasTests(ITestOutputHelper output)
{
    // Of a period, relative, where its text has so many digits: at folds in explosions of canards the drive has all its digits and the period has few.
    private const double PeriodTolerance = 1e-3;

    private static readonly string References = Path.Combine(SweepProgram.Repository, "tests", "reference", "bifurcations"), Pages = Path.Combine(SweepProgram.Repository, "docs", "bifurcations");

    private static readonly ExpectedCurve[] Curves = [.. Rows("curves.csv").Select(row => new ExpectedCurve(row[0], row[1], row[2] == Diagram.Complete, row[3] == "yes", row[4]))];

    public static TheoryData<string> Examples { get; } = [.. Curves.Select(curve => curve.Example).Distinct()];

    // Of each example, all its curves together.
    private static int AgreementPoints => int.Parse(Environment.GetEnvironmentVariable("SWEEP_AGREEMENT_POINTS") ?? "24", CultureInfo.InvariantCulture);

    private static bool Updates => Environment.GetEnvironmentVariable("SWEEP_UPDATE_DOCS") == "1";

    [Theory]
    [MemberData(nameof(Examples))]
    public void An_example_has_the_expected_points_and_no_others(string example)
    {
        string text = File.ReadAllText(PathOf(example));
        using var place = new Workplace();
        place.Write("sweep.yaml", MeasureLine().Replace(RandomDrives(text, Math.Max(AgreementPoints / Curves.Count(curve => curve.Example == example), 2)), "measure: [rate, bifurcations, branches]"));
        Finished run = place.Sweep("run", "sweep.yaml", "--out", "out");
        Assert.True(run.ExitCode is 0 or 3, run.ToString());

        ExpectedCurve[] curves = [.. Curves.Where(curve => curve.Example == example)];
        ExpectedPoint[] points = [.. Points(example)];
        Assert.Matches($@"Diagrams of {curves.Length} curves?:", run.Output);
        Assert.All(points, point => Assert.Contains(curves, curve => curve.Setting == point.Setting));
        List<string> wrong = [];
        foreach (ExpectedCurve curve in curves)
        {
            CurveDiagram diagram = CurveDiagram.Read(place.At("out"), Where(curve.Setting));
            wrong.AddRange(Differences(diagram, curve, [.. points.Where(point => point.Setting == curve.Setting)]).Select(each => $"{curve.Setting}: {each}"));
        }

        Agreement agreement = new PredictedAttractors(place.At("out"), DriveLine().Match(text).Groups[1].Value).Compare();
        output.WriteLine($"{example}: {agreement.Points} points, {agreement.Wrong.Count} differ; {agreement.Unsettled} without a steady rate, {agreement.Open} of incomplete diagrams not predicted");
        wrong.AddRange(agreement.Wrong);
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        string picture = $"{example}.svg", shown = curves.Single(curve => curve.IsShown).Setting;
        Finished drawn = place.Sweep(["diagram", "out", .. shown == "-" ? (string[])[] : ["--where", .. Where(shown)], "--to", picture]);
        Assert.True(drawn.ExitCode == 0, drawn.ToString());
        Check(picture, File.ReadAllText(place.At(picture)));
        Check($"{example}.md", Page(example, text, shown, curves, points));
    }

    [Fact]
    public void The_atlas_has_every_example_and_nothing_else()
    {
        string[] files = [.. Directory.GetFiles(Path.Combine(SweepProgram.Repository, "examples"), "bifurcations_*.yaml").Select(path => Path.GetFileNameWithoutExtension(path)["bifurcations_".Length..])];
        // What is followed in two parameters has tests of its own, and no diagram along the drive that the others have not.
        Assert.Equal(files.Except(["two_parameters", "folds_of_cycles"]).Order(StringComparer.Ordinal), Curves.Select(curve => curve.Example).Distinct().Order(StringComparer.Ordinal));
        string[] pages = [.. Curves.Select(curve => curve.Example).Distinct().SelectMany(example => (string[])[$"{example}.md", $"{example}.svg"]).Append("README.md").Order(StringComparer.Ordinal)];
        Check("README.md", Index());
        Assert.Equal(pages, Directory.GetFiles(Pages).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal));
    }

    // The diagram's range stays.
    private static string RandomDrives(string text, int count)
    {
        Match axis = DriveAxis().Match(text);
        double low = double.Parse(axis.Groups["low"].Value, CultureInfo.InvariantCulture), high = double.Parse(axis.Groups["high"].Value, CultureInfo.InvariantCulture);
        Random random = new(2026);
        IEnumerable<double> drives = Enumerable.Range(0, count - 2).Select(_ => low + ((high - low) * random.NextDouble())).Append(low).Append(high).Order();
        string unit = axis.Groups["unit"].Value;
        return text.Replace(axis.Value, $"{{values: [{string.Join(", ", drives.Select(each => FormattableString.Invariant($"{each:R} {unit}").TrimEnd()))}]}}", StringComparison.Ordinal);
    }

    // The status, then each expected point, then what is left over.
    private static IEnumerable<string> Differences(CurveDiagram diagram, ExpectedCurve curve, ExpectedPoint[] expected)
    {
        if (curve.IsComplete != (diagram.Status == Diagram.Complete))
        {
            yield return $"the status is {diagram.Status}";
        }

        List<DiagramMark> left = [.. diagram.Marks];
        foreach (ExpectedPoint point in expected.Where(point => !point.IsExplosion))
        {
            DiagramMark? found = left.Where(mark => mark.Kind == point.Kind && Math.Abs(mark.Drive - point.Drive) <= point.Tolerance).MinBy(mark => Math.Abs(mark.Drive - point.Drive));
            if (found is null)
            {
                yield return FormattableString.Invariant($"missing {point.Kind} at {point.Drive:R} (within {point.Tolerance:R})");
                continue;
            }

            left.Remove(found);
            if (point.Period is { } period ? !(Math.Abs((found.Period ?? double.NaN) - period) <= Math.Max(PeriodTolerance * period, point.PeriodStep)) : found.Period is not null)
            {
                yield return FormattableString.Invariant($"{point.Kind} at {point.Drive:R}: expected period {point.Period:R}, found {found.Period:R}");
            }

            if (point.Unstable != $"{found.UnstableBefore} {found.UnstableAfter}" || (point.Criticality.Length > 0 && point.Criticality != found.Criticality))
            {
                yield return FormattableString.Invariant($"{point.Kind} at {point.Drive:R}: expected {point.Unstable} {point.Criticality}, found {found.UnstableBefore} {found.UnstableAfter} {found.Criticality}");
            }
        }

        // Of a diagram that is not complete, equilibria are.
        bool IsListed(DiagramMark mark) => curve.IsComplete || mark.Minimum == mark.Maximum;
        foreach (DiagramMark mark in left.Where(mark => IsListed(mark) && !expected.Any(point => point.IsExplosion && Math.Abs(mark.Drive - point.Drive) <= point.Tolerance)))
        {
            yield return FormattableString.Invariant($"not expected: {mark.Kind} at {mark.Drive:R}, period {mark.Period:R}, {mark.UnstableBefore} {mark.UnstableAfter} {mark.Criticality}");
        }
    }

    private static string Page(string example, string text, string shown, ExpectedCurve[] curves, ExpectedPoint[] points)
    {
        StringBuilder page = new();
        string model = ModelLine().Match(text).Groups[1].Value, drive = DriveLine().Match(text).Groups[1].Value;
        page.Append(CultureInfo.InvariantCulture, $"# {example}\n\n{Comment(text, 0)}\n\n{Comment(text, 1)}\n\n[Example](../../examples/bifurcations_{example}.yaml), [model](../models/{model}.md), [the table as CSV](../../tests/reference/bifurcations/{example}.csv)\n\n");
        page.Append(CultureInfo.InvariantCulture, $"![{(shown == "-" ? model : shown)}]({example}.svg)\n\n## Points that must be found\n\nSources are explained in [tests/reference](../../tests/reference/bifurcations/README.md).\n");
        foreach (ExpectedCurve curve in curves)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n### {(curve.Setting == "-" ? model : curve.Setting)}\n{(Remark(curve) is { Length: > 0 } remark ? $"\n{remark}\n" : "")}");
            ExpectedPoint[] own = [.. points.Where(point => point.Setting == curve.Setting)];
            if (own.Length == 0)
            {
                continue;
            }

            page.Append(CultureInfo.InvariantCulture, $"\n| kind | {drive} | within | period [ms] | unstable | criticality | source |\n|---|---|---|---|---|---|---|\n");
            foreach (ExpectedPoint point in own)
            {
                page.Append(CultureInfo.InvariantCulture, $"| {point.Kind} | {point.Drive:R} | {point.Tolerance:R} | {point.Period:R} | {point.Unstable.Replace(" ", " → ", StringComparison.Ordinal)} | {point.Criticality} | {point.Source} |\n");
            }
        }

        return page.ToString();
    }

    private static string Remark(ExpectedCurve curve) => (curve.IsComplete ? curve.Remark : $"{curve.Remark} The diagram is not complete, and has points besides these.").TrimStart();

    private static string Index()
    {
        StringBuilder page = new();
        page.Append("""
            # Atlas of bifurcations

            A diagram of each smooth model of the library along its drive, with the points that it must have and where these are known from. A test runs every example and compares: nothing may be missing, and where a diagram is complete there may be nothing else.
            How diagrams are made, and what the kinds mean, is in [bifurcations.md](../bifurcations.md).

            | example | model | what it shows | curves |
            |---|---|---|---|

            """.ReplaceLineEndings("\n"));
        foreach (IGrouping<string, ExpectedCurve> curves in Curves.GroupBy(curve => curve.Example))
        {
            string text = File.ReadAllText(PathOf(curves.Key)), model = ModelLine().Match(text).Groups[1].Value;
            int partial = curves.Count(curve => !curve.IsComplete);
            page.Append(CultureInfo.InvariantCulture, $"| [{curves.Key}]({curves.Key}.md) | [{model}](../models/{model}.md) | {Comment(text, 0)} | {curves.Count()}{(partial > 0 ? $", {partial} of them in part" : "")} |\n");
        }

        page.Append("""

            Models with white noise or random events have no diagrams. Those with a reset have trains instead of cycles, and tests of their own.

            """.ReplaceLineEndings("\n"));
        return page.ToString();
    }

    // A paragraph of the comment that an example begins with, without the words that stand before it.
    private static string Comment(string text, int paragraph)
    {
        string comment = string.Join('\n', text.Split('\n').TakeWhile(line => line.StartsWith('#')).Select(line => line.TrimStart('#').Trim()));
        string words = string.Join(' ', comment.Split("\n\n")[paragraph].Split('\n')).Replace("What one should see: ", "", StringComparison.Ordinal);
        return char.ToUpperInvariant(words[0]) + words[1..];
    }

    private static void Check(string file, string expected)
    {
        string path = Path.Combine(Pages, file);
        if (Updates)
        {
            Directory.CreateDirectory(Pages);
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path).ReplaceLineEndings("\n") == expected, $"docs/bifurcations/{file} is not what the test prints\n    next step: SWEEP_UPDATE_DOCS=1 dotnet test --filter BifurcationAtlas");
    }

    private static string[] Where(string setting) => setting == "-" ? [] : [setting];

    private static string PathOf(string example) => Path.Combine(SweepProgram.Repository, "examples", $"bifurcations_{example}.yaml");

    private static IEnumerable<ExpectedPoint> Points(string example) => Rows($"{example}.csv").Select(row => new ExpectedPoint(
        row[0], row[1], Number(row[2])!.Value, Number(row[3])!.Value, Number(row[4]), row[5], row[6], row[7])
    { PeriodStep = LastDigit(row[4]) });

    // One unit of it.
    private static double LastDigit(string text) => Math.Pow(10, text.Contains('.', StringComparison.Ordinal) ? text.IndexOf('.', StringComparison.Ordinal) + 1 - text.Length : 0);

    private static double? Number(string text) => text.Length == 0 ? null : double.Parse(text, CultureInfo.InvariantCulture);

    private static IEnumerable<string[]> Rows(string file) => File.ReadAllLines(Path.Combine(References, file)).Skip(1).Where(line => line.Length > 0).Select(line => line.Split(','));

    /// <summary>What is expected of a curve of an example.</summary>
    private sealed record ExpectedCurve(string Example, string Setting, bool IsComplete, bool IsShown, string Remark);

    /// <summary>A point that must be found. An explosion of canards is a range of the drive in which so many points lie that none are listed.</summary>
    private sealed record ExpectedPoint(string Setting, string Kind, double Drive, double Tolerance, double? Period, string Unstable, string Criticality, string Source)
    {
        public bool IsExplosion => Kind == "canards";

        public double PeriodStep { get; init; }
    }

    [GeneratedRegex(@"^measure:.*$", RegexOptions.Multiline)]
    private static partial Regex MeasureLine();

    [GeneratedRegex(@"\{linspace: \[(?<low>\S+?)( (?<unit>[^,]+))?, (?<high>\S+?)( [^,]+)?, \d+\]\}")]
    private static partial Regex DriveAxis();

    [GeneratedRegex(@"^model: (\w+)", RegexOptions.Multiline)]
    private static partial Regex ModelLine();

    [GeneratedRegex(@"^drive: (\w+)", RegexOptions.Multiline)]
    private static partial Regex DriveLine();
}
