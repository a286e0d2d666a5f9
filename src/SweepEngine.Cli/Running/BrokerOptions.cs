using System.CommandLine;
using SweepEngine.RabbitMq;

namespace SweepEngine.Cli;

/// <summary>The options of commands that need a broker.</summary>
internal sealed class BrokerOptions
{
    /// <summary>What help says about being let in.</summary>
    public const string Help =
        $"""
        User and password of the broker come from the environment, never from the command line:
          {BrokerAddress.UserVariable}           name of the user [guest, whom RabbitMQ lets in from its own machine]
          {BrokerAddress.PasswordVariable}       the password, or
          {BrokerAddress.PasswordFileVariable}  a file whose first line is the password
        """;

    /// <summary>Where the broker is.</summary>
    public Option<string?> Broker { get; } = new("--broker") { HelpName = "URL", Description = "A RabbitMQ broker: amqps://HOST[:PORT][,HOST...][/VHOST], or amqp://" };

    /// <summary>Whom to trust.</summary>
    public Option<string?> Authorities { get; } = new("--ca-file") { HelpName = "FILE", Description = "Authorities whose certificates amqps trusts, PEM [the system's]" };

    /// <summary>What was given.</summary>
    /// <returns>Null when no broker was.</returns>
    /// <exception cref="BrokerException">It is wrong.</exception>
    public BrokerAddress? Read(ParseResult parsed)
    {
        string? file = parsed.GetValue(Authorities);
        if (parsed.GetValue(Broker) is { } url)
            return BrokerAddress.Read(url, file, Environment.GetEnvironmentVariable);
        return file is null ? null : throw new WrongInputException("--ca-file says whom to trust, but there is no --broker");
    }
}
