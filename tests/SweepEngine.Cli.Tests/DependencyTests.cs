using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Text.RegularExpressions;

namespace SweepEngine.Cli.Tests;

public class DependencyTests
{
    private const string Cli = "SweepEngine.Cli";

    [Fact]
    public void The_projects_need_each_other_as_the_README_of_src_says()
    {
        Dictionary<string, string> stated = Regex.Matches(
                File.ReadAllText(Path.Combine(SweepProgram.Repository, "src", "README.md")), @"^\| `(SweepEngine\.\w+)` \|.*\| ([^|]+) \|$", RegexOptions.Multiline)
            .ToDictionary(row => row.Groups[1].Value, row => row.Groups[2].Value);
        string[] projects = [.. Directory.GetDirectories(Path.Combine(SweepProgram.Repository, "src")).Select(path => Path.GetFileName(path)!).Order(StringComparer.Ordinal)];
        Assert.Equal(projects, stated.Keys.Order(StringComparer.Ordinal));
        foreach (string project in projects)
        {
            string[] needed = [.. References(project).Where(name => name.StartsWith("SweepEngine.", StringComparison.Ordinal)).Order(StringComparer.Ordinal)];
            string[] allowed = stated[project] switch
            {
                "–" => [],
                "all" => [.. projects.Where(other => other != project)],
                var list => [.. list.Split(", ").Select(name => "SweepEngine." + name).Order(StringComparer.Ordinal)],
            };
            Assert.True(needed.SequenceEqual(allowed), $"{project} needs {string.Join(", ", needed)}; src/README.md says {string.Join(", ", allowed)}.");
        }
    }

    [Theory]
    [InlineData("SweepEngine.Lanes")]
    [InlineData("SweepEngine.Protocol")]
    [InlineData("SweepEngine.Parquet")]
    [InlineData("SweepEngine.Cluster")]
    public void What_is_usable_on_its_own_needs_no_package(string project) =>
        Assert.All(References(project), name => Assert.Matches(@"^(System|Microsoft\.Win32|SweepEngine)\..", name));

    private static IEnumerable<string> References(string project)
    {
        string file = Path.Combine(AppContext.BaseDirectory, project == Cli ? "sweep.dll" : project + ".dll");
        using var assembly = new PEReader(File.OpenRead(file));
        MetadataReader metadata = assembly.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(each => metadata.GetString(metadata.GetAssemblyReference(each).Name))];
    }
}
