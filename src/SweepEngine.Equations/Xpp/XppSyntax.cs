using System.Text;

namespace SweepEngine.Equations;

/// <summary>What becomes of a construct of an .ode file.</summary>
public enum XppSupport
{
    /// <summary>It means here what it means in XPP, but for what the table says.</summary>
    Supported,

    /// <summary>It changes no result here; a note says so, but for comments.</summary>
    Ignored,

    /// <summary>A finding says that it is not supported.</summary>
    Refused,
}

/// <summary>A construct of .ode files.</summary>
/// <param name="Written">How it is written.</param>
/// <param name="Support">What becomes of it.</param>
/// <param name="Here">What it is here, or why it is ignored or refused.</param>
public sealed record XppConstruct(string Written, XppSupport Support, string Here);

/// <summary>The constructs of .ode files. The reader takes its keywords and messages from here; the documentation is printed from here.</summary>
public static class XppSyntax
{
    /// <summary>Lines.</summary>
    public static IReadOnlyList<XppConstruct> Lines { get; } =
    [
        new("x'=… , dx/dt=…", XppSupport.Supported, "a state; the order of these lines is the order of the states"),
        new("par a=1,b=2 (param, p, …)", XppSupport.Supported, "parameters, which can be swept; commas or spaces between them"),
        new("init x=1 (i)", XppSupport.Supported, "start values; 0 for states without one"),
        new("x(0)=…", XppSupport.Supported, "a start value by a formula"),
        new("number c=1 (num)", XppSupport.Supported, "constants that cannot be swept"),
        new("q=…", XppSupport.Supported, "a named quantity; the order of these lines makes no difference here"),
        new("!q=…", XppSupport.Supported, "a named quantity"),
        new("f(x,y)=…", XppSupport.Supported, "a function; an argument that is called like a state or parameter is shown with _ behind its name"),
        new("x[1..4]'=-x[j]+[j]", XppSupport.Supported, "written out: x1'=-x1+1 to x4'=-x4+4; an index is made of j, whole numbers and + - *"),
        new("%[1..4] … %", XppSupport.Supported, "the lines between are written out for each j"),
        new("global 1 c {x=…;y=…}", XppSupport.Supported, "an event where c becomes positive (with -1: negative; with 0 at the time in t-a); assignments see those before them and may draw ran(x) and normal(m,s); a parameter that is changed becomes a state; out_put is ignored. The first one whose condition changes with a state is the spike, unless the sweep file says what a spike is"),
        new("wiener a, b (w)", XppSupport.Supported, "white noise of variance 1 per unit of time, in the sense of Itô"),
        new("markov z n", XppSupport.Supported, $"with n lines {{…}} {{…}} behind it: z, from 0 to n-1, goes from i to j at the rate in row i, column j, at most {XppMarkov.MostStates} states; it starts at 0 unless init says otherwise"),
        new("table f % n xlo xhi formula", XppSupport.Supported, $"a function by n points of a formula over t, at most {LookupTable.MostPoints}, with straight lines between them that go on beyond the ends"),
        new("table f file", XppSupport.Supported, "the same from a file with n, xlo, xhi and n values, or xyvals, n and n lines x y; in the folder of the .ode file or below it"),
        new("done (d)", XppSupport.Supported, "nothing behind it is read"),
        new(@"\ at the end of a line", XppSupport.Supported, "the line goes on"),
        new("# … , \" … , % …", XppSupport.Ignored, "comments, also those with actions in braces"),
        new("aux q=…", XppSupport.Ignored, "checked, but nothing reads it: columns come from the sweep's measures"),
        new("set …", XppSupport.Ignored, "a named set of values for XPP's menu; write values under parameters in the sweep file"),
        new("only …", XppSupport.Ignored, "XPP's output"),
        new("options … (o)", XppSupport.Ignored, "a file of options for XPP"),
        new("volterra … , x(t)=int{…}", XppSupport.Refused, "integral equations"),
        new("x(t+1)=…", XppSupport.Refused, "maps"),
        new("0=… , solve …", XppSupport.Refused, "algebraic equations"),
        new("bdry … , bndry …", XppSupport.Refused, "boundary values"),
        new("special …", XppSupport.Refused, "network functions"),
        new("export …", XppSupport.Refused, "libraries of machine code"),
        new("#include …", XppSupport.Refused, "other files: a model is one file"),
    ];

