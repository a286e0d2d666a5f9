using System.CommandLine;
using Spectre.Console;
using SweepEngine.Equations;

namespace SweepEngine.Cli;

/// <summary><c>sweep calc</c>.</summary>
internal static class CalcCommand
{
    /// <summary>More rows than a person reads; a sweep writes tables.</summary>
    private const int MostRows = 10_000;

    /// <summary>Makes the command.</summary>
    public static Command Create()
    {
        var name = new Argument<string?>("NAME") { Description = "A closed form", Arity = ArgumentArity.ZeroOrOne };
        var values = new Argument<string[]>("symbol=value") { Description = "Values of its symbols, with units; the others have their defaults", Arity = ArgumentArity.ZeroOrMore };
        var command = new DetailedCommand("calc", "Compute a closed form: Nernst potential, length constant, LIF rate, ...",
            """
            Without a name, lists the closed forms; without values, shows one with its equations, symbols and source.
            Several values, separated by commas, give a table. Models call closed forms as functions.

            Example: sweep calc nernst c_out=5.5mM c_in=150mM T=279.45K
                     sweep calc cable_infinite x=0mm,1mm,2mm
            """)
        {
            name, values,
        };
        command.SetAction(parsed =>
        {
            string[] given = parsed.GetValue(values) ?? [];
            if (parsed.GetValue(name) is not { } asked) List();
            else if (given.Length == 0) Show(Form(asked));
            else Compute(Form(asked), given);
        });
        return command;
    }

    private static void List()
    {
        Table table = Screen.Table("closed form", "what it gives");
        foreach (string name in ClosedForms.Names)
            table.AddTexts(name, ClosedForms.Find(name)!.Summary);
        Screen.Console.Write(table);
        Console.Out.WriteLine("\n'sweep calc NAME' shows one; 'sweep calc NAME symbol=value ...' computes it.");
    }

    private static void Show(ClosedForm form)
    {
        Title(form.Name);
        Paragraph(form.Summary);
        Paragraph($"Source: {form.Source}");

        Title("equations");
        foreach (string equation in form.Equations) Paragraph(equation);

        Title("symbols");
        Table symbols = Screen.Table("", "", ">", "", "", "");
        foreach (ModelParameter parameter in form.Parameters)
            symbols.AddTexts("", parameter.Name, Words.Exact(parameter.Default.Value), parameter.Unit.Text, parameter.RangeText, parameter.Summary);
        foreach (PhysicalConstant constant in form.Constants)
            symbols.AddTexts("", constant.Name, Words.Exact(constant.Value.Value), constant.Value.Unit.Text, "constant", constant.Summary);
        Screen.Console.Write(symbols);

        Title("value at these numbers");
        Table results = Screen.Table("", "", "");
        foreach ((ClosedFormResult result, double value) in form.Results.Zip(form.Evaluate(new Dictionary<string, double>())))
            results.AddTexts("", Equation(result, value), result.Summary);
        Screen.Console.Write(results);

        Title("in models");
        foreach (ModelFunction function in form.Functions) Paragraph($"{function.Name}({string.Join(", ", function.Arguments)})");
    }

    private static void Compute(ClosedForm form, string[] given)
    {
        List<(ModelParameter Parameter, List<Quantity> Values)> read = Read(form, given);
        long count = read.Aggregate(1L, (product, each) => Math.Min(product * each.Values.Count, long.MaxValue / MostRows));
        if (count > MostRows)
            throw new WrongInputException($"sweep calc {form.Name}: there are too many combinations of values: found {Words.Count(count)}, allowed at most {Words.Count(MostRows)}");
        if (count == 1)
        {
            foreach ((ClosedFormResult result, double value) in form.Results.Zip(form.Evaluate(read.ToDictionary(each => each.Parameter.Name, each => each.Values[0].SI))))
                Console.Out.WriteLine(Equation(result, value));
            return;
        }
        var several = read.Where(each => each.Values.Count > 1).ToList();
        Table table = Screen.Table([.. several.Select(each => $">{each.Parameter.Name}"), .. form.Results.Select(result => $">{Heading(result)}")]);
        for (int row = 0; row < count; row++)
        {
            // The last symbol runs fastest.
            int rest = row;
            var chosen = new Dictionary<string, Quantity>();
            foreach ((ModelParameter parameter, List<Quantity> values) in Enumerable.Reverse(read))
                (chosen[parameter.Name], rest) = (values[rest % values.Count], rest / values.Count);
            IReadOnlyList<double> results = form.Evaluate(chosen.ToDictionary(each => each.Key, each => each.Value.SI));
            table.AddTexts([.. several.Select(each => chosen[each.Parameter.Name].ToString()),
                .. form.Results.Zip(results, (result, value) => Number(result, value))]);
        }
        Screen.Console.Write(table);
    }

    private static List<(ModelParameter Parameter, List<Quantity> Values)> Read(ClosedForm form, string[] given)
    {
        var assignments = new Assignments($"sweep calc {form.Name}");
        var read = assignments.Read(form.Name, "symbol", [.. form.Parameters.Select(Assignable.Parameter)], given,
            (parameter, text, place, findings) => text.Split(',').Select(each => Assignments.Value(parameter, each.Trim(), place, findings)).ToList(),
            symbol => $"write several values as {symbol}=a,b");
        assignments.ThrowIfWrong();
        return read;
    }

    private static string Heading(ClosedFormResult result) => result.Unit.Text.Length == 0 ? result.Name : $"{result.Name} [{result.Unit}]";

    private static string Equation(ClosedFormResult result, double value) => double.IsFinite(value)
        ? $"{result.Name} = {Number(result, value)} {result.Unit}".TrimEnd() : $"{result.Name} has no finite value at these numbers";

    private static string Number(ClosedFormResult result, double value) => double.IsFinite(value) ? Words.Number(result.Unit.FromSI(value)) : "-";

    private static ClosedForm Form(string name) => ClosedForms.Find(name) ?? throw new WrongInputException(
        $"there is no such closed form: found {Finding.Quote(name)}, allowed {string.Join(", ", ClosedForms.Names)}\n"
        + $"    next step: {DidYouMean.Hint(name, ClosedForms.Names) ?? "'sweep calc' lists them"}");

    private static void Title(string title) => Screen.Console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));

    private static void Paragraph(string text) => Screen.Console.Write(new Padder(new Text(text), new Padding(2, 0, 0, 0)));
}
