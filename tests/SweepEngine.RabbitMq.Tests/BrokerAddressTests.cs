namespace SweepEngine.RabbitMq.Tests;

public sealed class BrokerAddressTests
{
    private const string Secret = "swordfish";

    private static BrokerAddress Read(string text, params (string Name, string Value)[] variables) =>
        BrokerAddress.Read(text, null, name => variables.FirstOrDefault(each => each.Name == name).Value);

    [Theory]
    [InlineData("amqps://broker.example.org", "amqps://broker.example.org:5671/")]
    [InlineData("amqp://broker", "amqp://broker:5672/")]
    [InlineData("amqp://broker/", "amqp://broker:5672/")]
    [InlineData("amqp://broker/%2F", "amqp://broker:5672/")]
    [InlineData("amqps://a:1,b,c:3/sweeps", "amqps://a:1,b:5671,c:3/sweeps")]
    [InlineData("amqp://[::1]:5673/a%2Fb", "amqp://[::1]:5673/a/b")]
    public void Hosts_ports_and_virtual_host_are_read(string text, string expected) => Assert.Equal(expected, Read(text).ToString());

    [Theory]
    [InlineData("http://broker", "--broker is no address of a broker: found 'http://broker', allowed amqps://HOST[:PORT]")]
    [InlineData("broker:5672", "--broker is no address of a broker")]
    [InlineData("user:swordfish@broker", "--broker is no address of a broker: found '…'")]
    [InlineData("amqp://", "names no host that can be understood: found ''")]
    [InlineData("amqp://a,,b", "names no host that can be understood: found ''")]
    [InlineData("amqp://a:port", "names no host that can be understood: found 'a:port'")]
    [InlineData("amqp://a/b/c", "has something after its virtual host")]
    [InlineData("amqp://a/b?heartbeat=3", "has something after its virtual host")]
    [InlineData("amqps://user:swordfish@broker", "--broker holds a user or password, which every user of this machine could read there\n    next step: leave out what is before '@' and set SWEEP_BROKER_USER")]
    [InlineData("amqp://swordfish@broker/x", "--broker holds a user or password")]
    public void What_is_no_address_is_told_without_repeating_a_password(string text, string expected)
    {
        var wrong = Assert.Throws<BrokerException>(() => Read(text));
        Assert.True(wrong.IsInput);
        Assert.Contains(expected, wrong.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, wrong.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void User_and_password_come_together_from_one_place()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, Secret + "\n");
            Assert.Equal("amqp://a:5672/", Read("amqp://a", (BrokerAddress.UserVariable, "u"), (BrokerAddress.PasswordFileVariable, file)).ToString());
            Assert.Equal("both SWEEP_BROKER_PASSWORD and SWEEP_BROKER_PASSWORD_FILE are set\n    next step: unset one of them",
                Wrong((BrokerAddress.UserVariable, "u"), (BrokerAddress.PasswordVariable, Secret), (BrokerAddress.PasswordFileVariable, file)));
            Assert.Contains("a password for the broker is given, but no user", Wrong((BrokerAddress.PasswordVariable, Secret)), StringComparison.Ordinal);
            Assert.Contains("SWEEP_BROKER_USER is set, but no password", Wrong((BrokerAddress.UserVariable, "u")), StringComparison.Ordinal);
            File.WriteAllText(file, "");
            Assert.Contains("is empty: allowed a first line with the password", Wrong((BrokerAddress.UserVariable, "u"), (BrokerAddress.PasswordFileVariable, file)), StringComparison.Ordinal);
            Assert.Contains("cannot be read: ", Wrong((BrokerAddress.UserVariable, "u"), (BrokerAddress.PasswordFileVariable, file + ".none")), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        static string Wrong(params (string, string)[] variables) => Assert.Throws<BrokerException>(() => Read("amqp://a", variables)).Message;
    }

    [Theory]
    [InlineData("amqps://broker.example.org", false)]
    [InlineData("amqp://localhost,127.0.0.1,[::1]", false)]
    [InlineData("amqp://localhost,broker", true)]
    public void A_password_that_others_could_read_on_the_way_is_known(string text, bool expected) => Assert.Equal(expected, Read(text).IsOpenToReaders);
}
