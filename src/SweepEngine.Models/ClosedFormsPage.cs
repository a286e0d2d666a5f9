using System.Globalization;
using System.Text;
using SweepEngine.Equations;

namespace SweepEngine.Models;

/// <summary>All closed forms as a page of Markdown. <c>docs/closed-forms.md</c> is printed by this.</summary>
public static class ClosedFormsPage
{
    private const string Introduction = """
        # Closed forms

        `sweep calc NAME symbol=value ...` computes them, and equations of models call them as functions. Each is a file in
        `src/SweepEngine.Equations/ClosedForms`, written in the model language; this page is printed from those files.

        """;

    /// <summary>The page.</summary>
    /// <returns>Markdown with a last newline.</returns>
    public static string Print()
    {
        StringBuilder page = new(Introduction.ReplaceLineEndings("\n"));
        page.Append("\n| closed form | what it gives |\n|---|---|\n");
        foreach (ClosedForm form in ClosedForms.Names.Select(name => ClosedForms.Find(name)!))
            page.Append($"| [{form.Name}](#{form.Name}) | {form.Summary} |\n");
        foreach (ClosedForm form in ClosedForms.Names.Select(name => ClosedForms.Find(name)!))
            Print(page, form);
        page.Append("\n## Constants\n\nExact in the SI of 2019 (CODATA 2018, Rev. Mod. Phys. 93:025010).\n\n| constant | value | meaning |\n|---|---|---|\n");
        foreach (PhysicalConstant constant in PhysicalConstants.All)
            page.Append($"| `{constant.Name}` | {constant.Value} | {constant.Summary} |\n");
        return page.ToString();
    }

    private static void Print(StringBuilder page, ClosedForm form)
    {
        page.Append($"\n## {form.Name}\n\n{form.Summary}\n\n```\n");
        page.AppendJoin("", form.Equations.Select(equation => $"{equation}\n"));
        page.Append("```\n\n| symbol | default | range | meaning |\n|---|---|---|---|\n");
        foreach (ModelParameter parameter in form.Parameters)
            page.Append($"| `{parameter.Name}` | {parameter.Default} | {parameter.RangeText} | {parameter.Summary} |\n");
        page.Append("\n| result | at the defaults | meaning | in models |\n|---|---|---|---|\n");
        IReadOnlyList<double> values = form.Evaluate(new Dictionary<string, double>());
        for (int i = 0; i < form.Results.Count; i++)
        {
            ClosedFormResult result = form.Results[i];
            string value = result.Unit.FromSI(values[i]).ToString("G6", CultureInfo.InvariantCulture);
            page.Append($"| `{result.Name}` | {$"{value} {result.Unit}".TrimEnd()} | {result.Summary} | "
                + $"`{form.Functions[i].Name}({string.Join(", ", form.Functions[i].Arguments)})` |\n");
        }
        page.Append($"\nSource: {form.Source}\n");
    }
}
