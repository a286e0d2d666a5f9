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
        var name = new Argument<string?>("NAME") { Description = "A model of the library, or the path of a model file", Arity = ArgumentArity.ZeroOrOne };
        var yaml = new Option<bool>("--yaml") { Description = "Print the model's file, as a start for one of your own" };
        var command = new DetailedCommand("models", "List the models of the library, or show one.",
            """
            A model is shown with its equations, parameters with unit, default and range, and its source.

            Example: sweep models hodgkin_huxley
                     sweep models lif --yaml > my_neuron.yaml
            """)
        {
            name, yaml,
        };
        command.SetAction(parsed =>
        {
            string? asked = parsed.GetValue(name);
            if (asked is null) List();
            else if (parsed.GetValue(yaml)) Console.Out.Write(Text(asked));
            else Show(Model(asked));
        });
        return command;
    }

    private static void List()
    {
        Table table = Screen.Table("model", "what it is");
        foreach (string name in ModelLibrary.Names)
            table.AddTexts(name, ModelLibrary.Find(name)!.Summary);
        Screen.Console.Write(table);
        Console.Out.WriteLine("\n'sweep models NAME' shows one; 'sweep models NAME --yaml' is a start for one of your own.");
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

    private static string UnitText(Unit unit) => unit.Text.Length == 0 ? "1" : unit.Text;

    private static void Title(string title) => Screen.Console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));

    private static void Paragraph(string text) => Screen.Console.Write(new Padder(new Text(text), new Padding(2, 0, 0, 0)));

    private static string Text(string name)
    {
        if (ModelReader.IsPath(name))
        {
            return File.Exists(name) ? File.ReadAllText(name)
                : throw new WrongInputException($"there is no such file: found {Finding.Quote(name)}\n    next step: 'sweep models' lists the library");
        }
        return ModelLibrary.Names.Contains(name) ? ModelLibrary.Text(name) : throw new WrongInputException(
            $"there is no such model: found {Finding.Quote(name)}, allowed {string.Join(", ", ModelLibrary.Names)}\n"
            + $"    next step: {DidYouMean.Hint(name, ModelLibrary.Names) ?? "write the path of a model file as ./name.yaml"}");
    }

    private static ModelDefinition Model(string name)
    {
        var findings = new Findings();
        ModelDefinition model = ModelReader.Read(Text(name), name, findings) ?? throw new WrongInputException(findings.ToString());
        foreach (Finding note in findings.Notes) Console.Error.WriteLine(note);
        return model;
    }
}
