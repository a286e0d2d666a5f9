using System.Xml.Linq;

namespace SweepEngine.Cli.Tests;

/// <summary><c>sweep diagram</c> and what <c>sweep run</c> says of bifurcations.</summary>
public class DiagramCommandTests
{
    private const string MorrisLecar =
        """
        sweep: hopf-set
        model: morris_lecar
        grid:
          phi:   {values: [0.04, 0.05]}
          I_app: {linspace: [0 uA/cm^2, 250 uA/cm^2, 6]}
        drive: I_app
        stimulus: {step: {duration: 1 s}}
        measure: [bifurcations, branches]
        """;

    [Fact]
    public void A_diagram_is_listed_and_drawn()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", MorrisLecar);
        Finished run = place.Sweep("run", "sweep.yaml");
        Assert.True(run.ExitCode == 0, run.ToString());
        Assert.Contains("Diagrams of 2 curves: 2 complete.", run.Output);
        // Both Hopf points, subcritical (shared reference numbers), at the middle of the axes.
        Assert.Matches(@"Bifurcations at phi = 0\.04 \(complete\):\n(.*\n)+  HB +93\.8576184 .* subcritical +0 → 2\n  HB +212\.018816 .* subcritical +2 → 0\n", run.Output);

        Finished diagram = place.Sweep("diagram", "results/hopf-set", "--where", "phi=0.05", "--to", "diagram.svg");
        Assert.True(diagram.ExitCode == 0, diagram.ToString());
        Assert.Contains("Bifurcations at phi = 0.05 (complete):", diagram.Output);
        XElement svg = XDocument.Load(place.At("diagram.svg")).Root!;
        Dictionary<string, XElement> groups = svg.Elements().Where(element => element.Attribute("class") is not null).ToDictionary(element => element.Attribute("class")!.Value);
        Assert.NotEmpty(groups["stable-equilibria"].Elements());
        Assert.NotEmpty(groups["unstable-equilibria"].Elements());
        Assert.NotEmpty(groups["stable-cycles"].Elements());
        Assert.NotEmpty(groups["unstable-cycles"].Elements());
        Assert.Equal(["HB", "HB", "LPC", "LPC"], groups["bifurcations"].Elements().Where(element => element.Name.LocalName == "text").Select(element => element.Value).Order());

        Finished status = place.Sweep("status", "results/hopf-set");
        Assert.Matches(@"\ndiagrams +2 complete\n", status.Output);
    }

    [Fact]
    public void What_cannot_be_shown_is_said()
    {
        using var place = new Workplace();
        place.Write("sweep.yaml", MorrisLecar.Replace("[bifurcations, branches]", "[bifurcations]", StringComparison.Ordinal));
        Assert.Equal(0, place.Sweep("run", "sweep.yaml").ExitCode);
        Refused("the sweep has several curves\n    next step: choose one by --where phi=…, of\n    phi: 0.04, 0.05", "diagram", "results/hopf-set");
        Refused("the sweep has no curve where phi=0.06", "diagram", "results/hopf-set", "--where", "phi=0.06");
        Refused("--to: the sweep in results/hopf-set has no branches to draw", "diagram", "results/hopf-set", "--where", "phi=0.05", "--to", "diagram.svg");
        Refused("there is no finished sweep in results/none", "diagram", "results/none");

        void Refused(string message, params string[] command)
        {
            Finished finished = place.Sweep(command);
            Assert.Equal(2, finished.ExitCode);
            Assert.Contains(message, finished.Errors);
        }
    }
}
