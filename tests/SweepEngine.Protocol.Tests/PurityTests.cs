using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace SweepEngine.Protocol.Tests;

/// <summary>State machines are pure: events in, effects out. What they may not use, the assembly must not even name.</summary>
public sealed class PurityTests
{
    private static readonly string[] Forbidden =
    [
        "System.Threading.", "System.IO.", "System.Net.", "System.Diagnostics.Stopwatch", "System.Diagnostics.Process", "System.Random",
        "System.Security.Cryptography.RandomNumberGenerator", "System.DateTime", "System.DateTimeOffset", "System.TimeProvider", "System.Guid",
        "System.Environment", "System.Console",
    ];

    [Fact]
    public void The_protocol_names_no_task_timer_thread_socket_file_clock_or_random_number()
    {
        var named = NamedTypes();
        Assert.Contains("System.Object", named);
        Assert.DoesNotContain(named, type => Forbidden.Any(name => name.EndsWith('.') ? type.StartsWith(name, StringComparison.Ordinal) : type == name));
    }

    [Fact]
    public void The_protocol_needs_only_the_base_library() =>
        Assert.All(typeof(Coordinator).Assembly.GetReferencedAssemblies(), reference => Assert.Contains(
            reference.Name, new[] { "System.Runtime", "System.Collections", "System.Linq", "System.Text.Json", "System.Memory" }));

    private static List<string> NamedTypes()
    {
        using var file = new PEReader(File.OpenRead(typeof(Coordinator).Assembly.Location));
        var metadata = file.GetMetadataReader();
        return [.. metadata.TypeReferences.Select(handle => metadata.GetTypeReference(handle))
            .Select(type => $"{metadata.GetString(type.Namespace)}.{metadata.GetString(type.Name)}")];
    }
}
