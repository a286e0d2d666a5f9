using System.Net.Sockets;
using System.Security.Authentication;
using RabbitMQ.Client.Exceptions;

namespace SweepEngine.RabbitMq;

/// <summary>Says in one sentence why a broker did not let us in.</summary>
internal static class BrokerTrouble
{
    // Reply codes of AMQP 0-9-1.
    private const ushort AccessRefused = 403, PreconditionFailed = 406, NotAllowed = 530;

    /// <summary>Describes what the client threw.</summary>
    /// <param name="refused">What it threw.</param>
    /// <param name="address">The broker, without password.</param>
    /// <param name="user">Who wanted in.</param>
    /// <param name="virtualHost">Where to.</param>
    public static BrokerException Describe(Exception refused, string address, string user, string virtualHost)
    {
        Exception[] causes = [.. Causes(refused)];
        if (causes.Any(cause => cause is AuthenticationFailureException or PossibleAuthenticationFailureException))
        {
            return new BrokerException($"{address} does not let in the user '{user}': the name or the password is wrong"
                + (user == "guest" ? ", or it lets in 'guest' from its own machine only" : "")
                + $"\n    next step: set {BrokerAddress.UserVariable} and {BrokerAddress.PasswordVariable}, or {BrokerAddress.PasswordFileVariable}", isInput: true);
        }
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault(cause => cause.ShutdownReason?.ReplyCode is AccessRefused or NotAllowed) is { } denied)
        {
            return new BrokerException($"{address} does not let the user '{user}' use the virtual host '{virtualHost}': {denied.ShutdownReason!.ReplyText}\n"
                + $"    next step: name another virtual host in --broker, or let an administrator run: rabbitmqctl add_vhost {virtualHost}; "
                + $"rabbitmqctl set_permissions -p {virtualHost} {user} '.*' '.*' '.*'", isInput: true);
        }
        if (causes.OfType<OperationInterruptedException>().FirstOrDefault(cause => cause.ShutdownReason?.ReplyCode is PreconditionFailed) is { } other)
        {
            return new BrokerException($"a queue of another version of sweep is in the way at {address}: {other.ShutdownReason!.ReplyText}\n"
                + "    next step: delete that queue on the broker, or use another virtual host", isInput: true);
        }
        if (causes.OfType<AuthenticationException>().FirstOrDefault() is { } untrusted)
        {
            return !untrusted.Message.Contains("certificate", StringComparison.Ordinal)
                ? new BrokerException($"{address} does not speak TLS: {untrusted.Message.TrimEnd('.')}\n"
                    + "    next step: name the port at which the broker speaks TLS, usually 5671", isInput: true)
                : new BrokerException($"{address} has no certificate that is trusted for that name: {untrusted.Message.TrimEnd('.')}\n"
                + "    next step: use the host name in the certificate, or name the authority that signed it with --ca-file", isInput: true);
        }
        string why = causes.OfType<SocketException>().FirstOrDefault()?.Message
            ?? (causes.Any(cause => cause is TimeoutException or OperationCanceledException) ? "it takes connections, but does not answer in time" : causes[^1].Message);
        return new BrokerException($"no broker answers at {address}: {why.TrimEnd('.')}\n"
            + "    next step: start RabbitMQ there, or correct the address (amqps usually has port 5671, amqp 5672)", isInput: false);
    }

    private static IEnumerable<Exception> Causes(Exception exception) => exception is AggregateException several
        ? several.InnerExceptions.SelectMany(Causes)
        : exception.InnerException is { } inner ? Causes(inner).Prepend(exception) : [exception];
}
