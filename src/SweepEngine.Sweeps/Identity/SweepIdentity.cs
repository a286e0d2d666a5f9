using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps;

/// <summary>
/// What a sweep is, apart from how its file is written and how it is carried out: equal identities mean equal tables, byte for byte.
/// Comments, the order of keys where it has no meaning, the spelling of numbers, the name of the sweep and <c>execution</c> make no
/// difference. The unit of an axis does, since its column is written in it; so does the order of axes, since rows are in it.
/// </summary>
public sealed class SweepIdentity
{
    /// <summary>Version of the tables' columns and of <see cref="CanonicalText"/>.</summary>
    public const int SchemaVersion = 1;

    /// <summary>Version of everything that decides the bits of a result. Raise it with every change that alters one.</summary>
    public const int KernelVersion = 4;

    /// <summary>The arithmetic in which results are computed.</summary>
    public const string NumericProfile = "binary64";

    /// <summary>Makes the identity of a sweep.</summary>
    /// <param name="spec">The sweep.</param>
    public SweepIdentity(SweepSpec spec)
    {
        ArgumentNullException.ThrowIfNull(spec);
        CanonicalText = Canonical(spec);
        ContentHash = Hash(CanonicalText);
    }

    /// <summary>The sweep in the one form that all spellings of it share; the model's canonical text stands at the end.</summary>
    public string CanonicalText { get; }

    /// <summary>SHA-256 of <see cref="CanonicalText"/> in UTF-8, 64 lower-case hexadecimal digits.</summary>
    public string ContentHash { get; }

    /// <summary>The id of a shard: SHA-256 of the content hash and the range of curves.</summary>
    /// <param name="range">The range.</param>
    /// <returns>64 lower-case hexadecimal digits.</returns>
    public string ShardId(ShardRange range) => Hash($"{ContentHash} {range.FirstCurve} {range.CurveCount}");

    private static string Canonical(SweepSpec spec)
    {
        StringBuilder text = new();
        void Line(string line) => text.Append(line).Append('\n');
        static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

        Line($"schema {SchemaVersion}");
        Line($"kernel {KernelVersion} {NumericProfile}");
        foreach (IReadOnlyList<Axis> group in spec.Grid.Groups)
            Line($"axis {string.Join(" | ", group.Select(axis => $"{axis.Parameter} {axis.CanonicalText}"))}");
        Line($"drive {spec.Grid.Drive.Parameter}");
        foreach ((string name, double value) in spec.FixedSI.OrderBy(each => each.Key, StringComparer.Ordinal))
            Line($"fixed {name} {Number(value)}");
        Line(spec.Stimulus switch
        {
            StepStimulus step => $"step duration {Number(step.Duration)} delay {Number(step.Delay)} after {Number(step.After)} base {Number(step.Base)}",
            CourseStimulus course => $"course on {course.On} off {course.Off} end {course.End}",
            _ => throw new ArgumentException($"No such stimulus: {spec.Stimulus}.", nameof(spec)),
        });
        var measures = SweepKeys.Measures.Where(each => spec.Measures.HasFlag(each.Measure));
        Line($"measure {string.Join(' ', measures.Select(each => each.Word))}");
        if (spec.Traces is { } traces)
            Line($"traces {string.Join(' ', traces.Variables.Select(variable => $"{variable.Name}[{variable.Unit}]"))} at {traces.Times.CanonicalText}");
        if (spec.Follow is { } follow)
            Line($"follow {follow.CanonicalText}");
        Line($"tolerance {Number(spec.Tolerance)}");
        Line($"seed {spec.Seed}");
        if (spec.Method is not IntegrationMethod.ToTolerance)
            Line($"method {spec.Method.Text()}");
        if (spec.FixedStep is { } fixedStep)
            Line($"dt {Number(fixedStep)}");
        if (spec.Grid.Repeats > 1)
            Line($"repeat {spec.Grid.Repeats}");
        text.Append(spec.Model.CanonicalText);
        return text.ToString();
    }

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
