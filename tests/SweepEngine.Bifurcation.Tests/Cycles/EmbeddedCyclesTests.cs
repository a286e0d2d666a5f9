using System.Globalization;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>Normal forms of bifurcations of cycles in random coordinates: diagrams have their points, with kind, place and coefficient, and no others.</summary>
public class EmbeddedCyclesTests
{
    [Theory]
    [InlineData(2, 1, 0.0)]
    [InlineData(4, 2, 0.9)]
    [InlineData(6, 25, 0.8)]
    [InlineData(8, 3, -0.6)]
    public void Folds_of_cycles_are_found(int dimension, int seed, double shear) => Check(NormalForm.FoldOfCycles(0.8, shear), dimension, seed);

    [Theory]
    [InlineData(4, 1, -1, 0.5)]
    [InlineData(6, 2, -1, -0.4)]
    [InlineData(5, 21, -1, -0.2)]
    [InlineData(5, 3, 1, 0.5)]
    [InlineData(8, 4, 1, -0.4)]
    public void Period_doublings_are_found(int dimension, int seed, int sign, double shear) => Check(NormalForm.PeriodDoubling(sign, shear), dimension, seed);

    [Theory]
    [InlineData(4, 1, -1, 0.5)]
    [InlineData(7, 2, -1, -0.4)]
    [InlineData(5, 3, 1, 0.5)]
    public void Torus_bifurcations_are_found(int dimension, int seed, int sign, double shear) => Check(NormalForm.Torus(sign, shear), dimension, seed);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(6, 3)]
    public void Homoclinic_orbits_are_found(int dimension, int seed) => Check(NormalForm.Homoclinic, dimension, seed, 1e-6);

    [Theory]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(7, 3)]
    public void Folds_on_cycles_are_found(int dimension, int seed) => Check(NormalForm.SaddleNodeOnCycle, dimension, seed);

    private static void Check(NormalForm form, int dimension, int seed, double accuracy = 1e-9)
    {
        EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(form, dimension, seed);
        SmoothSystem system = embedded.System(("q", form.Q));
        Diagram diagram = new DiagramKernel(system.Code, "I_app").Curves([0], embedded.Offset - 0.9, embedded.Offset + 0.8)[0];
        string found = string.Join('\n', diagram.Points.Select(point => $"{point.Kind} at {point.Drive - embedded.Offset:R}, period {point.Period * 1e3:R}, {point.Coefficient:R}"));
        Assert.All(diagram.Status == Diagram.Complete ? [] : diagram.Status.Split("; "), trouble =>
        {
            string[] words = trouble.Split(' ');
            Assert.True(words[0] == "no_period_at" && form.Restless is not null, $"{diagram.Status}\n{found}");
            Assert.InRange(double.Parse(words[1], CultureInfo.InvariantCulture) - embedded.Offset, form.Restless!.Value.From, form.Restless.Value.To);
        });
        string expected = string.Join(' ', form.Known.Select(point => point.Kind).Concat(form.OfCycles.Select(cycle => cycle.Kind)).Order());
        Assert.True(expected == string.Join(' ', diagram.Points.Select(point => point.Kind).Order()), found);
        foreach (KnownPoint known in form.Known)
        {
            BifurcationPoint point = diagram.Points.Single(point => point.Kind == known.Kind);
            Assert.Equal(embedded.Offset + known.P, point.Drive, accuracy);
            double[] state = embedded.FromStates(point.State);
            Assert.All(Enumerable.Range(0, dimension), i => Assert.Equal(i < known.X.Length ? known.X[i] : 0, state[i], 1e-6));
        }

        foreach (KnownCycle known in form.OfCycles)
        {
            BifurcationPoint point = diagram.Points.Single(point => point.Kind == known.Kind);
            Assert.Equal(embedded.Offset + known.P, point.Drive, accuracy);
            if (known.At is not null)
            {
                Assert.Equal(1, 1e3 * point.Period / known.Period, 1e-8);
                double expectedCoefficient = Expected(embedded, system, known);
                Assert.True(Math.Abs((point.Coefficient / expectedCoefficient) - 1) < 1e-5, $"{expectedCoefficient:R} is expected of\n{found}");
                Assert.Equal(known.Kind == BifurcationKind.FoldOfCycles ? null : known.Coefficient < 0, point.IsSupercritical);
            }
            else if (known.Kind == BifurcationKind.Homoclinic)
            {
                Assert.Equal(1, point.Coefficient / known.Coefficient, 1e-4);
            }
        }
    }

    // In other coordinates v is what they make of it; its mean square must be 1, at a fold without what is a shift in time.
    private static double Expected(EmbeddedNormalForm embedded, SmoothSystem system, KnownCycle known)
    {
        const int phases = 512;
        const double step = 1e-4;
        int n = system.Dimension;
        double square = 0, along = 0, flow = 0;
        for (int i = 0; i < phases; i++)
        {
            double phase = (double)i / phases;
            double[] Derivative(Func<double, double[]> path)
            {
                double[] up = embedded.ToStates(path(step)), down = embedded.ToStates(path(-step)), further = embedded.ToStates(path(2 * step)), back = embedded.ToStates(path(-2 * step));
                return [.. Enumerable.Range(0, n).Select(k => ((8 * (up[k] - down[k])) - further[k] + back[k]) / (12 * step * system.Scale[k]))];
            }

            double[] velocity = Derivative(by => known.At!(phase + by));
            flow += velocity.Sum(value => value * value);
            foreach (double[] part in known.Direction!(phase))
            {
                double[] direction = Derivative(by => [.. known.At!(phase).Select((value, k) => value + (by * (k < part.Length ? part[k] : 0)))]);
                square += direction.Sum(value => value * value);
                along += direction.Zip(velocity, (a, b) => a * b).Sum();
            }
        }

        bool isFold = known.Kind == BifurcationKind.FoldOfCycles;
        double size = (square - (isFold ? along * along / flow : 0)) / phases;
        return known.Coefficient / (isFold ? Math.Sqrt(size) : size);
    }
}
