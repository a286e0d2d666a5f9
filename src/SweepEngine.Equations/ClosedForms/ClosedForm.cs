namespace SweepEngine.Equations;

/// <summary>
/// A formula of the field with its symbols and source. The equations that are shown are those that are computed, and their dimensions have been
/// checked as those of models are.
/// </summary>
public sealed class ClosedForm
{
    /// <summary>Its name, such as <c>nernst</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What it gives, in a sentence.</summary>
    public required string Summary { get; init; }

    /// <summary>The paper or book it comes from.</summary>
    public required string Source { get; init; }

    /// <summary>The equations as written, each after those it uses: results, intermediates and functions.</summary>
    public required IReadOnlyList<string> Equations { get; init; }

    /// <summary>The constants of nature in them.</summary>
    public required IReadOnlyList<PhysicalConstant> Constants { get; init; }

    /// <summary>The symbols that have values to be given.</summary>
    public required IReadOnlyList<ModelParameter> Parameters { get; init; }

    /// <summary>What it gives.</summary>
    public required IReadOnlyList<ClosedFormResult> Results { get; init; }

    /// <summary>Finds a parameter.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>The parameter, or null when there is none.</returns>
    public ModelParameter? Parameter(string name) => Parameters.FirstOrDefault(parameter => parameter.Name == name);

    /// <summary>Computes all results.</summary>
    /// <param name="values">Values of parameters [SI]; the others have their defaults. Ranges are not checked.</param>
    /// <returns>The results [SI], in the order of <see cref="Results"/>; not finite where the formula has no value.</returns>
    /// <exception cref="ArgumentException">There is no such parameter.</exception>
    public IReadOnlyList<double> Evaluate(IReadOnlyDictionary<string, double> values)
    {
        ArgumentNullException.ThrowIfNull(values);
        if (values.Keys.FirstOrDefault(name => Parameter(name) is null) is { } unknown)
            throw new ArgumentException($"'{Name}' has no parameter '{unknown}'.", nameof(values));
        Interpreter interpreter = new(Parameters.ToDictionary(parameter => parameter.Name,
            parameter => values.TryGetValue(parameter.Name, out double value) ? value : parameter.Default.SI));
        return [.. Results.Select(result => interpreter.Evaluate(result.Value))];
    }

    /// <summary>
    /// The functions by which models call it, one for each result, with the parameters as arguments: <c>nernst(c_out, c_in, z, T)</c>; where there are
    /// several results, the name of the result is appended, as in <c>end_plate_mean(n, p, q, CV)</c>.
    /// </summary>
    public IReadOnlyList<ModelFunction> Functions => field ??=
    [
        .. Results.Select(result => new ModelFunction(Results.Count == 1 ? Name : $"{Name}_{result.Name}",
            [.. Parameters.Select(parameter => parameter.Name)], result.Value)
        {
            Signature = ([.. Parameters.Select(parameter => parameter.Unit.Dimension)], result.Unit.Dimension),
        }),
    ];
}

/// <summary>What a closed form gives.</summary>
/// <param name="Name">The field's symbol, such as <c>E</c>.</param>
/// <param name="Unit">The unit in which it is shown.</param>
/// <param name="Value">The expression over the parameters alone.</param>
/// <param name="Summary">What it is.</param>
public sealed record ClosedFormResult(string Name, Unit Unit, Expression Value, string Summary);
