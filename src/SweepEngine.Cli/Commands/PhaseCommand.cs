using System.CommandLine;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Sweeps;

namespace SweepEngine.Cli;

/// <summary><c>sweep phase</c>.</summary>
internal static class PhaseCommand
{
    private const string Name = "sweep phase";

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var model = new Argument<string>("MODEL") { Description = "A model of the library, or the path of a model file or of a sweep file" };
        var set = Several("--set", "PARAMETER=VALUE", "Values of parameters, with units; the others have their defaults");
        var plane = new Option<string?>("--plane") { HelpName = "X,Y", Description = "The two states that are shown [both of a model with two, the membrane potential to the right]" };
        var hold = Several("--hold", "STATE=VALUE", "Values of other states [their steady state where it follows from the shown ones, else their start]");
        var window = Several("--window", "STATE=FROM..TO", "What of each state is shown [what there is to see]");
        var start = Several("--start", "STATE=VALUE[,STATE=VALUE]", "Start of another trajectory; what is not given starts as in the model");
        var output = new Option<string?>("--out") { HelpName = "DIR", Description = "Folder for the tables and the picture [results/phase-MODEL]" };
        var command = new DetailedCommand("phase", "Draw the phase plane of a model with two variables: nullclines, equilibria, separatrices, cycles.",
            """
            Prints the equilibria and cycles, and writes tables (nullclines, equilibria, separatrices, field,
            trajectories, cycles) and the picture phase.svg, in the place of those of an earlier run. Of a sweep
            file, the model and its fixed parameters are taken.

            Example: sweep phase fitzhugh_nagumo --set I=0.5
                     sweep phase morris_lecar --set I_app=90uA/cm^2 --window V_m=-70mV..40mV w=0..0.6
                     sweep phase adex --set I_app=500pA --start V_m=-45mV,w=100pA
                     sweep phase hodgkin_huxley --plane V_m,n --hold h=0.4
            """)
        {
            model, set, plane, hold, window, start, output,
        };
        command.SetAction(parsed =>
        {
            (ModelDefinition read, IReadOnlyList<KeyValuePair<string, Quantity>> values) = Read(parsed.GetRequiredValue(model));
            string folder = parsed.GetValue(output) ?? Path.Combine("results", $"phase-{read.Name}");
            Show(read, values, parsed.GetValue(set) ?? [], parsed.GetValue(plane), parsed.GetValue(hold) ?? [], parsed.GetValue(window) ?? [], parsed.GetValue(start) ?? [], folder);
        });
        return command;

