namespace SweepEngine.Bifurcation.Tests;

public class CurveTracingTests
{
    [Fact]
    public void Nullclines_of_FitzHugh_and_Nagumo_are_the_cubic_and_the_line()
    {
        const double I = 0.4;
        PhasePortrait portrait = Planes.Of("fitzhugh_nagumo", ("I", I)).In(-2.5, 2.5, -1, 2);
        IReadOnlyList<PlanePoint> cubic = Assert.Single(portrait.Pieces(PlaneLine.XNullcline)), line = Assert.Single(portrait.Pieces(PlaneLine.YNullcline));
        Assert.All(cubic, point => Assert.Equal(point.X - point.X * point.X * point.X / 3 + I, point.Y, 1e-14));
        Assert.All(line, point => Assert.Equal((point.X + 0.7) / 0.8, point.Y, 1e-14));
        // Straight lines between the points keep to the tolerance.
        Assert.All(cubic.Zip(cubic.Skip(1)), ends =>
        {
            double v = (ends.First.X + ends.Second.X) / 2;
            Assert.True(portrait.Window.DistanceFromLine(new(v, v - v * v * v / 3 + I), ends.First, ends.Second) < CurveTracing.Tolerance);
        });
        // They end where they leave the window.
        Assert.Equal((2.0, -1.0), (Math.Round(cubic[0].Y, 12), Math.Round(cubic[^1].Y, 12)));
    }

    [Theory]
    [InlineData("x^2 + y^2 - 1", 1)]
    [InlineData("(x^2 + y^2 - 1)*((x - 2)^2 + 4*(y - 1)^2 - 0.25)", 2)]
    public void Closed_curves_are_traced_with_all_their_pieces(string circles, int count)
    {
        IReadOnlyList<PlanePoint>[] pieces = Planes.Of(circles, "x - 10").In(-3, 3, -2, 2).Pieces(PlaneLine.XNullcline);
        Assert.Equal(count, pieces.Length);
        Assert.All(pieces, points => Assert.Equal(points[0], points[^1]));
        Assert.All(pieces.SelectMany(points => points), point => Assert.True(Math.Min(
            Math.Abs(point.X * point.X + point.Y * point.Y - 1), Math.Abs((point.X - 2) * (point.X - 2) + 4 * (point.Y - 1) * (point.Y - 1) - 0.25)) < 1e-13));
        // A polygon inside of the unit circle has nearly its area.
        IReadOnlyList<PlanePoint> circle = pieces.Single(points => points.Any(point => point.X < 0));
        Assert.Equal(Math.PI, Math.Abs(circle.Zip(circle.Skip(1)).Sum(line => line.First.X * line.Second.Y - line.Second.X * line.First.Y) / 2), 1e-3);
    }

    [Fact]
    public void A_line_of_any_height_belongs_to_a_nullcline_that_contains_it()
    {
        // x = 0 or y = 1/2; x = 1/2 or y = 0.
        PhasePortrait portrait = Planes.Of("x*(1 - 2*y)", "y*(2*x - 1)").In(-0.5, 1.5, -0.5, 1.5);
        PlanePoint[] points = [.. portrait.Pieces(PlaneLine.XNullcline).SelectMany(piece => piece)];
        Assert.All(points, point => Assert.True(Math.Min(Math.Abs(point.X), Math.Abs(point.Y - 0.5)) < 0.01));
        Assert.Contains(points, point => point.Y > 1.49);
        Assert.Contains(points, point => point.X > 1.49);
        Assert.Equal([new(0, 0), new(0.5, 0.5)], portrait.Equilibria.Select(each => each.At));
    }

    [Fact]
    public void A_nullcline_with_a_pole_ends_at_the_edge_on_both_sides()
    {
        // y = 1/(x - 0.1).
        IReadOnlyList<PlanePoint>[] pieces = Planes.Of("y*(x - 0.1) - 1", "x - 10").In(-1, 1, -50, 50).Pieces(PlaneLine.XNullcline);
        Assert.Equal(2, pieces.Length);
        Assert.All(pieces.SelectMany(points => points), point => Assert.Equal(1, point.Y * (point.X - 0.1), 1e-12));
        Assert.Equal([-50.0, 50.0], pieces.SelectMany(points => points).Where(point => Math.Abs(point.Y) > 49.999999).Select(point => Math.Round(point.Y, 6)).Distinct().Order());
    }

    [Fact]
    public void A_jump_through_zero_is_no_zero()
    {
        PhasePlane plane = Planes.Of("if(x > 0.123, 1, -1)*(1 + x^2*y^2)", "x - 10");
        Assert.Empty(CurveTracing.Trace(plane.XSlope, new PlaneWindow(-1, 1, -1, 1)));
    }

    [Fact]
    public void Where_an_equation_jumps_its_nullcline_does()
    {
        IReadOnlyList<PlanePoint>[] pieces = Planes.Of("y - if(x > 0.3, x, 0)", "x - 10").In(-1, 1, -1, 2).Pieces(PlaneLine.XNullcline);
        Assert.Equal(2, pieces.Length);
        Assert.All(pieces[0], point => Assert.Equal((0.0, true), (point.Y, point.X <= 0.3)));
        Assert.All(pieces[1], point => Assert.Equal((point.X, true), (point.Y, point.X > 0.3)));
        Assert.Equal(pieces[0][^1].X, pieces[1][0].X, 1e-11);
    }

    [Fact]
    public void Vertical_lines_are_found_where_an_equation_has_one_state()
    {
        IReadOnlyList<PlanePoint>[] pieces = Planes.Of("x - x^3", "x - 10").In(-2, 2, -1, 1).Pieces(PlaneLine.XNullcline);
        Assert.Equal([-1.0, 0.0, 1.0], pieces.Select(points => Math.Round(points[0].X, 12) + 0.0).Order());
        Assert.All(pieces, points => Assert.Equal(2, Math.Abs(points[^1].Y - points[0].Y), 1e-12));
    }
}
