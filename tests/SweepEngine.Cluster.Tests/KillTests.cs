using SweepEngine.Protocol;

namespace SweepEngine.Cluster.Tests;

public sealed class KillTests
{
    private const int Seed = 20261121;

    [Fact]
    public void Twenty_kills_at_random_moments_and_resuming_give_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(Seed);
        int kills = 0, seenParts = 0;
        while (kills < 20)
        {
            using var child = Child.Start(folder, workers: 2);
            if (random.Next(2) == 0)
            {
                // At any moment, also before anything happens.
                child.WaitForExit(random.Next(40, 200));
            }
            else
            {
                for (int lines = random.Next(1, 12); lines > 0; lines--)
                    if (child.StandardOutput.ReadLine() is null) break;
            }
            if (!child.HasExited) kills++;
            child.Kill();
            child.WaitForExit();
            string parts = Path.Combine(folder, "parts");
            int now = Directory.Exists(parts) ? Directory.EnumerateFiles(parts, "*.part").Count() : 0;
            Assert.True(now >= seenParts, $"seed {Seed}: a committed part is gone");
            seenParts = now;
            // A sweep that got done in the meantime is made undone, so that each kill finds work: parts are facts, only the output is
            // dropped.
            if (File.Exists(Path.Combine(folder, "output.bin")))
            {
                foreach (string file in Directory.EnumerateFiles(folder, "*.bin")) File.Delete(file);
                foreach (string part in Directory.EnumerateFiles(parts, "*.part").Where(_ => random.Next(2) == 0)) File.Delete(part);
                seenParts = 0;
            }
        }
        using var last = Child.Start(folder, workers: 2);
        string output = last.StandardOutput.ReadToEnd();
        last.WaitForExit();
        Assert.True(last.ExitCode == (int)SweepEnd.Complete, $"seed {Seed}: {output} {last.StandardError.ReadToEnd()}");
        Assert.Equal(Child.Sweep().Expected(), File.ReadAllBytes(Path.Combine(folder, "output.bin")));
    }

    [Fact]
    public void A_point_that_kills_its_process_becomes_a_crashed_row_after_some_restarts()
    {
        const long poison = 46;
        using var folder = new TemporaryFolder();
        for (int start = 1; start <= 15; start++)
        {
            using var child = Child.Start(folder, workers: 2, poison);
            string output = child.StandardOutput.ReadToEnd();
            child.WaitForExit();
            if (child.ExitCode != (int)SweepEnd.CompleteWithCrashedPoints) continue;
            Assert.Contains($"Crash {{ Points = point {poison}, ", output);
            Assert.Equal(Child.Sweep(poison).Expected(poison), File.ReadAllBytes(Path.Combine(folder, "output.bin")));
            return;
        }
        Assert.Fail("still not complete after 15 starts");
    }
}