    /// <summary>Options, of lines that begin with <c>@</c>; those that are not named here are ignored as display, output or AUTO options.</summary>
    public static IReadOnlyList<XppConstruct> Options { get; } =
    [
        new("total, trans", XppSupport.Ignored, "the sweep's stimulus says how long"),
        new("dt, dtmin, dtmax, njmp, nout, meth, method, toler, tolerance, atoler, bound, maxstor, jac_eps, newt_tol, newt_iter, bandup, bandlo, vmaxpts", XppSupport.Ignored,
            "the engine has an integrator and a step control of its own; the sweep's tolerance says how exact"),
        new("seed, autoeval, delay, stoch", XppSupport.Ignored, "nothing here depends on it"),
        new("meth=discrete, meth=volterra", XppSupport.Refused, "maps and integral equations"),
        new("t0=…", XppSupport.Supported, "t is this at the beginning"),
        new("fold, tor_per", XppSupport.Refused, "variables on a circle; write global 1 x-… {x=…}"),
    ];

    /// <summary>Parts of formulas.</summary>
    public static IReadOnlyList<XppConstruct> Formulas { get; } =
    [
        new("+ - * / ^ **", XppSupport.Supported, "all group from the left, ^ too; a sign stands at the beginning of a formula or parenthesis; x/0 is ±∞ or NaN here, where XPP divides by 2.23e-15"),
        new("< <= > >= == != & | not", XppSupport.Supported, "0 or 1; must stand in parentheses inside of arithmetic"),
        new(string.Join(' ', XppFunctions.Taken.Keys), XppSupport.Supported, "log is ln; heav(0) is 1"),
        new("mod(x,y)", XppSupport.Supported, "x-y*flr(x/y), for y above 0"),
        new("if(c)then(a)else(b)", XppSupport.Supported, "both sides are computed, one is taken"),
        new("sum(1,9)of(…i'…)", XppSupport.Supported, "written out; its limits are numbers"),
        new("shift(x,2)", XppSupport.Supported, "the second state or quantity (q=…) behind x, in the order of the file, states first; a number, or i' and a number"),
        new("ran(x), normal(m,s)", XppSupport.Supported, "in assignments of global and in x(0)=…: a number between 0 and x, a normally distributed number"),
        new("t, pi", XppSupport.Supported, "t in the model's unit of time"),
        .. XppFunctions.Refused.GroupBy(function => function.Value)
            .Select(group => new XppConstruct(string.Join(' ', group.Select(function => function.Key)), XppSupport.Refused, group.Key)),
    ];

    /// <summary>All constructs as three tables.</summary>
    /// <returns>Markdown.</returns>
    public static string Markdown()
    {
        StringBuilder text = new();
        foreach ((string title, IReadOnlyList<XppConstruct> rows) in new[] { ("line", Lines), ("option behind @", Options), ("in formulas", Formulas) })
        {
            text.Append($"{(text.Length > 0 ? "\n" : "")}| {title} | | |\n|---|---|---|\n");
            foreach (XppConstruct row in rows)
                text.Append($"| `{row.Written.Replace("|", @"\|", StringComparison.Ordinal)}` | {row.Support.ToString().ToLowerInvariant()} | {row.Here.Replace("|", @"\|", StringComparison.Ordinal)} |\n");
        }
        return text.ToString();
    }

    /// <summary>The line with this keyword, which may be shortened to three letters, and some to one.</summary>
    internal static XppConstruct? Keyword(string word) => Lines.FirstOrDefault(line => line.Support is not XppSupport.Supported
        && (word.Length >= 3 || word.ToLowerInvariant() is "b" or "o") && line.Written.Split(' ').Any(part => part.StartsWith(word, StringComparison.OrdinalIgnoreCase) && part.All(char.IsAsciiLetter)));
}
