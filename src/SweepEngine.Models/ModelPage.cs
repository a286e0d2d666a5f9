using System.Text;
using SweepEngine.Equations;

namespace SweepEngine.Models;

/// <summary>A model as a page of Markdown: its equations and tables of its symbols. <c>docs/models</c> is printed by this.</summary>
public static class ModelPage
{
    /// <summary>The page of one model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="examples">Links to sweep files that use it, relative to where the page will stand; may be empty.</param>
    /// <returns>Markdown with a last newline.</returns>
    public static string Print(ModelDefinition model, IReadOnlyList<string> examples)
    {
        StringBuilder page = new();
        page.Append($"# {model.Name}\n\n{model.Summary}\n\nSource: {model.Source}\n");

        page.Append("\n## Equations\n\n```\n");
        Block(page, model.Functions.Select(function => function.ToString()));
        Block(page, model.Intermediates.Select(intermediate => intermediate.ToString()));
        page.AppendJoin("", model.States.Select(state => $"{state}\n"));
        page.Append("```\n");

        if (model.Spike is { } spike)
        {
            page.Append($"\n## Spikes\n\nA spike is where `{spike.When}` becomes true.");
            page.Append(spike.Reset.Count > 0
                ? $" Then {Code(spike.Reset.Select(assignment => assignment.Show(spike.Draws)))}."
                : " Nothing is reset.");
            Refractory(page, spike.RefractoryFor, spike.Hold);
            page.Append('\n');
        }
        Events(page, model);
        if (model.Noises.Count > 0)
            page.Append($"\n## White noise\n\n{Code(model.Noises)} [s^-0.5]{(model.Noises.Count > 1 ? ", independent of each other" : "")}, in the sense of Itô.\n");

        page.Append("\n## States\n\n| state | unit | start | meaning |\n|---|---|---|---|\n");
        foreach (StateVariable state in model.States)
            page.Append($"| `{state.Name}`{(state.Name == model.Voltage ? " (voltage)" : "")} | {state.Unit} | `{RandomDraw.Show(state.Start, model.StartDraws)}` | {state.Summary} |\n");

        page.Append("\n## Parameters\n\n| parameter | default | range | meaning |\n|---|---|---|---|\n");
        foreach (ModelParameter parameter in model.Parameters)
            page.Append($"| `{parameter.Name}` | {parameter.Default} | {parameter.RangeText} | {parameter.Summary} |\n");

        if (examples.Count > 0)
        {
            page.Append("\n## Examples\n\n");
            foreach (string example in examples)
                page.Append($"- [{Path.GetFileName(example)}]({example})\n");
        }
        return page.ToString();
    }

    /// <summary>The page that lists models, each with a link to its page <c>NAME.md</c> beside this one.</summary>
    /// <param name="models">The models, in the order of the list.</param>
    /// <returns>Markdown with a last newline.</returns>
    public static string PrintIndex(IEnumerable<ModelDefinition> models)
    {
        StringBuilder page = new("# The model library\n\n| model | what it is |\n|---|---|\n");
        foreach (ModelDefinition model in models)
            page.Append($"| [{model.Name}]({model.Name}.md) | {model.Summary} |\n");
        return page.ToString();
    }

    private static void Events(StringBuilder page, ModelDefinition model)
    {
        if (model.Events.Count == 0)
            return;
        page.Append("\n## Events\n\n");
        foreach (ModelEvent happening in model.Events)
        {
            page.Append($"- **{happening.Name}** happens `{happening.Cause()}`:");
            page.Append(happening.Reset.Count > 0 ? $" {Code(happening.Reset.Select(assignment => assignment.Show(happening.Draws)))}." : " the equations have a kink there.");
            Refractory(page, happening.RefractoryFor, happening.Hold);
            page.Append('\n');
        }
    }

    private static void Refractory(StringBuilder page, Expression? duration, IReadOnlyList<string> hold)
    {
        if (duration is not null)
            page.Append($" For `{duration}` after it, {Code(hold)} keep{(hold.Count == 1 ? "s its value" : " their values")}.");
    }

    private static void Block(StringBuilder page, IEnumerable<string> lines)
    {
        string block = string.Join("\n", lines);
        if (block.Length > 0)
            page.Append(block).Append("\n\n");
    }

    private static string Code(IEnumerable<string> texts) => string.Join(", ", texts.Select(text => $"`{text}`"));
}
