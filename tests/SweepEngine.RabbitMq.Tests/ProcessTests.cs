using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using SweepEngine.Cli.Tests;
using SmallSweeps = SweepEngine.Cli.Tests.Sweeps;

namespace SweepEngine.RabbitMq.Tests;

/// <summary>Real processes, a real server, and what happens to them: kills, pauses, wrong input.</summary>
[Collection(BrokerTests.Name)]
public sealed class ProcessTests(SharedBroker shared)
{
    // 180 curves, one for each part: enough for something to happen meanwhile.
    private static readonly string[] Run = ["run", "sweep.yaml", "--json", "--curves-per-shard", "1", "--lease", "2", "--out"];

    [SkippableFact]
    public void A_sweep_has_the_same_bytes_by_workers_that_are_killed_paused_and_started_again_and_by_a_coordinator_that_is_killed()
    {
        string address = shared.Broker.NewAddress();
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.LongAdaptation);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "local").ExitCode);
        using var crew = new Crew(place, address);
        Process first = crew.StartWorker(), second = crew.StartWorker();
        crew.StartWorker();

        using (var killed = crew.StartRun([.. Run, "out"]))
        {
            killed.WaitForCurves(5);
            first.Kill();
            killed.WaitForCurves(15);
            Send("STOP", second);
            killed.WaitForCurves(25);
            killed.Process.Kill();
            killed.Process.WaitForExit();
        }
        crew.StartWorker();
        int kept = Directory.GetFiles(place.At("out", "parts"), "*.part").Length;
        Assert.InRange(kept, 25, SmallSweeps.LongAdaptationCurves - 1);

        // The third worker has not noticed; the paused one wakes up in another coordinator's time, with work that is not wanted any more.
        using var resumed = crew.StartRun([.. Run, "out"]);
        resumed.WaitForCurves(kept + 10);
        Send("CONT", second);
        Finished end = resumed.End();
        Assert.True(end.ExitCode == 0, $"{end}\n{crew}");
        Assert.Equal(kept, end.Last.GetProperty("reused_curves").GetInt32());
        Assert.Equal(place.Tables("local"), place.Tables("out"));
        crew.StopAll();
        Assert.DoesNotContain(Broker.Password, crew.ToString(), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_broker_that_is_killed_and_started_again_with_its_data_costs_nothing_but_time()
    {
        Skip.If(Broker.Lacking is not null, Broker.Lacking);
        using var broker = new Broker();
        broker.StartAsync().GetAwaiter().GetResult();
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.LongAdaptation);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "local").ExitCode);
        using var crew = new Crew(place, broker.NewAddress());
        crew.StartWorker();
        using var run = crew.StartRun([.. Run, "out"]);
        run.WaitForCurves(5);
        broker.Kill();
        Assert.Contains(run.WaitFor("notice"), line => line.Contains("is lost", StringComparison.Ordinal));
        broker.StartAsync().GetAwaiter().GetResult();
        Finished end = run.End();
        Assert.True(end.ExitCode == 0, $"{end}\n{crew}");
        Assert.Equal(place.Tables("local"), place.Tables("out"));
        crew.StopAll();
    }

    [SkippableFact]
    public void While_the_broker_has_no_space_all_wait_and_then_the_sweep_goes_on_by_itself()
    {
        string address = shared.Broker.NewAddress();
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.ClosedForm);
        using var crew = new Crew(place, address);
        using var run = crew.StartRun([.. Run, "out"]);
        run.WaitFor("started");
        shared.Broker.Control("set_disk_free_limit", "1000000GB");
        crew.StartWorker();
        crew.WaitForLine("the broker takes no messages now");
        Assert.False(run.Process.HasExited);
        shared.Broker.Control("set_disk_free_limit", "1MB");
        crew.WaitForLine("the broker takes messages again");
        Finished end = run.End();
        Assert.True(end.ExitCode == 0, $"{end}\n{crew}");
        Assert.Equal(3, end.Last.GetProperty("computed_curves").GetInt32());
        crew.StopAll();
    }

    [SkippableFact]
    public void A_full_disk_where_the_run_is_ends_it_in_order_and_the_same_command_goes_on()
    {
        string address = shared.Broker.NewAddress();
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.Adaptation);
        Directory.CreateDirectory(place.At("small"));
        Skip.IfNot(OperatingSystem.IsLinux() && Succeeds("mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", place.At("small")),
            "Skipped: only root on Linux can mount a small file system to fill.");
        try
        {
            using var crew = new Crew(place, address);
            crew.StartWorker();
            using (var full = crew.StartRun([.. Run, "small"]))
            {
                Finished end = full.End();
                Assert.True(end.ExitCode == 4, $"{end}\n{crew}");
                Assert.Contains("No space left on device", end.Last.GetProperty("reason").GetString(), StringComparison.Ordinal);
            }
            Assert.True(Succeeds("mount", "-o", "remount,size=16m", place.At("small")));
            using var run = crew.StartRun([.. Run, "small"]);
            Finished again = run.End();
            Assert.True(again.ExitCode == 0, $"{again}\n{crew}");
            Assert.NotEqual(0, again.Last.GetProperty("reused_curves").GetInt32());
            Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "local").ExitCode);
            Assert.Equal(place.Tables("local"), place.Tables("small"));
        }
        finally
        {
            Assert.True(Succeeds("umount", place.At("small")));
        }
    }

    [SkippableFact]
    public void Three_nodes_of_which_one_is_killed_give_the_same_bytes()
    {
        Skip.If(Broker.Lacking is not null, Broker.Lacking);
        using var first = new Broker("one");
        first.StartAsync().GetAwaiter().GetResult();
        using Broker second = new("two", beside: first), third = new("three", beside: first);
        Task.WaitAll(second.StartAsync(), third.StartAsync());
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.LongAdaptation);
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "local").ExitCode);
        using var crew = new Crew(place, $"amqp://127.0.0.1:{first.Port},127.0.0.1:{second.Port},127.0.0.1:{third.Port}/v1");
        crew.StartWorker();
        crew.StartWorker();
        using var run = crew.StartRun([.. Run, "out"]);
        run.WaitForCurves(20);
        // All three hold the mailboxes, so two of them go on.
        string members = second.Control("list_queues", "-p", "v1", "name", "members");
        foreach (Broker node in (Broker[])[first, second, third])
            Assert.Equal(4, members.Split(node.Node).Length - 1); // of the run, two workers, dead letters
        first.Kill();
        Finished end = run.End();
        Assert.True(end.ExitCode == 0, $"{end}\n{crew}");
        Assert.Equal(place.Tables("local"), place.Tables("out"));
        crew.StopAll();
    }

    [SkippableFact]
    public void With_TLS_the_certificate_is_checked_and_the_rights_that_setup_gives_are_enough()
    {
        string address = $"amqps://localhost:{shared.Broker.TlsPort}/team";
        shared.Broker.SetUp("team", "member");
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.ClosedForm);
        Finished stranger = SweepProgram.Run(place.Folder, Broker.Login, "run", "sweep.yaml", "--out", "out", "--broker", address);
        Finished otherName = SweepProgram.Run(place.Folder, Broker.Login, "run", "sweep.yaml", "--out", "out", "--ca-file", shared.Broker.AuthorityFile,
            "--broker", address.Replace("localhost", "127.0.0.1", StringComparison.Ordinal));
        foreach (Finished refused in (Finished[])[stranger, otherName])
        {
            Assert.True(refused.ExitCode == 2, refused.ToString());
            Assert.Contains("has no certificate that is trusted for that name", refused.Errors, StringComparison.Ordinal);
            Assert.Contains("--ca-file", refused.Errors, StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(place.At("out")));

        using var crew = new Crew(place, address, "--ca-file", shared.Broker.AuthorityFile) { User = "member" };
        crew.StartWorker();
        using var run = crew.StartRun("run", "sweep.yaml", "--json", "--out", "out");
        Finished end = run.End();
        Assert.True(end.ExitCode == 0, $"{end}\n{crew}");
        Assert.Equal(0, place.Sweep("run", "sweep.yaml", "--quiet", "--out", "local").ExitCode);
        Assert.Equal(place.Tables("local"), place.Tables("out"));
    }

    [SkippableTheory]
    [InlineData("amqp://127.0.0.1:PORT/v1", "nobody", "wrong", 2, "does not let in the user 'nobody': the name or the password is wrong")]
    [InlineData("amqp://127.0.0.1:PORT/nowhere", Broker.User, Broker.Password, 2, "does not let the user 'sweep' use the virtual host 'nowhere'")]
    [InlineData("amqp://127.0.0.1:1/v1", Broker.User, Broker.Password, 4, "no broker answers at amqp://127.0.0.1:1/v1: Connection refused")]
    [InlineData("amqps://127.0.0.1:PORT/v1", Broker.User, Broker.Password, 2, "amqps://127.0.0.1:PORT/v1 does not speak TLS")]
    [InlineData("amqp://sweep:not-for-the-log@127.0.0.1:PORT/v1", Broker.User, Broker.Password, 2, "--broker holds a user or password")]
    public void What_is_wrong_with_the_broker_is_told_once_and_nothing_is_written(string url, string user, string password, int exitCode, string expected)
    {
        string port = shared.Broker.Port.ToString(CultureInfo.InvariantCulture);
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.ClosedForm);
        (string, string)[] login = [(BrokerAddress.UserVariable, user), (BrokerAddress.PasswordVariable, password)];
        string broker = url.Replace("PORT", port, StringComparison.Ordinal);
        foreach (var finished in new[]
        {
            SweepProgram.Run(place.Folder, login, "run", "sweep.yaml", "--out", "out", "--broker", broker),
            SweepProgram.Run(place.Folder, login, "worker", "--broker", broker),
        })
        {
            Assert.True(finished.ExitCode == exitCode, finished.ToString());
            Assert.Contains(expected.Replace("PORT", port, StringComparison.Ordinal), finished.Errors, StringComparison.Ordinal);
            Assert.Contains("next step: ", finished.Errors, StringComparison.Ordinal);
            Assert.Equal(2, finished.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
            Assert.DoesNotContain(Broker.Password, finished.ToString(), StringComparison.Ordinal);
        }
        Assert.False(Directory.Exists(place.At("out")));
    }

    [Fact]
    public void What_is_refused_when_queues_are_declared_is_told_like_what_is_refused_before()
    {
        var broker = Broker.Read("amqp://broker/v");
        BrokerException late = broker.Describe(new TaskCanceledException()), other = broker.Describe(new InvalidDataException("what.", new IOException("why.")));
        Assert.StartsWith("no broker answers at amqp://broker:5672/v: it takes connections, but does not answer in time\n    next step: ", late.Message, StringComparison.Ordinal);
        Assert.StartsWith("no broker answers at amqp://broker:5672/v: why\n", other.Message, StringComparison.Ordinal);
        Assert.False(late.IsInput || other.IsInput);
    }

    [Theory]
    [InlineData("--lease is for processes that share a sweep, but there is neither --shard nor --broker", "--lease", "5")]
    [InlineData("--lease: allowed 1 to 86400 s, found 0.5", "--broker", "amqp://localhost", "--lease", "0.5")]
    [InlineData("--shard and --broker are two ways to share a sweep", "--broker", "amqp://localhost", "--shard", "0/2")]
    [InlineData("--ca-file says whom to trust, but there is no --broker", "--ca-file", "ca.pem")]
    [InlineData("--ca-file says whom to trust, but amqp:// is not encrypted", "--broker", "amqp://localhost", "--ca-file", "ca.pem")]
    [InlineData("ca.pem, which --ca-file names, cannot be read", "--broker", "amqps://localhost", "--ca-file", "ca.pem")]
    [InlineData("--workers is about this process, but with --broker others compute", "--broker", "amqp://localhost", "--workers", "2")]
    public void Options_that_do_not_go_together_are_told(string expected, params string[] options)
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", SmallSweeps.ClosedForm);
        Finished refused = place.Sweep(["run", "sweep.yaml", .. options]);
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Errors, StringComparison.Ordinal);
    }

    private static void Send(string signal, Process process) =>
        Assert.True(Succeeds("kill", $"-{signal}", process.Id.ToString(CultureInfo.InvariantCulture)));

    private static bool Succeeds(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }

    /// <summary>Workers and runs of one broker; what is left of them is killed at the end.</summary>
    private sealed class Crew(Workplace place, string address, params string[] more) : IDisposable
    {
        private readonly List<Process> _workers = [];

        public string User { get; init; } = Broker.User;

        private (string, string)[] Login => [.. Broker.Login, (BrokerAddress.UserVariable, User)];
        private readonly List<string> _lines = [];

        /// <summary>Starts a worker and waits until it is connected.</summary>
        public Process StartWorker()
        {
            Process worker = SweepProgram.Start(place.Folder, Login, ["worker", "--broker", address, "--workers", "1", .. more]);
            _workers.Add(worker);
            int id = worker.Id;
            worker.OutputDataReceived += (_, line) => Add($"{id}: {line.Data ?? "ended"}");
            worker.ErrorDataReceived += (_, line) => Add($"{id}: {line.Data}");
            worker.BeginOutputReadLine();
            worker.BeginErrorReadLine();
            WaitForLine($"{id}: ");
            Assert.True(!worker.HasExited, $"the worker does not start\n{this}");
            return worker;

            void Add(string line)
            {
                lock (_lines)
                {
                    _lines.Add(line);
                    Monitor.PulseAll(_lines);
                }
            }
        }

        public Started StartRun(params string[] arguments) =>
            new(SweepProgram.Start(place.Folder, Login, [.. arguments, "--broker", address, .. more]));

        /// <summary>Waits until a worker has said something.</summary>
        public void WaitForLine(string part)
        {
            lock (_lines)
            {
                while (!_lines.Any(line => line.Contains(part, StringComparison.Ordinal)))
                    Assert.True(Monitor.Wait(_lines, TimeSpan.FromSeconds(60)), $"no worker said '{part}'\n{this}");
            }
        }

        /// <summary>Asks all workers that still live to stop, and waits for it.</summary>
        public void StopAll()
        {
            foreach (Process worker in _workers.Where(worker => !worker.HasExited))
            {
                Send("TERM", worker);
                Assert.True(worker.WaitForExit(TimeSpan.FromSeconds(20)), $"worker {worker.Id} does not stop\n{this}");
                Assert.True(worker.ExitCode == 0, ToString());
            }
        }

        public override string ToString()
        {
            lock (_lines) return string.Join('\n', _lines);
        }

        public void Dispose()
        {
            foreach (Process worker in _workers)
            {
                if (!worker.HasExited) worker.Kill();
                worker.WaitForExit();
                worker.Dispose();
            }
        }
    }

    /// <summary>A run of a sweep with <c>--json</c>.</summary>
    private sealed class Started(Process process) : IDisposable
    {
        private const int PointsPerCurve = 9;

        private readonly List<string> _lines = [];

        public Process Process => process;

        /// <summary>Reads on until so many curves are committed.</summary>
        public void WaitForCurves(int curves)
        {
            foreach (JsonElement each in Read())
                if (each.GetProperty("event").GetString() == "progress" && each.GetProperty("points_done").GetInt64() >= PointsPerCurve * curves) return;
            Assert.Fail($"ended before {curves} curves:\n{string.Join('\n', _lines)}\n{process.StandardError.ReadToEnd()}");
        }

        /// <summary>Reads on to an event of this kind; returns its texts.</summary>
        public IReadOnlyList<string> WaitFor(string kind) =>
            [.. Read().First(each => each.GetProperty("event").GetString() == kind).EnumerateObject().Select(each => each.Value.ToString())];

        public Finished End()
        {
            Task<string> errors = process.StandardError.ReadToEndAsync();
            foreach (JsonElement _ in Read())
            {
            }
            process.WaitForExit();
            return new Finished(process.ExitCode, string.Join('\n', _lines), errors.GetAwaiter().GetResult());
        }

        public void Dispose()
        {
            if (!process.HasExited) process.Kill();
            process.WaitForExit();
            process.Dispose();
        }

        private IEnumerable<JsonElement> Read()
        {
            while (process.StandardOutput.ReadLine() is { } line)
            {
                _lines.Add(line);
                using var read = JsonDocument.Parse(line);
                yield return read.RootElement.Clone();
            }
        }
    }
}
