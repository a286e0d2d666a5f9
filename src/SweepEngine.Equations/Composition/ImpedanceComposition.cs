namespace SweepEngine.Equations;

/// <summary>A model under a sine that integrates its own response, so that the impedance can be read at the end of the sine.</summary>
/// <param name="Model">The model with two more states.</param>
/// <param name="Real">Real part of the impedance, over the state at the end of the sine and the parameters.</param>
/// <param name="Imaginary">Imaginary part of the impedance.</param>
public sealed record ImpedanceModel(ModelDefinition Model, Expression Real, Expression Imaginary);

/// <summary>
/// Adds the Fourier component of the membrane potential at the frequency of a sine stimulus: the integrals of V_m sin(phi) and V_m cos(phi) over whole
/// periods, phi being the phase of the stimulus. They begin anew where the last whole periods begin that fit into the second half of the stimulus; the time
/// before is for settling.
/// </summary>
public static class ImpedanceComposition
{
    // 0.5 * 20 Hz * 0.5 s may round to less than the 5 periods that it is.
    private const double Rounding = 1e-9;

    /// <summary>Adds the integrals.</summary>
    /// <param name="stimulated">The model under the stimulus <c>sine</c>.</param>
    /// <param name="drive">Name of the drive, whose value is the amplitude.</param>
    /// <param name="place">Where the user asks for the impedance.</param>
    /// <param name="findings">Where everything that is wrong goes.</param>
    /// <returns>The model, or null when something is wrong.</returns>
    public static ImpedanceModel? Add(StimulatedModel stimulated, string drive, TextPlace place, Findings findings)
    {
        ArgumentNullException.ThrowIfNull(stimulated);
        ArgumentNullException.ThrowIfNull(findings);
        ModelDefinition model = stimulated.Model;
        StateVariable voltage = model.States[model.Voltage is { } named ? model.StateIndex(named) : 0];
        Expression Parameter(string name) => new Symbol(stimulated.Parameters.Names[name]);
        Expression frequency = Parameter("frequency"), duration = Parameter("duration");
        Expression phase = Sum(Product(Product(Product(new Number(2), new Symbol(BuiltIn.Pi)), frequency),
            Difference(new Symbol(BuiltIn.Time), Parameter("delay"))), Parameter("phase"));
        Expression periods = new Call("floor", [Sum(Product(Product(new Number(0.5), frequency), duration), new Number(Rounding))]);
        Expression time = new Call("if",
            [new Binary(BinaryOperator.Greater, frequency, new Number(0)), Quotient(periods, frequency), new Number(0)]);

        ModelComposition composition = new(model, place, findings);
        EventDraft begin = new("impedance") { First = Difference(stimulated.Off, time) };
        Unit unit = Unit.Parse(voltage.Unit.Text.Length == 0 ? "s" : $"({voltage.Unit.Text})*s")!;
        Expression Part(string function)
        {
            string name = $"impedance_{function}";
            if (composition.IsTaken(name))
                findings.Add(place, $"the model {model.Name} has something else of the name {name}", hint: "give it another name");
            else
                composition.Add(new StateVariable(name, unit, Product(new Symbol(voltage.Name), new Call(function, [phase])), new Number(0),
                    $"integral of {voltage.Name} and the {(function == "sin" ? "sine" : "cosine")} of the stimulus' phase"));
            begin.Reset.Add(new ResetAssignment(name, new Number(0)));
            return Quotient(Product(new Number(2), new Symbol(name)), Product(new Symbol(drive), time));
        }

        int before = findings.Count;
        Expression real = Part("sin"), imaginary = Part("cos");
        composition.Draft.Events.Add(begin);
        return findings.Count == before && composition.Definition() is { } composed ? new ImpedanceModel(composed, real, imaginary) : null;
    }

    private static Binary Sum(Expression a, Expression b) => new(BinaryOperator.Add, a, b);

    private static Binary Difference(Expression a, Expression b) => new(BinaryOperator.Subtract, a, b);

    private static Binary Product(Expression a, Expression b) => new(BinaryOperator.Multiply, a, b);

    private static Binary Quotient(Expression a, Expression b) => new(BinaryOperator.Divide, a, b);
}
