using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace SweepEngine.Cli.Tests;

/// <summary>
/// A real Slurm on this machine, from a configuration of its own: munged, slurmctld, and several slurmd on 127.0.0.1, each of which is a node. Needs root and
/// Debian's packages slurmctld, slurmd, slurm-client and munge; elsewhere the test is skipped.
/// </summary>
internal sealed class SlurmCluster : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("sweep-slurm-").FullName;
    private readonly List<Process> _daemons = [];
    private readonly Dictionary<string, Process> _nodes = [];

    /// <summary>Starts it, or skips the test.</summary>
    /// <param name="nodes">Names of the nodes, of two cores each.</param>
    public SlurmCluster(params string[] nodes)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && System.Environment.UserName == "root", "Slurm's daemons are started by root on Linux.");
        string? missing = new[] { "munged", "slurmctld", "slurmd", "sbatch" }.FirstOrDefault(program =>
            !new[] { "/usr/sbin", "/usr/bin" }.Any(folder => File.Exists(Path.Combine(folder, program))));
        Skip.If(missing is not null, $"{missing} is not installed: apt-get install slurmctld slurmd slurm-client munge");

        string munge = Directory.CreateDirectory(Path.Combine(_folder, "munge")).FullName, socket = Path.Combine(munge, "socket");
        File.WriteAllBytes(Path.Combine(munge, "key"), RandomNumberGenerator.GetBytes(1024));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder, (UnixFileMode)0b111_001_001);
            File.SetUnixFileMode(munge, (UnixFileMode)0b111_101_101);
            File.SetUnixFileMode(Path.Combine(munge, "key"), UnixFileMode.UserRead);
        }
        Run("chown", "-R", "munge", munge);
        string host = Run("hostname").Trim();
        int[] ports = FreePorts(nodes.Length + 1);
        Directory.CreateDirectory(Path.Combine(_folder, "state"));
        File.WriteAllText(Configuration,
            $"""
            ClusterName=test
            SlurmctldHost={host}(127.0.0.1)
            SlurmctldPort={ports[0]}
            SlurmUser=root
            SlurmdUser=root
            AuthType=auth/munge
            AuthInfo=socket={socket}
            CredType=cred/munge
            SlurmctldPidFile={_folder}/slurmctld.pid
            SlurmdPidFile={_folder}/slurmd.%n.pid
            SlurmctldLogFile={_folder}/slurmctld.log
            SlurmdLogFile={_folder}/slurmd.%n.log
            SlurmdSpoolDir={_folder}/spool.%n
            StateSaveLocation={_folder}/state
            ProctrackType=proctrack/pgid
            TaskPlugin=task/none
            JobAcctGatherType=jobacct_gather/none
            MpiDefault=none
            SelectType=select/cons_tres
            SelectTypeParameters=CR_Core
            SchedulerType=sched/builtin
            SchedulerParameters=batch_sched_delay=1,sched_interval=2
            SlurmdParameters=config_overrides
            SlurmdTimeout=5
            KillWait=5
            ReturnToService=2
            PartitionName=all Nodes={string.Join(',', nodes)} Default=YES State=UP

            """ + string.Concat(nodes.Select((node, index) =>
                $"NodeName={node} NodeHostname={host} NodeAddr=127.0.0.1 Port={ports[index + 1]} CPUs=2 RealMemory=100000\n")));
        try
        {
            Daemon("runuser", "-u", "munge", "--", "munged", "-F", $"--key-file={munge}/key", $"--socket={socket}", $"--pid-file={munge}/pid",
                $"--seed-file={munge}/seed", $"--log-file={munge}/log");
            Until(() => File.Exists(socket), "munged listens");
            Daemon("slurmctld", "-D");
            foreach (string node in nodes) _nodes.Add(node, Daemon("slurmd", "-D", "-N", node));
            Until(() => Run("sinfo", "-h", "-N", "-o", "%N %T").Split('\n').Count(line => line.EndsWith(" idle", StringComparison.Ordinal)) == nodes.Length, "all nodes are idle");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What Slurm's programs, and the script, need in their environment.</summary>
    public (string Name, string Value)[] Environment => [("SLURM_CONF", Configuration)];

    private string Configuration => Path.Combine(_folder, "slurm.conf");

    /// <summary>Runs one of Slurm's programs.</summary>
    /// <returns>What it printed; nothing if it failed.</returns>
    public string Run(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        errors.Wait();
        return output;
    }

    /// <summary>Kills a node: its daemon, and everything of jobs that runs there.</summary>
    public void KillNode(string node)
    {
        _nodes[node].Kill();
        KillAll(environment => environment.Contains($"SLURM_CONF={Configuration}") && environment.Contains($"SLURMD_NODENAME={node}"));
    }

    /// <summary>Waits for what Slurm does in its own time.</summary>
    public void Until(Func<bool> isSo, string what)
    {
        long began = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            if (Stopwatch.GetElapsedTime(began) > Patience)
                Assert.Fail($"not after {Patience}: {what}\n{Run("squeue")}\n{Run("sinfo")}\n{string.Join('\n', Directory.GetFiles(_folder, "*.log").Select(File.ReadAllText))}");
            Thread.Sleep(100); // nothing tells
        }
    }

    public void Dispose()
    {
        foreach (string node in _nodes.Keys) KillNode(node);
        foreach (Process daemon in Enumerable.Reverse(_daemons))
        {
            daemon.Kill(entireProcessTree: true);
            daemon.WaitForExit();
            daemon.Dispose();
        }
        KillAll(environment => environment.Contains($"SLURM_CONF={Configuration}")); // what nodes have left behind
        Directory.Delete(_folder, recursive: true);
    }

    private static void KillAll(Func<string[], bool> isMeant)
    {
        foreach (Process process in Process.GetProcesses())
        {
            using (process)
                if (isMeant(EnvironmentOf(process.Id))) process.Kill();
        }
    }

    private static string[] EnvironmentOf(int process)
    {
        try
        {
            return File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/environ")).Split('\0');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static int[] FreePorts(int count)
    {
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0))];
        foreach (TcpListener listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(listener => ((IPEndPoint)listener.LocalEndpoint).Port)];
        foreach (TcpListener listener in listeners) listener.Dispose();
        return ports;
    }

    private Process Daemon(string program, params string[] arguments)
    {
        Process process = Start(program, arguments);
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _daemons.Add(process);
        return process;
    }

    private Process Start(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Environment) start.Environment[name] = value;
        start.Environment["PATH"] = $"{System.Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin";
        return Process.Start(start)!;
    }
}
