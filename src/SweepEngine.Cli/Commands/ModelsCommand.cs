using System.CommandLine;
using Spectre.Console;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Cli;

/// <summary><c>sweep models</c>.</summary>
internal static class ModelsCommand
{
    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var command = new DetailedCommand("models", "List models, stimuli and synapses; show one; check model files.",
            """
            Example: sweep models
                     sweep models show hodgkin_huxley
                     sweep models show nmda
                     sweep models check ./mine.yaml ./neuron.ode
            """)
        {
            CreateShow(), CreateCheck(),
        };
        command.SetAction(_ => List());
        return command;
    }

    private static DetailedCommand CreateShow()
    {
        var name = new Argument<string>("NAME") { Description = "A model, stimulus or synapse of the library, or the path of a model file" };
        var yaml = new Option<bool>("--yaml") { Description = "Print the file; a model's is a start for one of your own" };
        var code = new Option<bool>("--code") { Description = "Print the code that runs: its operations in order, in SI units" };
        var swept = new Option<string[]>("--swept")
        {
            Description = "With --code: parameters of the grid; all others are constants in the code",
            HelpName = "PARAMETER",
            AllowMultipleArgumentsPerToken = true,
        };
        var command = new DetailedCommand("show", "Show a model, stimulus or synapse: equations, parameters with unit, default and range, source.",
            """
            Example: sweep models show hodgkin_huxley
                     sweep models show lif --yaml > my_neuron.yaml
                     sweep models show lif --code --swept I_app tau_ref
            """)
        {
            name, yaml, code, swept,
        };
        command.SetAction(parsed =>
        {
            string asked = parsed.GetRequiredValue(name);
            if (parsed.GetValue(yaml)) Console.Out.Write(Text(asked));
            else if (PartOf(asked) is { } library && !parsed.GetValue(code)) Show(library.Describe(asked, "pA"));
            else if (parsed.GetValue(code)) ShowCode(Model(asked), parsed.GetValue(swept) ?? []);
            else Show(Model(asked));
        });
        return command;
    }

    private static DetailedCommand CreateCheck()
    {
        var files = new Argument<string[]>("FILE") { Description = "Model files, YAML or .ode", Arity = ArgumentArity.OneOrMore };
        var command = new DetailedCommand("check", "Check model files, and say all that is wrong with them.",
            """
            Every finding has its line and column; exit code 2 if there is any. Notes say what has no effect.

            Example: sweep models check ./mine.yaml ./neuron.ode
            """)
        {
            files,
        };
        command.SetAction(parsed => parsed.GetRequiredValue(files).Select(Check).ToList().TrueForAll(good => good) ? ExitCode.Complete : ExitCode.WrongInput);
        return command;
    }

    private static bool Check(string path)
    {
        var findings = new Findings();
        ModelDefinition? model = TextFile.Read(path, new TextPlace(path, 1, 1), findings) is { } text ? ModelReader.Read(text, path, findings) : null;
        foreach (Finding note in findings.Notes) Console.Error.WriteLine(note);
        if (model is null)
        {
            Console.Error.WriteLine(findings);
            return false;
        }
        Console.Out.WriteLine($"{path}: ok, {model.Name} with {Words.Count(model.States.Count, "state")} and {Words.Count(model.Parameters.Count, "parameter")}"
            + (model.Spike is null ? ", no spike rule" : ""));
        return true;
    }

    private static void List()
    {
        List("model", ModelLibrary.Names.Select(name => (name, ModelLibrary.Find(name)!.Summary)));
        List("stimulus", Parts(PartLibrary.Stimuli));
        List("synapse", Parts(PartLibrary.Synapses));
        Console.Out.WriteLine("'sweep models show NAME' shows one; of a model, 'sweep models show NAME --yaml' is a start for one of your own.");

        static IEnumerable<(string, string)> Parts(PartLibrary library) => library.Names.Select(name => (name, library.Describe(name, "pA").Summary));
    }

    private static void List(string kind, IEnumerable<(string Name, string Summary)> entries)
    {
        Table table = Screen.Table(kind, "what it is");
        foreach ((string name, string summary) in entries)
            table.AddTexts(name, summary);
        Screen.Console.Write(table);
        Console.Out.WriteLine();
    }

    private static void Show(PartDescription part)
    {
        Title(part.Name);
        Paragraph(part.Summary);
        if (part.Source.Length > 0) Paragraph($"Source: {part.Source}");
        Title("formulas");
        foreach (string formula in part.Formulas) Paragraph(formula);
        Title("parameters, for a model whose current is in pA");
        Table parameters = Screen.Table("", "", ">", "", "", "");
        foreach (ModelParameter parameter in part.Parameters)
        {
            string value = part.MustBeGiven.Contains(parameter.Name) ? "must be given" : Words.Exact(parameter.Default.Value);
            parameters.AddTexts("", parameter.Name, value, parameter.Unit.Text, parameter.RangeText, parameter.Summary);
        }
        Screen.Console.Write(parameters);
    }

    private static void Show(ModelDefinition model)
    {
        Title($"{model.Name}");
        Paragraph(model.Summary);
        if (model.Source.Length > 0) Paragraph($"Source: {model.Source}");

        Title("equations");
        foreach (ModelFunction function in model.Functions) Paragraph(function.ToString());
        foreach (Intermediate intermediate in model.Intermediates) Paragraph(intermediate.ToString());
        foreach (StateVariable state in model.States) Paragraph(state.ToString());

        Title("spike");
        if (model.Spike is { } spike)
        {
            Paragraph($"when {spike.When}");
            foreach (ResetAssignment assignment in spike.Reset) Paragraph($"reset {assignment.Show(spike.Draws)}");
            if (spike.RefractoryFor is { } time) Paragraph($"refractory for {time}, holding {string.Join(", ", spike.Hold)}");
            if (spike.Reset.Count == 0) Paragraph("no reset: the spike's course follows from the equations");
        }
        else Paragraph("none");

        if (model.Events.Count > 0) Title("events");
        foreach (ModelEvent happening in model.Events)
        {
            Paragraph($"{happening.Name}: {happening.Cause()}");
            foreach (ResetAssignment assignment in happening.Reset) Paragraph($"  do {assignment.Show(happening.Draws)}");
            if (happening.RefractoryFor is { } time) Paragraph($"  refractory for {time}, holding {string.Join(", ", happening.Hold)}");
        }

        if (model.Noises.Count > 0)
        {
            Title("white noise");
            Paragraph($"{string.Join(", ", model.Noises)} [s^-0.5], in the sense of Itô");
        }

        Title("states");
        Table states = Screen.Table("", "", "", "", "");
        foreach (StateVariable state in model.States)
            states.AddTexts("", state.Name, $"[{UnitText(state.Unit)}]", $"from {RandomDraw.Show(state.Start, model.StartDraws)}", state.Summary);
        Screen.Console.Write(states);

        Title("parameters");
        Table parameters = Screen.Table("", "", ">", "", "", "");
        foreach (ModelParameter parameter in model.Parameters)
            parameters.AddTexts("", parameter.Name, Words.Exact(parameter.Default.Value), parameter.Unit.Text, parameter.RangeText, parameter.Summary);
        Screen.Console.Write(parameters);
    }

    private static void ShowCode(ModelDefinition model, string[] swept)
    {
        foreach (string name in swept.Where(name => model.Parameter(name) is null))
        {
            string[] known = [.. model.Parameters.Select(parameter => parameter.Name)];
            throw new WrongInputException($"--swept: {model.Name} has no such parameter: found {Finding.Quote(name)}, allowed {string.Join(", ", known)}"
                + (DidYouMean.Hint(name, known) is { } hint ? $"\n    next step: {hint}" : ""));
        }
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), [.. swept.Distinct()]);
        Console.Out.WriteLine($"{model.Name}: code for {Words.Count(code.LaneWidth, "grid point")} at a time, in SI units");
        if (code.Swept.Count > 0) Console.Out.WriteLine($"read for each point: {string.Join(", ", code.Swept)}");
        Console.Out.WriteLine("constants: " + string.Join(", ", model.Parameters.Where(parameter => !code.Swept.Contains(parameter.Name))
            .Select(parameter => $"{parameter.Name} = {Words.Exact(parameter.Default.SI)}")));
        Console.Out.Write($"\n{LaneListing.Of(code)}");
    }

    private static string UnitText(Unit unit) => unit.Text.Length == 0 ? "1" : unit.Text;

    private static void Title(string title) => Screen.Console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));

    private static void Paragraph(string text) => Screen.Console.Write(new Padder(new Text(text), new Padding(2, 0, 0, 0)));

    private static string Text(string name) => PartOf(name) is { } library ? library.Text(name)
        : ModelFile.Text(name, "model, stimulus or synapse", [.. PartLibrary.Stimuli.Names, .. PartLibrary.Synapses.Names]);

    // The library of stimuli or of synapses that has it; null for a model.
    private static PartLibrary? PartOf(string name) =>
        new[] { PartLibrary.Stimuli, PartLibrary.Synapses }.FirstOrDefault(library => library.Names.Contains(name));

    private static ModelDefinition Model(string name)
    {
        if (PartOf(name) is not null)
        {
            throw new WrongInputException($"{name} is part of a model, and has code only there: found --code\n"
                + $"    next step: 'sweep models show {name}' without it");
        }
        return ModelFile.Read(name, Text(name));
    }
}
