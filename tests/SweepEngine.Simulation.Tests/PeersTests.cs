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
                workload, [new SweepEngineProgram(workload, 1e-3), .. PeersCommand.Cpp(workload, _build)],
                PeersCommand.Check(workload, _build), Size.Tiny, 1, 1, _ => { })),
        ];
        Assert.All(comparisons, comparison =>
        {
            Assert.InRange(comparison.Check!.MedianError, 0, 1e-10);
            Assert.All(comparison.Results, result =>
            {
                bool simple = result.Program.Name.Contains("Euler", StringComparison.Ordinal);
                Assert.Equal(64, result.Points);
                Assert.True(result.MedianError < (simple ? 2e-2 : 1e-5), $"{result.Program}: {result.MedianError}");
                Assert.InRange(result.OtherCounts, 0, simple ? 0.25 : 0);
            });
        });
        string page = PeersPage.Of(comparisons, Size.Tiny, 1, notes);
        Assert.All(
            comparisons.SelectMany(comparison => comparison.Results),
            result => Assert.Contains($"| {result.Program.Name} | {result.Program.Accuracy} |", page));
    }

    [Fact]
    public void The_speed_at_an_error_lies_between_those_of_the_tolerances_around_it()
    {
        var comparison = new PeerComparison(Workload.W1, [Ours(1e-4, seconds: 1), Ours(1e-6, seconds: 4)], null);
        double[] speeds = [.. new[] { 1e-2, 1e-5, 1e-6, 1e-7 }.Select(error => comparison.OursAt(error, result => result.MedianError))];
        Assert.Equal([100, 50, 25, double.NaN], speeds.Select(speed => Math.Round(speed, 9)));

        static PeerResult Ours(double error, double seconds) =>
            new(new SweepEngineProgram(Workload.W1, error), 100, 1, seconds, 0, 1, 1, 0, error, error, 0);
    }

    [Theory]
    [InlineData("--size", "large")]
    [InlineData("--threads", "0")]
    [InlineData("--tolerance", "1")]
    [InlineData("--size")]
    public void Options_that_do_not_exist_are_refused(params string[] options) => Assert.Equal(2, PeersCommand.Run(options));
}
