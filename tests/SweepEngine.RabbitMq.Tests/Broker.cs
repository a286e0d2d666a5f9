using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using SweepEngine.Cli.Tests;

namespace SweepEngine.RabbitMq.Tests;

/// <summary>
/// A real RabbitMQ server in a folder of its own, with the configuration of <c>cluster-config/rabbitmq</c>, at ports that are free. It can be
/// killed and started again with the same data.
/// </summary>
internal sealed class Broker : IDisposable
{
    public const string User = "sweep", Password = "not-for-the-log";

    private const string Binaries = "/usr/lib/rabbitmq/bin";
    private const int VirtualHosts = 40;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sweep-broker-");
    private readonly int _namePort;
    private readonly int _distributionPort = FreePort();
    private readonly bool _ownsNames;
    private Process? _server;
    private int _virtualHosts;

    /// <param name="name">Name of the node.</param>
    /// <param name="beside">A node whose cluster this one joins when it starts.</param>
    public Broker(string name = "sweep", Broker? beside = null)
    {
        _ownsNames = beside is null;
        _namePort = beside?._namePort ?? FreePort();
        Node = $"{name}@localhost";
        var definitions = new
        {
            users = new[] { new { name = User, password_hash = Hash(Password), hashing_algorithm = "rabbit_password_hashing_sha256", tags = "" } },
            vhosts = Names().Select(host => new { name = host }).ToArray(),
            permissions = Names().Select(host => new { user = User, vhost = host, configure = ".*", write = ".*", read = ".*" }).ToArray(),
        };
        File.WriteAllText(At("definitions.json"), JsonSerializer.Serialize(definitions));
        File.WriteAllText(At("plugins"), "[].");
        File.WriteAllText(At(".erlang.cookie"), "sweep-tests");
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(At(".erlang.cookie"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(At("more"));
        File.WriteAllText(At("more", "90-test.conf"),
            $"""
            listeners.tcp.default = 127.0.0.1:{Port}
            {(beside is null ? $"load_definitions = {At("definitions.json")}"
                : $"cluster_formation.peer_discovery_backend = classic_config\ncluster_formation.classic_config.nodes.1 = {beside.Node}\ncluster_formation.classic_config.nodes.2 = {Node}")}
            log.console = true
            log.console.level = error
            log.file = false

            """);
        WriteCertificates();
        string[] tls = [.. File.ReadLines(Path.Combine(Configuration, "tls.conf")).Where(line => line != "listeners.tcp = none")
            .Select(line => line.Replace("= 5671", $"= 127.0.0.1:{TlsPort}", StringComparison.Ordinal).Replace("/etc/rabbitmq/tls", _folder.FullName, StringComparison.Ordinal))];
        Assert.Contains(tls, line => line == $"listeners.ssl.default = 127.0.0.1:{TlsPort}");
        File.WriteAllLines(At("more", "20-tls.conf"), tls);

        static IEnumerable<string> Names() => Enumerable.Range(1, VirtualHosts).Select(number => $"v{number}");
    }

    public string Node { get; }

    public int Port { get; } = FreePort();

    public int TlsPort { get; } = FreePort();

    /// <summary>The authority that signed the certificate of "localhost".</summary>
    public string AuthorityFile => At("ca.pem");

    private static string Configuration => Path.Combine(SweepProgram.Repository, "cluster-config", "rabbitmq");

    /// <summary>Credentials as a process gets them.</summary>
    public static (string Name, string Value)[] Login { get; } = [(BrokerAddress.UserVariable, User), (BrokerAddress.PasswordVariable, Password)];

    /// <summary>Why there is no server; null if there is one.</summary>
    public static string? Lacking { get; } = File.Exists($"{Binaries}/rabbitmq-server") ? null
        : "Skipped: rabbitmq-server is not installed (apt-get install rabbitmq-server).";

    /// <summary>The broker with a virtual host that no other test uses.</summary>
    public string NewAddress() => AddressOf($"v{++_virtualHosts}");

    public string AddressOf(string virtualHost) => $"amqp://127.0.0.1:{Port}/{virtualHost}";

    public static BrokerAddress Read(string address) =>
        BrokerAddress.Read(address, null, name => Login.FirstOrDefault(each => each.Name == name).Value);

    /// <summary>Starts the server, or starts it again with the data that it has.</summary>
    public async Task StartAsync()
    {
        _server = Begin($"{Binaries}/rabbitmq-server", []);
        var output = new StringBuilder();
        _server.OutputDataReceived += (_, line) => { lock (output) output.AppendLine(line.Data); };
        _server.ErrorDataReceived += (_, line) => { lock (output) output.AppendLine(line.Data); };
        _server.BeginOutputReadLine();
        _server.BeginErrorReadLine();
        // The listener is opened last of all.
        var patience = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(IPAddress.Loopback, Port);
                return;
            }
            catch (SocketException) when (!_server.HasExited && patience.Elapsed < TimeSpan.FromSeconds(90))
            {
                await Task.Delay(50);
            }
            catch (SocketException)
            {
                lock (output) throw new InvalidOperationException($"{Node} does not start:\n{output}");
            }
        }
    }

