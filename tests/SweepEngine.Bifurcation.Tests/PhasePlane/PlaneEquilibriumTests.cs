namespace SweepEngine.Bifurcation.Tests;

public class PlaneEquilibriumTests
{
    // Jordan forms, a row after the other.
    public static TheoryData<EquilibriumType, double, double, double, double> Forms { get; } = new()
    {
        { EquilibriumType.StableNode, -1, 0, 0, -2 },
        { EquilibriumType.UnstableNode, 3, 0, 0, 1e-3 },
        { EquilibriumType.StableFocus, -0.1, 2, -2, -0.1 },
        { EquilibriumType.UnstableFocus, 1e-4, -1, 1, 1e-4 },
        { EquilibriumType.Saddle, 1, 0, 0, -50 },
        { EquilibriumType.Centre, 0, 3, -3, 0 },
        { EquilibriumType.SaddleNode, 0, 0, 0, -1 },
        { EquilibriumType.SaddleNode, 2, 0, 0, 0 },
        { EquilibriumType.DoubleZero, 0, 1, 0, 0 },
        { EquilibriumType.StableDegenerateNode, -2, 1, 0, -2 },
        { EquilibriumType.UnstableDegenerateNode, 2, 1, 0, 2 },
        { EquilibriumType.StableStar, -2, 0, 0, -2 },
        { EquilibriumType.UnstableStar, 1, 0, 0, 1 },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void The_type_follows_from_the_linear_equations_in_any_coordinates(EquilibriumType type, double a, double b, double c, double d)
    {
        var random = new Random(7);
        for (int k = 0; k < 200; k++)
        {
            double p = random.NextDouble() + 0.5, q = random.NextDouble() - 0.5, r = random.NextDouble() - 0.5, s = random.NextDouble() + 0.5, det = p * s - q * r;
            // P J P⁻¹.
            (double pa, double pb, double pc, double pd) = k == 0 ? (a, b, c, d) : ((p * a + q * c) * s - (p * b + q * d) * r, -(p * a + q * c) * q + (p * b + q * d) * p,
                (r * a + s * c) * s - (r * b + s * d) * r, -(r * a + s * c) * q + (r * b + s * d) * p);
            det = k == 0 ? 1 : det;
            var equilibrium = new PlaneEquilibrium(default, (pa / det, pb / det, pc / det, pd / det), (1e-3, 1e-12)) { Residual = 0 };
            Assert.True(type == equilibrium.Type, $"{k}: {equilibrium}");
            Assert.Equal(a + d, equilibrium.Trace, 1e-12 * (Math.Abs(a) + Math.Abs(b) + Math.Abs(d)));
            Assert.Equal(a * d - b * c, equilibrium.Determinant, 1e-12 * (1 + a * a + b * b + d * d));
            Assert.Equal(equilibrium.Trace * equilibrium.Trace - 4 * equilibrium.Determinant, equilibrium.Discriminant, 1e-11 * (1 + a * a + b * b + d * d));
            Assert.Equal(equilibrium.Trace, (equilibrium.Eigenvalues.First + equilibrium.Eigenvalues.Second).Real, 1e-12 * (1 + Math.Abs(a) + Math.Abs(d)));
            Assert.True(equilibrium.Eigenvalues.First.Real >= equilibrium.Eigenvalues.Second.Real);
            if (type is EquilibriumType.StableFocus or EquilibriumType.UnstableFocus or EquilibriumType.Centre or EquilibriumType.StableStar or EquilibriumType.UnstableStar)
            {
                Assert.Null(equilibrium.Eigenvectors);
                continue;
            }

            Assert.All(new[] { (equilibrium.Eigenvectors!.Value.First, equilibrium.Eigenvalues.First.Real), (equilibrium.Eigenvectors!.Value.Second, equilibrium.Eigenvalues.Second.Real) }, each =>
            {
                // In display units the Jacobian's off-diagonal entries are scaled.
                (PlanePoint vector, double eigenvalue) = each;
                double x = pa / det * vector.X + pb / det * 1e-9 * vector.Y, y = pc / det * 1e9 * vector.X + pd / det * vector.Y;
                double size = Math.Abs(pc / det * 1e9 * vector.X) + Math.Abs(pa / det) + Math.Abs(pd / det);
                Assert.Equal(1, Math.Sqrt(vector.X * vector.X + vector.Y * vector.Y), 1e-12);
                Assert.Equal(eigenvalue * vector.X, x, 1e-6 * (Math.Abs(x) + Math.Abs(pa / det * vector.X) + Math.Abs(pb / det * 1e-9 * vector.Y)));
                Assert.Equal(eigenvalue * vector.Y, y, 1e-6 * size);
            });
        }
    }

    [Fact]
    public void Each_type_has_a_name() => Assert.Equal(Enum.GetValues<EquilibriumType>().Length, Enum.GetValues<EquilibriumType>().Select(type => type.Text()).Distinct().Count());
}
