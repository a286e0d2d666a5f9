using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using RabbitMQ.Client;
using RabbitMQ.Client.Exceptions;

namespace SweepEngine.RabbitMq;

/// <summary>Something about the broker that a person can put right; the message says what and how.</summary>
/// <param name="message">For people; never holds a password.</param>
/// <param name="isInput">What was given is wrong (address, user, certificate); otherwise the broker cannot be reached now.</param>
public sealed class BrokerException(string message, bool isInput) : Exception(message)
{
    /// <summary>What was given is wrong; otherwise the broker cannot be reached now.</summary>
    public bool IsInput => isInput;
}

/// <summary>Where a broker is, and how to be let in. Its text never holds a password.</summary>
public sealed class BrokerAddress
{
    /// <summary>Names the user; with it goes <see cref="PasswordVariable"/> or <see cref="PasswordFileVariable"/>.</summary>
    public const string UserVariable = "SWEEP_BROKER_USER";

    /// <summary>Holds the password.</summary>
    public const string PasswordVariable = "SWEEP_BROKER_PASSWORD";

    /// <summary>Names a file whose first line is the password.</summary>
    public const string PasswordFileVariable = "SWEEP_BROKER_PASSWORD_FILE";

    private const string Form = "amqps://HOST[:PORT][,HOST[:PORT]...][/VHOST], or amqp:// without encryption";
    private const string Guest = "guest"; // RabbitMQ's own user, whom it lets in from its own machine only

    private readonly string _text;
    private readonly IReadOnlyList<(string Host, int Port)> _hosts;
    private readonly string _virtualHost;
    private readonly string _user;
    private readonly string _password;
    private readonly bool _encrypted;
    private readonly X509Certificate2Collection? _authorities;

    private BrokerAddress(string text, bool encrypted, IReadOnlyList<(string, int)> hosts, string virtualHost, (string, string) login, X509Certificate2Collection? authorities)
    {
        (_text, _encrypted, _hosts, _virtualHost, _authorities) = (text, encrypted, hosts, virtualHost, authorities);
        (_user, _password) = login;
    }

    /// <summary>True when the password goes over a network that others may read.</summary>
    public bool IsOpenToReaders => !_encrypted && _hosts.Any(host => !IsThisMachine(host.Host));

