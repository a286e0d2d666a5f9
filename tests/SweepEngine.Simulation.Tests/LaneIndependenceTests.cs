using SweepEngine.Equations;

namespace SweepEngine.Simulation.Tests;

/// <summary>The bits of a point depend on nothing but the point.</summary>
public class LaneIndependenceTests
{
    public static TheoryData<string, string[], double[], double> Models => new()
    {
        { "lif_adapt", ["g_adapt", "tau_ref", "I_app"], [0, 5e-9, 0, 0.01, 0, 1e-9], 0.5 },
        { "hodgkin_huxley", ["g_Na", "g_K", "I_app"], [1000, 1400, 300, 420, 0, 1.6], 0.1 },
        { "fitzhugh_nagumo", ["a", "epsilon", "I"], [0.5, 0.9, 0.04, 0.12, 0, 1.6], 0.5 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void Every_width_gives_the_same_bits(string model, string[] swept, double[] ranges, double duration)
    {
        double[] parameters = Parameters(ranges, 100);
        double[][] wide = Numbers(model, swept, duration, parameters, 8);
        Assert.Equal(wide, Numbers(model, swept, duration, parameters, 4));
        Assert.Equal(wide, Numbers(model, swept, duration, parameters, 1));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Neighbours_and_order_do_not_matter(string model, string[] swept, double[] ranges, double duration)
    {
        const int Count = 150;
        double[] parameters = Parameters(ranges, Count);
        double[][] together = Numbers(model, swept, duration, parameters, 8);

        // In reverse order, and in runs of 7 points.
        double[] reversed = [.. Enumerable.Range(0, Count).Reverse().SelectMany(i => parameters[(3 * i)..(3 * i + 3)])];
        double[][] backwards = Numbers(model, swept, duration, reversed, 8);
        for (int m = 0; m < together.Length; m++)
        {
            Assert.Equal(together[m], backwards[m].Reverse());
        }

        for (int first = 0; first < Count; first += 7)
        {
            int end = Math.Min(first + 7, Count);
            double[][] run = Numbers(model, swept, duration, parameters[(3 * first)..(3 * end)], 8);
            for (int m = 0; m < together.Length; m++)
            {
                Assert.Equal(together[m][first..end], run[m]);
            }
        }
    }

    private static double[] Parameters(double[] ranges, int points)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 3 * points).Select(i => ranges[2 * (i % 3)] + random.NextDouble() * (ranges[2 * (i % 3) + 1] - ranges[2 * (i % 3)]))];
    }

    private static double[][] Numbers(string model, string[] swept, double duration, double[] parameters, int width)
    {
        ModelCode code = ModelCode.Compile(SweepEngine.Models.ModelLibrary.Find(model)!, new Dictionary<string, double>(), swept, width);
        return new FIKernel(code, new FISettings(swept[^1], new StepStimulus(duration), 1e-5)).Points(parameters, []).Numbers;
    }
}
