using System.Diagnostics;
using System.Text;

namespace SweepEngine.Equations.Tests;

/// <summary>Files that a stranger made to do harm: each gets an error, soon. Those in which single formulas are hostile are in <see cref="XppFindingsTests"/>.</summary>
[Collection(TestsOfTime.Name)]
public sealed class HostileFilesTests
{
    private const int Many = 200_000;

    private static readonly Dictionary<string, Func<string>> Files = new(StringComparer.Ordinal)
    {
        ["lists in lists.yaml"] = () => "model: " + new string('[', Many),
        ["maps in maps.yaml"] = () => string.Concat(Enumerable.Repeat("{a: ", Many)),
        ["indented maps.yaml"] = () => string.Concat(Enumerable.Range(0, 1000).Select(i => new string(' ', i) + "a:\n")),
        ["laughs.yaml"] = () => "a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1]\n" + string.Concat(Enumerable.Range(1, 30).Select(i => $"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 9))}]\n")),
        ["alias in itself.yaml"] = () => "model: &m {model: *m}\n",
        ["keys.yaml"] = () => string.Concat(Enumerable.Range(0, Many / 2).Select(i => $"k{i}: 1\n")),
        ["one key.yaml"] = () => string.Concat(Enumerable.Repeat("k: 1\n", Many)),
        ["one line.yaml"] = () => Model("dx/dt = " + string.Concat(Enumerable.Repeat("x*", Many / 2)) + "x"),
        ["one name.yaml"] = () => Model("dx/dt = " + new string('y', Many)),
        ["parentheses.yaml"] = () => Model("dx/dt = " + new string('(', 60_000) + "1"),
        ["signs.yaml"] = () => Model("dx/dt = " + new string('-', 60_000) + "1"),
        ["powers.yaml"] = () => Model("dx/dt = x" + string.Concat(Enumerable.Repeat("^x", 30_000))),
        ["calls in calls.yaml"] = () => Model("dx/dt = " + string.Concat(Enumerable.Repeat("exp(", 15_000)) + "1"),
        ["a long sum.yaml"] = () => Model("dx/dt = " + string.Concat(Enumerable.Repeat("x+", 30_000)) + "x"),
        ["doubling.yaml"] = () => Model("dx/dt = a900/s\na0 = x\n" + Lines(900, i => $"a{i} = a{i - 1} + a{i - 1}")),
        ["functions of functions.yaml"] = () => Model("dx/dt = f900(x)/s\nf0(z) = z*z\n" + Lines(900, i => $"f{i}(z{i}) = f{i - 1}(f{i - 1}(z{i}))")),
        ["functions of sums.yaml"] = () => Model("dx/dt = f40(x)/s\nf0(z) = z\n" + Lines(40, i => $"f{i}(z{i}) = {string.Join(" + ", Enumerable.Repeat($"f{i - 1}(z{i})", 60))}")),
        ["a circle.yaml"] = () => Model("dx/dt = a1/s\n" + Lines(998, i => $"a{i} = a{i % 998 + 1}")),
        ["lines.yaml"] = () => Model("dx/dt = 1/s\n" + Lines(5_000, i => $"a{i} = {i}")),
        ["unknown names.yaml"] = () => Model("dx/dt = 1/s\n" + Lines(900, i => $"a{i} = b{i} + c{i} + d{i} + e{i}")),
        ["a gigantic number.yaml"] = () => Model($"dx/dt = {new string('9', 60_000)}/s"),
        ["a gigantic exponent.yaml"] = () => Model("dx/dt = 1e999999999999/s"),
        ["a gigantic array.yaml"] = () => Model("dx[1..1000000000]/dt = -x[j]/s"),
        ["gigantic units.yaml"] = () => Model("dx/dt = 1 m^999999999*s" + string.Concat(Enumerable.Repeat("*m", 30_000))),
        ["parameters.yaml"] = () => Model("dx/dt = 1/s", "parameters:\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"  p{i}: {{default: 1 xx}}\n"))),
        ["states.yaml"] = () => "model: m\nequations: dx/dt = 1/s\nstates:\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"  x{i}: {{start: x{i + 1}, unit: 1}}\n")),
        ["starts.yaml"] = () => "model: m\nequations: |\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"  dx{i}/dt = 1/s\n"))
            + "states:\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"  x{i}: {{start: x{(i + 1) % 900} + x{(i + 1) % 900}, unit: 1}}\n")),
        ["events.yaml"] = () => Model("dx/dt = 1/s", "events:\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"  e{i}: {{when: x > {i}, do: x = 0}}\n"))),
        ["a table of a billion points.yaml"] = () => Model("dx/dt = f(x)/s", "tables: {f: {x: {linspace: [0, 1, 1000000000]}, y: [1, 2]}}"),
        ["a table of many points.yaml"] = () => Model("dx/dt = f(x)/s", $"tables: {{f: {{x: [0, 1], y: [{string.Join(", ", Enumerable.Repeat("1", 100_000))}]}}}}"),
        ["tables.yaml"] = () => Model("dx/dt = 1/s", "tables:\n" + string.Concat(Enumerable.Range(0, 5_000).Select(i => $"  f{i}: {{x: [0, 1], y: [0, 1]}}\n"))),
        ["control characters.yaml"] = () => "\0\u0001\u2028: \ufffe",
        ["table of a billion points.ode"] = () => "table f % 1000000000 0 1 t\nx'=f(x)",
        ["tables.ode"] = () => "x'=1\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"table f{i} % 10000 0 1 sin(cos(exp(t)))\n")),
        ["table files.ode"] = () => "x'=1\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"table f{i} /dev/zero\n")),
        ["events.ode"] = () => "x'=1\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"global 1 x-{i} {{x=0}}\n")),
        ["noises.ode"] = () => "wiener w[0..900]\nx'=" + string.Join('+', Enumerable.Range(0, 900).Select(i => $"w{i}")),
        ["a gigantic array.ode"] = () => "x[1..1000000000]'=-x[j]",
        ["arrays.ode"] = () => string.Concat(Enumerable.Range(0, 900).Select(n => $"x{n}y[0..999]'=-x{n}y[j]\n")),
        ["markov.ode"] = () => string.Concat(Enumerable.Range(0, 45).Select(n => $"markov z{n} 20\n{string.Concat(Enumerable.Repeat(string.Concat(Enumerable.Repeat("{1+2}", 20)) + "\n", 20))}")) + "x'=1",
        ["functions of functions.ode"] = () => "x'=f900(x)\nf0(a)=a*a\n" + string.Concat(Enumerable.Range(1, 900).Select(i => $"f{i}(a)=f{i - 1}(f{i - 1}(a))\n")),
        ["a gigantic number.ode"] = () => $"x'={new string('9', 60_000)}",
        ["a gigantic option.ode"] = () => "x'=1\n@ t0=1e999999999",
        ["one line.ode"] = () => new string('x', Many),
    };

    public static TheoryData<string> Names { get; } = [.. Files.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_hostile_file_gets_an_error_within_a_second(string name)
    {
        string text = Files[name]();
        AssertSoon(() =>
        {
            Findings findings = new();
            Assert.Null(ModelReader.Read(text, name, findings));
            Assert.NotEmpty(findings.ToString());
        });
    }

    [Theory]
    [InlineData("large.yaml")]
    [InlineData("large.ode")]
    public void A_file_of_100_MB_gets_an_error_within_a_second_and_is_not_held_in_memory(string name)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("hostile-");
        try
        {
            string path = Path.Combine(folder.FullName, name);
            using (FileStream file = File.Create(path))
            {
                file.Write("x'=-x\n"u8);
                file.SetLength(100_000_000);
            }
            AssertSoon(() =>
            {
                Findings findings = new();
                long before = GC.GetAllocatedBytesForCurrentThread();
                Assert.Null(TextFile.Read(path, new TextPlace(path, 1, 1), findings));
                Assert.Equal($"{path}:1:1: the file is too large: found 100000000 bytes in {Finding.Quote(path)}, allowed at most 1048576 bytes", findings.ToString());
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 3 * YamlFile.LargestSize);
            });
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void A_file_without_an_end_is_read_up_to_the_limit()
    {
        if (!File.Exists("/dev/zero"))
            return;
        Findings findings = new();
        Assert.Null(TextFile.Read("/dev/zero", default, findings));
        Assert.Contains("the file is too large: found 1048577 bytes in '/dev/zero'", findings.ToString(), StringComparison.Ordinal);
    }

    // Time of the clock or of the processor, whichever is less: other processes slow down the one, the collector's threads add to the other.
    private static void AssertSoon(Action action)
    {
        TimeSpan fastest = TimeSpan.MaxValue;
        for (int i = 0; i < 5 && fastest > TimeSpan.FromSeconds(1); i++)
        {
            (TimeSpan before, Stopwatch watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
            action();
            fastest = new[] { fastest, watch.Elapsed, Environment.CpuUsage.TotalTime - before }.Min();
        }
        Assert.InRange(fastest.TotalSeconds, 0, 1);
    }

    private static string Lines(int count, Func<int, string> line) => string.Join('\n', Enumerable.Range(1, count).Select(line));

    private static string Model(string equations, string more = "")
    {
        StringBuilder text = new("model: m\nequations: |\n");
        foreach (string line in equations.Split('\n'))
            text.Append("  ").Append(line).Append('\n');
        return text.Append("states: {x: {start: 1, unit: 1}}\n").Append(more).ToString();
    }
}

/// <summary>Tests that measure time run when no other test of this process does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TestsOfTime
{
    public const string Name = "time";
}
