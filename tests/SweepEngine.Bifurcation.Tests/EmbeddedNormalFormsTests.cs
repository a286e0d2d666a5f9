using SweepEngine.Equations;

namespace SweepEngine.Bifurcation.Tests;

public class EmbeddedNormalFormsTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public void The_equations_are_those_of_the_form_in_other_coordinates(int dimension)
    {
        for (int seed = 0; seed < 10; seed++)
        {
            EmbeddedNormalForm embedded = EmbeddedNormalForm.Draw(NormalForm.Hopf(-1), dimension, seed, dimension > 4 ? 1 : 0);
            ModelCode code = ModelCode.Compile(embedded.Model, new Dictionary<string, double>(), ["I_app"]);
            double[] x = new double[dimension];
            (x[0], x[1]) = (0.4, -0.7);
            for (int k = 2; k < dimension; k++)
            {
                x[k] = 0.1 * k;
            }

            const double p = 0.3, step = 1e-4;
            double growth = p - (x[0] * x[0]) - (x[1] * x[1]);
            double[] velocity = [(growth * x[0]) - (2 * x[1]), (growth * x[1]) + (2 * x[0]), .. embedded.Rates.Select((rate, k) => rate * x[k + 2])];

            double[] Ahead(double by) => embedded.ToStates([.. x.Select((value, i) => value + (by * velocity[i]))]);
            double[] slopes = new double[dimension], here = Ahead(0), up = Ahead(step), down = Ahead(-step);
            code.Derivatives.Evaluate([0], here, [p + embedded.Offset], slopes, 1, 0, 1);
            double[] back = embedded.FromStates(here);
            for (int i = 0; i < dimension; i++)
            {
                Assert.Equal(x[i], back[i], 1e-13);
                double expected = (up[i] - down[i]) / (2 * step) * 1e3;
                Assert.True(Math.Abs(expected - slopes[i]) <= 1e-6 * (Math.Abs(slopes[i]) + 1), $"seed {seed}, y{i + 1}: {slopes[i]} for {expected}");
            }
        }
    }
}
