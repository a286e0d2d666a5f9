using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Sweeps.Tests.Parts;

/// <summary>Computes the points and curves of a sweep file.</summary>
internal sealed class Responses
{
    private readonly CurveTable _curves;

    private Responses(SweepSpec spec)
    {
        Spec = spec;
        int count = (int)spec.Grid.PointCount, axes = spec.Grid.Axes.Count;
        double[] parameters = new double[count * axes];
        for (int i = 0; i < count; i++)
            spec.Grid.FillSI(i, parameters.AsSpan(i * axes, axes));
        FIKernel kernel = new(ModelCode.Compile(spec.Model, spec.FixedSI, spec.Swept), new FISettings(spec.Grid.Drive.Parameter, spec.Stimulus, spec.Tolerance, spec.Seed, spec.FixedStep));
        Points = kernel.Points(parameters, []);
        Assert.All(Points.Status, status => Assert.Equal(PointStatus.Ok, status));
        _curves = kernel.Curves(parameters, Points, (int)spec.Grid.PointsPerCurve, spec.Measures.HasFlag(SweepMeasures.Rheobase));
    }

    public SweepSpec Spec { get; }

    public PointTable Points { get; }

    public double[] Rheobase => _curves.Rheobase[0];

    /// <summary>A measure of all points [SI].</summary>
    public double[] this[string measure] => Points.Numbers[Points.Measures.ToList().FindIndex(each => each.Name == measure)];

    public static Responses Of(string text) => new(Sweeps.Read(text));
}