    /// <summary>Reads an address and the way to be let in.</summary>
    /// <param name="text">As <c>amqps://broker.example.org/sweeps</c>; several hosts of one cluster are separated by commas.</param>
    /// <param name="authorityFile">Certificates (PEM) of the authorities that are trusted instead of the system's; null for the system's.</param>
    /// <param name="variable">Reads a variable of the environment.</param>
    /// <exception cref="BrokerException">Something is wrong with what was given.</exception>
    public static BrokerAddress Read(string text, string? authorityFile, Func<string, string?> variable)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variable);
        int start = text.IndexOf("://", StringComparison.Ordinal);
        string scheme = start < 0 ? "" : text[..start];
        if (scheme is not ("amqp" or "amqps"))
            throw Wrong($"--broker is no address of a broker: found '{(text.Contains('@', StringComparison.Ordinal) ? "…" : text)}', allowed {Form}");
        string[] parts = text[(start + 3)..].Split('/', 2);
        if (parts[0].Contains('@', StringComparison.Ordinal))
        {
            throw Wrong("--broker holds a user or password, which every user of this machine could read there\n"
                + $"    next step: leave out what is before '@' and set {UserVariable} and {PasswordVariable}, or {PasswordFileVariable}");
        }
        bool encrypted = scheme == "amqps";
        if (!encrypted && authorityFile is not null)
            throw Wrong("--ca-file says whom to trust, but amqp:// is not encrypted\n    next step: write amqps://, or leave out --ca-file");
        var hosts = parts[0].Split(',').Select(host => Host(host, encrypted ? 5671 : 5672, text)).ToList();
        string virtualHost = parts is [_, { Length: > 0 } named] ? Uri.UnescapeDataString(named) : "/";
        if (parts is [_, var rest] && rest.AsSpan().IndexOfAny("/?#") >= 0)
            throw Wrong($"--broker has something after its virtual host: found '{text}', allowed {Form} (write %2F for a slash in VHOST)");
        return new BrokerAddress($"{scheme}://{string.Join(',', hosts.Select(host => $"{host.Host}:{host.Port}"))}/{(virtualHost == "/" ? "" : virtualHost)}",
            encrypted, hosts, virtualHost, Login(variable), Authorities(authorityFile));
    }

    /// <summary>Without user and password.</summary>
    public override string ToString() => _text;

    /// <summary>Looks whether the broker lets us in.</summary>
    /// <exception cref="BrokerException">It does not; the message says why and what to do.</exception>
    public async Task CheckAsync()
    {
        await using var connection = await ConnectAsync("sweep check", CancellationToken.None).ConfigureAwait(false);
        try
        {
            await using var channel = await connection.CreateChannelAsync().ConfigureAwait(false); // a virtual host is refused only now
            await connection.CloseAsync().ConfigureAwait(false);
        }
        catch (OperationInterruptedException refused)
        {
            throw Describe(refused);
        }
    }

    /// <summary>Opens a connection to one of the hosts.</summary>
    /// <param name="name">Shown by the broker.</param>
    /// <param name="stop">Ends the attempt.</param>
    /// <exception cref="BrokerException">None lets us in.</exception>
    internal async Task<IConnection> ConnectAsync(string name, CancellationToken stop)
    {
        var factory = new ConnectionFactory
        {
            UserName = _user,
            Password = _password,
            VirtualHost = _virtualHost,
            // A connection that is silently dead is noticed after about two of these; a reconnection is made by BrokerLink, which declares
            // and consumes anew.
            RequestedHeartbeat = TimeSpan.FromSeconds(10),
            AutomaticRecoveryEnabled = false,
            TopologyRecoveryEnabled = false,
            RequestedConnectionTimeout = TimeSpan.FromSeconds(10),
            ContinuationTimeout = TimeSpan.FromSeconds(20),
        };
        try
        {
            return await factory.CreateConnectionAsync(_hosts.Select(Endpoint), name, stop).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            throw Describe(refused);
        }
    }

    /// <summary>Says in one sentence why the broker did not let us in.</summary>
    internal BrokerException Describe(Exception refused) => BrokerTrouble.Describe(refused, _text, _user, _virtualHost);

    private static BrokerException Wrong(string message) => new(message, isInput: true);

    private static (string Host, int Port) Host(string written, int standard, string text)
    {
        bool known = Uri.TryCreate($"amqp://{written}", UriKind.Absolute, out var uri) && uri.Host.Length > 0 && uri.PathAndQuery is "/" or "";
        return known ? (uri!.Host, uri.Port > 0 ? uri.Port : standard)
            : throw Wrong($"--broker names no host that can be understood: found '{written}' in '{text}', allowed {Form}");
    }

    private static (string User, string Password) Login(Func<string, string?> variable)
    {
        string? user = Given(UserVariable), password = Given(PasswordVariable), file = Given(PasswordFileVariable);
        if (user is null)
        {
            return password is null && file is null ? (Guest, Guest)
                : throw Wrong($"a password for the broker is given, but no user\n    next step: set {UserVariable}");
        }
        if (password is not null && file is not null)
            throw Wrong($"both {PasswordVariable} and {PasswordFileVariable} are set\n    next step: unset one of them");
        if (password is not null)
            return (user, password);
        if (file is null)
            throw Wrong($"{UserVariable} is set, but no password\n    next step: set {PasswordFileVariable} to a file that holds it, or {PasswordVariable}");
        try
        {
            return (user, File.ReadLines(file).FirstOrDefault() ?? throw Wrong($"{file}, which {PasswordFileVariable} names, is empty: allowed a first line with the password"));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw Wrong($"{file}, which {PasswordFileVariable} names, cannot be read: {trouble.Message}");
        }

        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
    }

    private static X509Certificate2Collection? Authorities(string? file)
    {
        if (file is null)
            return null;
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw Wrong($"{file}, which --ca-file names, cannot be read: {trouble.Message}");
        }
        return authorities.Count > 0 ? authorities : throw Wrong($"{file}, which --ca-file names, holds no certificate: allowed PEM, with -----BEGIN CERTIFICATE-----");
    }

    private static bool IsThisMachine(string host) =>
        host == "localhost" || (IPAddress.TryParse(host.Trim('[', ']'), out var address) && IPAddress.IsLoopback(address));

    private AmqpTcpEndpoint Endpoint((string Host, int Port) host) => new(host.Host, host.Port, new SslOption
    {
        Enabled = _encrypted,
        ServerName = host.Host,
        Version = SslProtocols.None, // what the system holds for safe
        CertificateValidationCallback = _authorities is null ? null : IsTrusted,
    });

    // The name and the dates are checked as always; only the authorities are others.
    private bool IsTrusted(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != 0)
            return false;
        using var path = new X509Chain();
        path.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        path.ChainPolicy.CustomTrustStore.AddRange(_authorities!);
        path.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // an authority of one's own seldom has a list
        if (chain is not null)
            path.ChainPolicy.ExtraStore.AddRange(chain.ChainElements.Select(element => element.Certificate).ToArray());
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return path.Build(server);
    }
}