        static Option<string[]> Several(string name, string form, string description) => new(name) { HelpName = form, Description = description, AllowMultipleArgumentsPerToken = true };
    }

    private static (ModelDefinition, IReadOnlyList<KeyValuePair<string, Quantity>>) Read(string name)
    {
        // What makes a YAML file a sweep file.
        if (name.EndsWith(".yaml", StringComparison.Ordinal) && File.Exists(name) && File.ReadLines(name).Any(line => line.StartsWith("sweep:", StringComparison.Ordinal)))
        {
            SweepSpec spec = SweepFile.Read(name);
            return (spec.Model, spec.Parameters);
        }

        return (ModelFile.Read(name), []);
    }

    private static void Show(ModelDefinition model, IReadOnlyList<KeyValuePair<string, Quantity>> fixedValues, string[] set, string? planeText, string[] hold, string[] window, string[] start, string folder)
    {
        if (PhasePlane.Hindrance(model) is { } hindrance)
        {
            throw new WrongInputException($"{hindrance}\n    next step: choose a model with a plane: {string.Join(", ", WithPlane())}");
        }

        (StateVariable x, StateVariable y) = Shown(model, planeText);
        var assignments = new Assignments(Name);
        List<(ModelParameter Parameter, Quantity Value)> given = assignments.Read(model.Name, "parameter", [.. model.Parameters.Select(Assignable.Parameter)], set, Assignments.Value);
        Assignable<StateVariable>[] hidden = [.. model.States.Where(state => state != x && state != y).Select(state => Assignable.State(state))];
        if (hold.Length > 0 && hidden.Length == 0)
        {
            throw new WrongInputException($"{Name}: --hold: both states of {model.Name} are shown, so none is held\n    next step: leave it out");
        }

        List<(StateVariable State, Quantity Value)> held = assignments.Read(model.Name, "state that is not shown", hidden, hold, Assignments.Value);
        StateVariable[] shown = [x, y];
        List<(StateVariable State, (double From, double To) Range)> ranges =
            assignments.Read("the plane", "state", [.. shown.Select(state => Assignable.State(state, "1..2"))], window.SelectMany(Parts), Range);
        List<List<(StateVariable State, Quantity Value)>> starts =
            [.. start.Select(each => assignments.Read("the plane", "state", [.. shown.Select(state => Assignable.State(state))], Parts(each), Assignments.Value))];
        assignments.ThrowIfWrong();

        var parameters = new Dictionary<string, Quantity>(fixedValues);
        foreach ((ModelParameter parameter, Quantity value) in given)
        {
            parameters[parameter.Name] = value;
        }

        var plane = new PhasePlane(model, parameters.ToDictionary(each => each.Key, each => each.Value.SI), x.Name, y.Name, held.ToDictionary(each => each.State.Name, each => each.Value.SI));
        foreach ((StateVariable state, double value) in new[] { (x, plane.Start.X), (y, plane.Start.Y) }.Where(each => !double.IsFinite(each.Item2)))
        {
            throw new WrongInputException($"{Name}: the start of {state.Name}, {state.Start}, is not finite at these parameters: found {value}\n    next step: choose other values with --set");
        }

        PhasePortrait portrait = PhasePortrait.Of(plane, RangeOf(x), RangeOf(y), [.. starts.Select(each => new PlanePoint(From(each, x, plane.Start.X), From(each, y, plane.Start.Y)))]);
        string title = $"{model.Name}{(parameters.Count == 0 ? "" : ": " + string.Join(", ", parameters.Select(each => $"{each.Key} = {each.Value}")))}";
        PhaseListing.Print(portrait, title);
        Write(portrait, title, parameters, folder);

        (double, double)? RangeOf(StateVariable state) => ranges.Where(each => each.State == state).Select(each => ((double, double)?)each.Range).FirstOrDefault();
        static double From(List<(StateVariable State, Quantity Value)> start, StateVariable state, double otherwise) =>
            start.Where(each => each.State == state).Select(each => (double?)each.Value.SI).FirstOrDefault() ?? otherwise;
    }

    private static void Write(PhasePortrait portrait, string title, Dictionary<string, Quantity> given, string folder)
    {
        ModelDefinition model = portrait.Plane.Model;
        KeyValuePair<string, string>[] metadata =
        [
            new("phase.model", model.Name),
            new("phase.canonical_model", model.CanonicalText),
            new("phase.parameters", string.Join(", ", model.Parameters.Select(parameter => $"{parameter.Name} = {given.GetValueOrDefault(parameter.Name, parameter.Default)}"))),
            .. portrait.Plane.Held.Select(held => new KeyValuePair<string, string>($"phase.held.{held.Name}", Text(held))),
        ];
        IReadOnlyList<PhaseTable> tables = PhaseTable.Of(portrait);
        foreach (PhaseTable table in tables)
        {
            table.Write(folder, metadata);
        }
        File.WriteAllText(Path.Combine(folder, "phase.svg"), PhasePicture.Of(portrait, title));
        Console.Out.WriteLine($"\nwritten to {folder}: {string.Join(", ", tables.Select(table => table.Name))} and phase.svg");

        string Text(HeldState held)
        {
            Unit unit = model.States[model.StateIndex(held.Name)].Unit;
            return held.Constant is { } value ? new Quantity(unit.FromSI(value), unit).ToString() : "steady state";
        }
    }

    private static (StateVariable, StateVariable) Shown(ModelDefinition model, string? text)
    {
        string[] names = [.. model.States.Select(state => state.Name)];
        if (text is null)
        {
            if (names.Length == 2)
            {
                return model.Voltage == names[1] ? (model.States[1], model.States[0]) : (model.States[0], model.States[1]);
            }

            throw new WrongInputException($"{model.Name} has {Words.Count(names.Length, "state")} ({Listed(names)}), and a plane shows two\n"
                + $"    next step: choose two, e.g. --plane {names[0]},{names[^1]}, or a model with two: {string.Join(", ", WithPlane())}");
        }

        string[] chosen = [.. text.Split(',').Select(name => name.Trim())];
        if (chosen.Length != 2 || chosen[0] == chosen[1])
        {
            throw new WrongInputException($"--plane: allowed two different states, found {Finding.Quote(text)}\n    next step: write e.g. --plane {names[0]},{names[^1]}");
        }

        if (chosen.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new WrongInputException($"--plane: {model.Name} has no such state: found {Finding.Quote(unknown)}, allowed {Listed(names)}"
                + (DidYouMean.Hint(unknown, names) is { } hint ? $"\n    next step: {hint}" : ""));
        }

        return (model.States[model.StateIndex(chosen[0])], model.States[model.StateIndex(chosen[1])]);

        static string Listed(string[] names) => names.Length <= 12 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(12))}, ...";
    }

    private static IEnumerable<string> WithPlane() =>
        ModelLibrary.Names.Where(name => ModelLibrary.Find(name) is { States.Count: 2 } model && PhasePlane.Hindrance(model) is null);

    private static IEnumerable<string> Parts(string text) => text.Split(',').Select(part => part.Trim());

    private static (double, double) Range(StateVariable state, string text, TextPlace place, Findings findings)
    {
        string[] ends = text.Split("..");
        if (ends.Length != 2)
        {
            findings.Add(place, $"this is no range of {state.Name}", Finding.Quote(text), "FROM..TO", $"write e.g. {state.Name}=-1{state.Unit}..1{state.Unit}");
            return default;
        }

        Quantity from = Assignments.Value(state, ends[0].Trim(), place, findings), to = Assignments.Value(state, ends[1].Trim(), place, findings);
        if (!findings.Any && !(from.SI < to.SI))
        {
            findings.Add(place, $"the range of {state.Name} is empty", Finding.Quote(text), "FROM < TO");
        }

        return findings.Any ? default : (from.SI, to.SI);
    }
}
