using SweepEngine.Equations;
using SweepEngine.Simulation;

namespace SweepEngine.Models.Tests;

/// <summary>Runs models of the library as a sweep file would, and looks at their equilibria.</summary>
internal static class Run
{
    public static double SI(string quantity) =>
        Quantity.TryParse(quantity, out Quantity value) ? value.SI : throw new FormatException(quantity);

    public static ModelCode Code(string model, string swept, string parameters = "") =>
        ModelCode.Compile(ModelLibrary.Find(model)!, Parameters(parameters), [swept]);

    /// <summary>A recording of this length [s] with nothing but the constant parameters; the measures are those of a response.</summary>
    public static CourseStimulus Course(double length)
    {
        Number end = new(new Quantity(length, Unit.Parse("s")!));
        return new CourseStimulus(new Number(new Quantity(0, Unit.Parse("s")!)), end, end);
    }

    public static FIKernel Kernel(string model, string drive, StepStimulus stimulus, double tolerance, string parameters = "") =>
        new(Code(model, drive, parameters), new FISettings(drive, stimulus, tolerance));

    /// <summary>The points of one curve; drives [SI].</summary>
    public static PointTable Points(this FIKernel kernel, params double[] drives) => kernel.Points(drives, []);

    /// <summary>One column of <see cref="CurveMeasures.Rheobase"/> for the curve through these drives [SI].</summary>
    public static double Onset(this FIKernel kernel, string column, params double[] drives)
    {
        CurveTable curve = kernel.Curves(drives, kernel.Points(drives, []), drives.Length, rheobase: true);
        return curve.Rheobase[CurveMeasures.Rheobase.ToList().FindIndex(measure => measure.Name == column)][0];
    }

    /// <summary>The number of one measure of one point.</summary>
    public static double Of(this PointTable table, string measure, int point) =>
        table.Numbers[table.Measures.ToList().FindIndex(m => m.Name == measure)][point];

    /// <summary>The Jacobian of a model at a state, which must be an equilibrium to within a part of its rates.</summary>
    public static double[,] JacobianAtEquilibrium(this ModelCode code, double drive, double[] state, double largestRate)
    {
        int n = state.Length;
        var rates = new double[n];
        code.Derivatives.Evaluate([0], state, [drive], rates, 1, 0, 1);
        Assert.All(rates, rate => Assert.InRange(Math.Abs(rate), 0, largestRate));
        Expression[] entries =
        [
            .. from row in code.Model.States
               from column in code.Model.States
               select SymbolicDerivative.Of(code.Model.Inline(row.Derivative), column.Name),
        ];
        var values = new double[n * n];
        code.CompileExpressions(entries).Evaluate([0], state, [drive], values, 1, 0, 1);
        var jacobian = new double[n, n];
        Buffer.BlockCopy(values, 0, jacobian, 0, values.Length * sizeof(double));
        return jacobian;
    }

    // "C_m: 200 pF, g_L: 10 nS"
    private static Dictionary<string, double> Parameters(string text) =>
        text.Split(',', StringSplitOptions.RemoveEmptyEntries)
            .Select(each => each.Split(':', StringSplitOptions.TrimEntries))
            .ToDictionary(each => each[0], each => SI(each[1]));
}
