namespace SweepEngine.Equations;

/// <summary>What became of a part's parameters in the model that it was added to.</summary>
/// <param name="Names">The name in the model of each, by the name that the part gives it.</param>
/// <param name="WithoutDefault">Names in the model of those that must be given a value, because no default fits the units of the model.</param>
public sealed record PartParameters(IReadOnlyDictionary<string, string> Names, IReadOnlySet<string> WithoutDefault);