    /// <summary>As if the machine had failed.</summary>
    public void Kill()
    {
        if (_server is null) return;
        // The shell script has become the Erlang machine (exec), and its helpers end with it.
        _server.Kill(entireProcessTree: true);
        _server.WaitForExit();
        _server.Dispose();
        _server = null;
    }

    /// <summary>Runs <c>rabbitmqctl</c>.</summary>
    public string Control(params string[] arguments)
    {
        using var control = Begin($"{Binaries}/rabbitmqctl", ["-n", Node, "-q", .. arguments]);
        var errors = control.StandardError.ReadToEndAsync();
        string output = control.StandardOutput.ReadToEnd();
        control.WaitForExit();
        Assert.True(control.ExitCode == 0, $"rabbitmqctl {string.Join(' ', arguments)}: {output}\n{errors.Result}");
        return output;
    }

    /// <summary>Runs <c>cluster-config/rabbitmq/setup.sh</c> for another user with the same password.</summary>
    public void SetUp(string virtualHost, string user)
    {
        File.WriteAllText(At("password"), Password + "\n");
        using var setup = Begin("/bin/sh", [Path.Combine(Configuration, "setup.sh")],
            ("PATH", $"{Binaries}:{Environment.GetEnvironmentVariable("PATH")}"), ("SWEEP_BROKER_VHOST", virtualHost),
            (BrokerAddress.UserVariable, user), (BrokerAddress.PasswordFileVariable, At("password")));
        var errors = setup.StandardError.ReadToEndAsync();
        string output = setup.StandardOutput.ReadToEnd();
        setup.WaitForExit();
        Assert.True(setup.ExitCode == 0, $"{output}\n{errors.Result}");
    }

    public void Dispose()
    {
        Kill();
        if (_ownsNames)
        {
            using var names = Process.Start(new ProcessStartInfo("epmd", ["-port", _namePort.ToString(CultureInfo.InvariantCulture), "-kill"])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            });
            names?.WaitForExit();
        }
        _folder.Delete(recursive: true);
    }

    internal static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private Process Begin(string program, string[] arguments, params (string Name, string Value)[] more)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = _folder.FullName,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in new[]
        {
            ("HOME", _folder.FullName),
            ("ERL_EPMD_PORT", _namePort.ToString(CultureInfo.InvariantCulture)),
            ("ERL_EPMD_ADDRESS", "127.0.0.1"),
            ("RABBITMQ_NODENAME", Node),
            ("RABBITMQ_DIST_PORT", _distributionPort.ToString(CultureInfo.InvariantCulture)),
            ("RABBITMQ_MNESIA_BASE", At("data")),
            ("RABBITMQ_LOG_BASE", At("log")),
            ("RABBITMQ_CONF_ENV_FILE", At("none")),
            ("RABBITMQ_ENABLED_PLUGINS_FILE", At("plugins")),
            ("RABBITMQ_CONFIG_FILE", Path.Combine(Configuration, "rabbitmq.conf")),
            ("RABBITMQ_CONFIG_FILES", At("more")),
            // One scheduler that sleeps when there is nothing to do: machines that run tests have few cores.
            ("RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS", "+S 1:1 +sbwt none"),
        }.Concat(more)) start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private string At(params string[] path) => Path.Combine([_folder.FullName, .. path]);

    private void WriteCertificates()
    {
        DateTimeOffset now = DateTimeOffset.UtcNow, from = now.AddDays(-1), to = now.AddDays(1);
        using var authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var authorityRequest = new CertificateRequest("CN=authority of the tests", authorityKey, HashAlgorithmName.SHA256);
        authorityRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        using var authority = authorityRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        using var server = request.Create(authority, from, to, [1, 2, 3]);
        File.WriteAllText(AuthorityFile, authority.ExportCertificatePem());
        File.WriteAllText(At("server.pem"), server.ExportCertificatePem());
        File.WriteAllText(At("server.key"), key.ExportPkcs8PrivateKeyPem());
    }

    private static string Hash(string password)
    {
        byte[] salt = [1, 2, 3, 4];
        return Convert.ToBase64String([.. salt, .. SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(password)])]);
    }
}

#pragma warning disable CA1001 // DisposeAsync of xunit's lifetime ends it
/// <summary>The server that most tests share; each has a virtual host of its own.</summary>
public sealed class SharedBroker : IAsyncLifetime
#pragma warning restore CA1001
{
    private Broker? _broker;

    internal Broker Broker
    {
        get
        {
            Skip.If(Broker.Lacking is not null, Broker.Lacking);
            return _broker!;
        }
    }

    public async Task InitializeAsync()
    {
        if (Broker.Lacking is not null) return;
        _broker = new Broker();
        await _broker.StartAsync();
    }

    public Task DisposeAsync()
    {
        _broker?.Dispose();
        return Task.CompletedTask;
    }
}

/// <summary>Tests with a server run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class BrokerTests : ICollectionFixture<SharedBroker>
{
    public const string Name = "broker";
}
