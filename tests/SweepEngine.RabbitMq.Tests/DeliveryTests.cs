using System.Text.RegularExpressions;
using SweepEngine.Cli.Tests;
using YamlDotNet.RepresentationModel;

namespace SweepEngine.RabbitMq.Tests;

/// <summary>What is delivered besides the program, as far as it can be looked at without a Docker engine.</summary>
public sealed class DeliveryTests
{
    private static string Text(params string[] path) => File.ReadAllText(Path.Combine([SweepProgram.Repository, .. path]));

    [Fact]
    public void The_compose_file_names_services_files_and_options_that_there_are()
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(Text("docker-compose.yml")));
        var top = (YamlMappingNode)yaml.Documents[0].RootNode;
        var services = (YamlMappingNode)top["services"];
        Assert.Equal(["broker", "worker", "run"], services.Children.Keys.Select(key => key.ToString()));
        Assert.Equal("sweeps", services["broker"]["environment"]["RABBITMQ_DEFAULT_VHOST"].ToString());
        foreach (string name in (string[])["worker", "run"])
        {
            var service = services[name];
            Assert.Equal(".", service["build"].ToString());
            Assert.NotNull(services[service["depends_on"].AllNodes.OfType<YamlScalarNode>().First().ToString()]);
            Assert.Equal("/run/secrets/broker_password", service["environment"][BrokerAddress.PasswordFileVariable].ToString());
            Assert.Equal("sweep", service["environment"][BrokerAddress.UserVariable].ToString());
            string[] command = [.. ((YamlSequenceNode)service["command"]).Select(word => word.ToString())];
            Assert.Contains("amqp://broker/sweeps", command);
            using var place = new Workplace();
            string help = place.Sweep(command[0], "--help").Output;
            Assert.All(command.Where(word => word.StartsWith("--", StringComparison.Ordinal)), option => Assert.Contains($" {option} ", help, StringComparison.Ordinal));
        }
        Assert.Equal("sweep", services["broker"]["environment"]["RABBITMQ_DEFAULT_USER"].ToString());
        string example = Regex.Match(services["run"]["command"].ToString(), @"SPEC:-(\S+)\}").Groups[1].Value;
        Assert.True(File.Exists(Path.Combine(SweepProgram.Repository, example)), example);
        // Secrets and volumes that are named are there; files that are mounted exist, but for those that the first lines say how to make.
        foreach (var service in services.Children.Values.Cast<YamlMappingNode>())
        {
            Assert.All((YamlSequenceNode)service["secrets"], secret => Assert.NotNull(top["secrets"][secret]));
            if (!service.Children.TryGetValue("volumes", out var volumes)) continue;
            foreach (string source in ((YamlSequenceNode)volumes).Select(volume => volume.ToString().Split(':')[0]))
            {
                if (!source.StartsWith("./", StringComparison.Ordinal)) Assert.True(((YamlMappingNode)top["volumes"]).Children.ContainsKey(source), source);
                else if (source != "./results") Assert.True(Path.Exists(Path.Combine(SweepProgram.Repository, source)), source);
            }
        }
    }

    [Fact]
    public void The_Dockerfile_copies_what_there_is_and_does_not_run_as_root()
    {
        string[] lines = Text("Dockerfile").Split('\n');
        string[] copied = [.. lines.Where(line => line.StartsWith("COPY ", StringComparison.Ordinal) && !line.Contains("--from", StringComparison.Ordinal))
            .SelectMany(line => line.Split(' ')[1..^1])];
        Assert.All(copied, path => Assert.True(Path.Exists(Path.Combine(SweepProgram.Repository, path)), path));
        // All that a build of the command reads.
        Assert.Equal(["Directory.Build.props", "Directory.Packages.props", "global.json", "src/"], copied);
        int user = Array.FindIndex(lines, line => line == "USER $APP_UID"), start = Array.FindIndex(lines, line => line.StartsWith("ENTRYPOINT", StringComparison.Ordinal));
        Assert.InRange(user, 1, start);
        string ignored = Text(".dockerignore");
        Assert.DoesNotContain("src\n", ignored.Replace("**/", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("rabbitmq.conf")]
    [InlineData("tls.conf")]
    [InlineData("setup.sh")]
    public void Every_value_of_the_brokers_configuration_is_explained(string file)
    {
        string[] lines = Text("cluster-config", "rabbitmq", file).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            if (!Regex.IsMatch(lines[i], @"^[a-z_.0-9]+ ?=")) continue;
            int above = i;
            while (Regex.IsMatch(lines[above], @"^[a-z_.0-9]+ ?=")) above--; // values of one comment stand together
            Assert.StartsWith("#", lines[above], StringComparison.Ordinal);
        }
    }
}
