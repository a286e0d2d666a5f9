using System.Diagnostics;

namespace SweepEngine.Cli.Tests;

public class DeterminismTests
{
    private static readonly (string[] Arguments, string Switch)[] Ways =
    [
        (["--workers", "1"], ""),
        (["--workers", "2"], ""),
        (["--workers", "2", "--curves-per-shard", "1"], ""),
        (["--workers", "2", "--curves-per-shard", "4"], ""),
        (["--workers", "1", "--curves-per-shard", "1000"], ""),
        (["--lanes", "8"], ""),
        (["--lanes", "4"], ""),
        (["--lanes", "1"], ""),
        ([], "DOTNET_EnableAVX512"),
        ([], "DOTNET_EnableAVX2"),
        ([], "DOTNET_EnableHWIntrinsic"),
    ];

    [Theory]
    [InlineData(Sweeps.Adaptation)]
    [InlineData(Sweeps.Squid)]
    [InlineData(Sweeps.Diagrams)]
    public void Workers_shards_lanes_and_processors_do_not_change_a_byte(string sweep)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", sweep);
        SortedDictionary<string, string>? expected = null;
        for (int way = 0; way < Ways.Length; way++)
        {
            var (arguments, off) = Ways[way];
            Finished run = SweepProgram.Run(
                place.Folder, off == "" ? [] : [(off, "0")], ["run", "sweep.yaml", "--json", "--out", $"way{way}", .. arguments]);
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', arguments)} {off}: {run}");
            var tables = place.Tables($"way{way}");
            expected ??= tables;
            Assert.True(expected.SequenceEqual(tables), $"{string.Join(' ', arguments)} {off} gives other bytes.");
        }
    }

    [Theory]
    [InlineData("DOTNET_EnableAVX512", 4)]
    [InlineData("DOTNET_EnableAVX2", 1)]
    [InlineData("DOTNET_EnableHWIntrinsic", 1)]
    public void The_switches_of_the_runtime_take_the_registers_away(string off, int widest)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.ClosedForm);
        Finished run = SweepProgram.Run(place.Folder, [(off, "0")], "run", "sweep.yaml", "--json");
        Assert.InRange(run.Events[0].GetProperty("lanes").GetInt32(), 1, widest);
    }

    [Fact]
    public void Twenty_kills_at_random_moments_lose_nothing_and_change_no_byte()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", Sweeps.LongAdaptation);
        string[] run = ["run", "sweep.yaml", "--json", "--curves-per-shard", "1", "--out"];
        Assert.Equal(0, place.Sweep([.. run, "calm"]).ExitCode);
        const int seed = 20260101, kills = 20, mostLines = 12;
        var random = new Random(seed);
        int killed = 0;
        while (killed < kills)
        {
            using Process process = SweepProgram.Start(place.Folder, [], [.. run, "killed"]);
            int lines = random.Next(1, mostLines);
            string? line = null;
            for (int i = 0; i < lines; i++) line = process.StandardOutput.ReadLine();
            Assert.True(line is not null && !line.Contains("\"finished\""), $"Seed {seed}: the sweep was over before kill {killed + 1}; give it more curves.");
            process.Kill();
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            killed++;
        }
        Finished last = place.Sweep([.. run, "killed"]);
        Assert.True(last.ExitCode == 0, $"Seed {seed}: {last}");
        int reused = last.Last.GetProperty("reused_curves").GetInt32();
        Assert.InRange(reused, 1, Sweeps.LongAdaptationCurves - 1);
        Assert.Equal(Sweeps.LongAdaptationCurves, reused + last.Last.GetProperty("computed_curves").GetInt32());
        Assert.Equal(place.Tables("calm"), place.Tables("killed"));
    }
}
