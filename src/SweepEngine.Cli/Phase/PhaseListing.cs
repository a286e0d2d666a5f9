using System.Numerics;
using Spectre.Console;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;

namespace SweepEngine.Cli;

/// <summary>Prints what a phase portrait shows, in words and numbers.</summary>
internal static class PhaseListing
{
    private static readonly Unit PerMs = Unit.Parse("1/ms")!, PerMs2 = Unit.Parse("1/ms^2")!;

    /// <summary>Prints it.</summary>
    /// <param name="portrait">The portrait.</param>
    /// <param name="title">The model and the parameters that were given.</param>
    public static void Print(PhasePortrait portrait, string title)
    {
        (PhasePlane plane, PlaneWindow window) = (portrait.Plane, portrait.Window);
        Title(title);
        Line($"window {plane.X.Name} {Range(plane.X, window.Left, window.Right)}, {plane.Y.Name} {Range(plane.Y, window.Bottom, window.Top)}");
        Held(plane);
        Equilibria(portrait);
        Cycles(portrait);
        Orbits(portrait);
    }

    private static void Held(PhasePlane plane)
    {
        // A cable holds hundreds.
        const int most = 12;
        string[] steady = [.. plane.Held.Where(each => each.Constant is null).Select(each => each.Name)];
        string[] constant = [.. plane.Held.Where(each => each.Constant is not null)
            .Select(each => $"{each.Name} = {With(plane.Model.States[plane.Model.StateIndex(each.Name)], each.Constant!.Value)}")];
        if (steady.Length > 0) Line($"at the steady state everywhere: {Listed(steady)}");
        if (constant.Length > 0) Line($"held: {Listed(constant)}");

        static string Listed(string[] names) => $"{string.Join(", ", names.Take(most))}{(names.Length > most ? $" and {Words.Count(names.Length - most)} more" : "")}";
    }

    private static void Equilibria(PhasePortrait portrait)
    {
        (StateVariable x, StateVariable y) = (portrait.Plane.X, portrait.Plane.Y);
        Title("\nequilibria");
        if (portrait.HasLineOfEquilibria)
        {
            Line("a stretch of a nullcline consists of equilibria, which are not listed");
        }

        if (portrait.Equilibria.Count == 0)
        {
            Line($"{(portrait.HasLineOfEquilibria ? "no others" : "none")} in the window");
            return;
        }

        Table table = Screen.Table(">", $">{Heading(x)}", $">{Heading(y)}", "type", ">trace [1/ms]", ">det [1/ms^2]", "eigenvalues [1/ms]");
        for (int i = 0; i < portrait.Equilibria.Count; i++)
        {
            PlaneEquilibrium each = portrait.Equilibria[i];
            table.AddTexts($"{i}", Number(x, each.At.X), Number(y, each.At.Y), each.Type.Text() + (each.IsVirtual ? ", beyond threshold" : ""),
                Words.Number(PerMs.FromSI(each.Trace)), Words.Number(PerMs2.FromSI(each.Determinant)), Eigenvalues(each.Eigenvalues));
        }
        Screen.Console.Write(table);
        foreach ((int i, PlaneEquilibrium saddle) in portrait.Equilibria.Index().Where(each => each.Item.Type == EquilibriumType.Saddle && each.Item.Eigenvectors is not null))
        {
            (PlanePoint unstable, PlanePoint stable) = saddle.Eigenvectors!.Value;
            Line($"eigenvectors of {i}: unstable ({Words.Number(unstable.X)}, {Words.Number(unstable.Y)}), stable ({Words.Number(stable.X)}, {Words.Number(stable.Y)})");
        }
    }

    private static void Cycles(PhasePortrait portrait)
    {
        if (portrait.Cycles.Count == 0)
        {
            return;
        }

        (StateVariable x, StateVariable y) = (portrait.Plane.X, portrait.Plane.Y);
        Title("\nlimit cycles");
        // Multipliers are not computed through resets.
        bool resets = portrait.Plane.HasReset;
        Table table = Screen.Table("stability", ">period [ms]", ">frequency [Hz]", resets ? ">spikes" : ">multiplier", Heading(x), Heading(y));
        foreach (PlaneCycle cycle in portrait.Cycles)
        {
            table.AddTexts(cycle.IsStable ? "stable" : "unstable", Words.Number(cycle.Period * 1e3), Words.Number(1 / cycle.Period),
                resets ? Words.Count(cycle.Spikes) : Words.Number(cycle.Multiplier),
                $"{Number(x, cycle.Extent.Left)} to {Number(x, cycle.Extent.Right)}", $"{Number(y, cycle.Extent.Bottom)} to {Number(y, cycle.Extent.Top)}");
        }
        Screen.Console.Write(table);
    }

    private static void Orbits(PhasePortrait portrait)
    {
        (StateVariable x, StateVariable y) = (portrait.Plane.X, portrait.Plane.Y);
        Title("\norbits");
        foreach (Separatrix branch in portrait.Separatrices)
        {
            Line($"{(branch.IsStable ? "stable" : "unstable")} manifold of {branch.Saddle}: {(branch.IsStable ? "comes from" : "goes to")} {End(branch.Orbit)}");
        }
        foreach (PlaneOrbit orbit in portrait.Trajectories)
        {
            OrbitPoint start = orbit.Pieces[0][0];
            string spikes = portrait.Plane.HasReset ? $", {Words.Count(orbit.Pieces.Count - 1, "spike")}" : "";
            Line($"trajectory from {x.Name} = {With(x, start.X)}, {y.Name} = {With(y, start.Y)}: goes to {End(orbit)}{spikes}");
        }
    }

    private static string End(PlaneOrbit orbit) => orbit.End switch
    {
        OrbitEnd.Equilibrium => $"equilibrium {orbit.Equilibrium}",
        OrbitEnd.Cycle => $"the {(orbit.Cycle!.IsStable ? "stable" : "unstable")} cycle of {Words.Number(orbit.Cycle.Period * 1e3)} ms",
        OrbitEnd.Closed => "its start, as its neighbours do",
        OrbitEnd.Threshold => "the threshold",
        OrbitEnd.Window => "outside of the window",
        OrbitEnd.Limit => "no end within the steps allowed",
        _ => "where the equations are not finite",
    };

    private static string Eigenvalues((Complex First, Complex Second) values) => values.First.Imaginary != 0
        ? $"{Words.Number(PerMs.FromSI(values.First.Real))} ± {Words.Number(PerMs.FromSI(values.First.Imaginary))}i"
        : $"{Words.Number(PerMs.FromSI(values.First.Real))}, {Words.Number(PerMs.FromSI(values.Second.Real))}";

    private static string Range(StateVariable state, double from, double to) => $"{Number(state, from)} to {With(state, to)}";

    private static string With(StateVariable state, double value) => $"{Number(state, value)} {state.Unit}".TrimEnd();

    private static string Number(StateVariable state, double value) => Words.Number(state.Unit.FromSI(value));

    private static string Heading(StateVariable state) => state.Unit.Text.Length == 0 ? state.Name : $"{state.Name} [{state.Unit}]";

    private static void Line(string text) => Screen.Console.Write(new Padder(new Text(text), new Padding(2, 0, 0, 0)));

    private static void Title(string title) => Screen.Console.Write(new Text($"{title}\n", new Style(decoration: Decoration.Bold)));
}
