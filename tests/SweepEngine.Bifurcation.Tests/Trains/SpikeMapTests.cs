using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Bifurcation.Tests;

public class SpikeMapTests
{
    [Theory]
    [InlineData(240, 0)]
    [InlineData(240, 2)]
    [InlineData(400, 2)]
    [InlineData(200.0001, 2)]
    public void The_interval_of_lif_is_that_of_its_closed_form(double current, double refractory)
    {
        // oracles: f = 1/(tau_ref + tau_m ln((E_L + RI − V_reset)/(E_L + RI − V_th))).
        (ResetModel model, SpikeMap map) = Map("lif", [("I_app", 0), ("tau_ref", refractory * 1e-3)]);
        var passage = new Passage(model);
        Assert.True(map.Run([], current * 1e-12, derivatives: true, passage));
        double rest = -70 + current / 10, expected = (refractory + 10 * Math.Log((rest + 80) / (rest + 50))) * 1e-3;
        // Near rheobase the error of the voltage counts over a small drift.
        double allowed = current < 201 ? 1e-8 : 1e-11;
        Assert.InRange(passage.Duration / expected, 1 - allowed, 1 + allowed);
        double slope = 10e-3 * (1 / (rest + 80) - 1 / (rest + 50)) / 10;
        Assert.InRange(passage.DurationSlopes[0] / (slope * 1e12), 1 - 1e-7, 1 + 1e-7);
    }

    [Theory]
    [InlineData("lif_adapt", 500)]
    [InlineData("lif_refractory", 300)]
    [InlineData("adex", 800)]
    [InlineData("izhikevich", 10)]
    [InlineData("izhikevich_2007", 100)]
    [InlineData("mihalas_niebur", 150)]
    public void Derivatives_are_those_of_differences(string name, double drive)
    {
        ModelDefinition definition = ModelLibrary.Find(name)!;
        string symbol = definition.Parameter("I_app") is null ? "I" : "I_app";
        (ResetModel model, SpikeMap map) = Map(name, [(symbol, 0)]);
        double unit = model.DriveScale;
        var passage = new Passage(model);
        int m = model.Coordinates.Count;
        double[] x = new double[m];
        for (int i = 0; i < 20; i++)
        {
            Assert.True(map.Run(x, drive * unit, false, passage));
            passage.Next.CopyTo(x, 0);
        }

        // Off the fixed point.
        for (int c = 0; c < m; c++)
        {
            x[c] += 0.3 * model.CoordinateScale[c] * (c + 1);
        }

        var exact = new Passage(model);
        Assert.True(map.Run(x, drive * unit, true, exact));
        for (int input = 0; input <= m; input++)
        {
            double scale = input < m ? model.CoordinateScale[input] : unit, h = 1e-3 * scale;
            double[][] next = new double[2][];
            double[] time = new double[2];
            for (int side = 0; side < 2; side++)
            {
                double[] moved = [.. x];
                double shift = side == 0 ? -h : h;
                if (input < m)
                {
                    moved[input] += shift;
                }

                Assert.True(map.Run(moved, drive * unit + (input < m ? 0 : shift), false, passage));
                (next[side], time[side]) = ([.. passage.Next], passage.Duration);
            }

            Near((time[1] - time[0]) / (2 * h) * scale, exact.DurationSlopes[input] * scale, 1e-3);
            for (int c = 0; c < m; c++)
            {
                Near((next[1][c] - next[0][c]) / (2 * h) * scale / model.CoordinateScale[c], exact.Slope(c, input) * scale / model.CoordinateScale[c], 1);
            }
        }

        static void Near(double expected, double actual, double unit) => Assert.InRange(actual, expected - 1e-6 * (unit + Math.Abs(expected)), expected + 1e-6 * (unit + Math.Abs(expected)));
    }

    internal static (ResetModel Model, SpikeMap Map) Map(string name, (string Name, double Value)[] swept)
    {
        ModelCode code = ModelCode.Compile(ModelLibrary.Find(name)!, new Dictionary<string, double>(), [.. swept.Select(each => each.Name)]);
        var model = new ResetModel(code, swept[0].Name);
        var map = new SpikeMap(model);
        map.Take([.. swept.Select(each => each.Value)]);
        return (model, map);
    }
}
