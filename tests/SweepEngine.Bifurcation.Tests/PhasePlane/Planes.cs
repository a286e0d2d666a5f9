using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>Phase planes for tests.</summary>
internal static class Planes
{
    /// <summary>Of a model of the library.</summary>
    /// <param name="name">The model.</param>
    /// <param name="parametersSI">Its parameters that are not at their default.</param>
    public static PhasePlane Of(string name, params (string Name, double SI)[] parametersSI)
    {
        ModelDefinition model = ModelLibrary.Find(name)!;
        return new PhasePlane(model, parametersSI.ToDictionary(each => each.Name, each => each.SI), model.States[0].Name, model.States[1].Name, new Dictionary<string, double>());
    }

    /// <summary>Of equations of pure numbers, with the time in seconds.</summary>
    /// <param name="dx">dx/dt.</param>
    /// <param name="dy">dy/dt.</param>
    /// <param name="spike">The spike rule, in one line; empty for none.</param>
    public static PhasePlane Of(string dx, string dy, string spike = "")
    {
        var findings = new Findings();
        ModelDefinition? model = ModelReader.Read($$"""
            model: plane
            equations: |
              dx/dt = ({{dx}})/(1 s)
              dy/dt = ({{dy}})/(1 s)
            {{(spike.Length == 0 ? "" : "spike: " + spike)}}
            states:
              x: {start: 0.1, unit: 1}
              y: {start: 0, unit: 1}
            parameters: {}
            """, "plane.yaml", findings);
        Assert.True(model is not null, findings.ToString());
        return new PhasePlane(model, new Dictionary<string, double>(), "x", "y", new Dictionary<string, double>());
    }

    /// <summary>The portrait of a plane in a window.</summary>
    public static PhasePortrait In(this PhasePlane plane, double left, double right, double bottom, double top, params PlanePoint[] starts) =>
        PhasePortrait.Of(plane, (left, right), (bottom, top), starts);

    /// <summary>The points of a line of a portrait, in pieces.</summary>
    public static IReadOnlyList<PlanePoint>[] Pieces(this PhasePortrait portrait, PlaneLine line) => [.. portrait.Lines.Where(each => each.Line == line).Select(each => each.Curve.Points)];
}
