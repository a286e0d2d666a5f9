using SweepEngine.Benchmarks.Peers;

namespace SweepEngine.Simulation.Tests;

/// <summary>The comparison with other programs runs here once at its tiny size, so that it cannot rot.</summary>
public sealed class PeersTests : IDisposable
{
    private readonly string _build = Directory.CreateTempSubdirectory("peers-test").FullName;

    public void Dispose() => Directory.Delete(_build, recursive: true);

    [SkippableFact]
    public void The_reference_programs_and_the_engine_find_the_same_rates()
    {
        var notes = new List<string>();
        Skip.IfNot(PeersCommand.TryBuild(_build, notes), string.Join(' ', notes));
        PeerComparison[] comparisons =
        [
            .. new[] { Workload.W1, Workload.W2 }.Select(workload => PeerComparison.Of(
                workload, [new SweepEngineProgram(workload, 1e-3), new SteadyRateProgram(workload, 1e-3), .. PeersCommand.Cpp(workload, _build)],
                PeersCommand.Check(workload, _build), new PeersOptions(Size.Tiny).Points(workload), 1, 1, _ => { })),
        ];
        Assert.All(comparisons, comparison =>
        {
            Assert.InRange(comparison.Check!.MedianError, 0, 1e-10);
            Assert.All(comparison.Results, result =>
            {
                bool simple = result.Program.Name.Contains("Euler", StringComparison.Ordinal);
                Assert.Equal(64, result.Points);
                Assert.True(result.MedianError < (simple ? 2e-2 : 1e-5), $"{result.Program}: {result.MedianError}");
                Assert.True(result.Program is SteadyRateProgram || result.OtherCounts <= (simple ? 0.25 : 0), $"{result.Program}: {result.OtherCounts}");
            });
        });
        string page = PeersPage.Of(comparisons, new PeersOptions(Size.Tiny), notes);
        Assert.All(
            comparisons.SelectMany(comparison => comparison.Results),
            result => Assert.Contains($"| {result.Program.Name} | {result.Program.Accuracy} |", page));
        Assert.All(comparisons, comparison =>
        {
            var picture = System.Xml.Linq.XElement.Parse(WorkPrecisionPicture.Of(comparison));
            Assert.Equal(comparison.Results.Count, picture.Elements().Count(element => element.Name.LocalName == "circle"));
        });
    }

    [Fact]
    public void A_seed_draws_the_same_points_again_from_the_ranges_of_the_axes()
    {
        double[] points = new PeersOptions(Size.Tiny, Seed: 1).Points(Workload.W2);
        Assert.Equal(points, new PeersOptions(Size.Tiny, Seed: 1).Points(Workload.W2));
        Assert.NotEqual(points, new PeersOptions(Size.Tiny, Seed: 2).Points(Workload.W2));
        Assert.Equal(64 * 3, points.Length);
        Assert.All(Enumerable.Range(0, points.Length), i => Assert.InRange(points[i], Workload.W2.Axes[i % 3].From, Workload.W2.Axes[i % 3].To));
    }

    [Fact]
    public void The_speed_at_an_error_lies_between_those_of_the_tolerances_around_it()
    {
        var comparison = new PeerComparison(Workload.W1, [Ours(1e-4, seconds: 1), Ours(1e-6, seconds: 4)], null);
        double[] speeds = [.. new[] { 1e-2, 1e-5, 1e-6, 1e-7 }.Select(error => comparison.OursAt<SweepEngineProgram>(error, result => result.MedianError))];
        Assert.Equal([100, 50, 25, double.NaN], speeds.Select(speed => Math.Round(speed, 9)));

        static PeerResult Ours(double error, double seconds) =>
            new(new SweepEngineProgram(Workload.W1, error), 100, 1, seconds, 0, 1, 1, 0, error, error, 0);
    }

    [Theory]
    [InlineData("--size", "large")]
    [InlineData("--threads", "0")]
    [InlineData("--tolerance", "1")]
    [InlineData("--seed", "-1")]
    [InlineData("--size")]
    public void Options_that_do_not_exist_are_refused(params string[] options) => Assert.Equal(2, PeersCommand.Run(options));
}
