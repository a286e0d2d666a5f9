using SweepEngine.Simulator;

namespace SweepEngine.Protocol.Tests;

/// <summary>Simulations by their seeds.</summary>
internal static class Seeds
{
    /// <summary>Set this environment variable to a seed to run only that one.</summary>
    public const string ReplayVariable = "SWEEP_SEED";

    /// <summary>The seed to run alone; null for all.</summary>
    public static int? Replayed => int.TryParse(Environment.GetEnvironmentVariable(ReplayVariable), out int seed) ? seed : null;

    /// <summary>Runs seeds from 0, or the one that is replayed; none may fail.</summary>
    /// <param name="count">How many.</param>
    /// <param name="run">Runs one.</param>
    /// <param name="traceOf">What to say of one that fails.</param>
    public static void AllEnd(int count, Action<int> run, Func<int, string>? traceOf = null)
    {
        foreach (int seed in Replayed is { } only ? [only] : Enumerable.Range(0, count))
        {
            try
            {
                run(seed);
            }
            catch (Exception failure)
            {
                Assert.Fail($"Seed {seed} (replay with {ReplayVariable}={seed} dotnet test): {failure}\n{traceOf?.Invoke(seed)}");
            }
        }
    }

    /// <summary>Runs seeds from 0 until one breaks a promise or an invariant, which must happen.</summary>
    /// <param name="count">How many at most.</param>
    /// <param name="run">Runs one.</param>
    /// <returns>The seed and what it broke.</returns>
    public static string FirstCaught(int count, Action<int> run)
    {
        for (int seed = 0; seed < count; seed++)
        {
            try
            {
                run(seed);
            }
            catch (Exception failure) when (failure is SimulationFailure or InvalidOperationException)
            {
                return $"seed {seed}: {failure.Message}";
            }
        }
        Assert.Fail($"it is not caught by {count} seeds");
        return "";
    }

    /// <summary>The names of the types that break one rule each.</summary>
    public static TheoryData<string> VariantsOf<T>() => [.. typeof(T).Assembly.GetTypes().Where(type => type.BaseType == typeof(T)).Select(type => type.Name)];

    /// <summary>One of them.</summary>
    public static T Variant<T>(string name) => (T)Activator.CreateInstance(typeof(T).Assembly.GetTypes().Single(type => type.BaseType == typeof(T) && type.Name == name))!;
}
