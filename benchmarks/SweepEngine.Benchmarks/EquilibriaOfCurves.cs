using BenchmarkDotNet.Attributes;
using SweepEngine.Bifurcation;
using SweepEngine.Equations;
using SweepEngine.Models;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per parameter set of the Hodgkin–Huxley equations for every fold and Hopf point between 0 and 200 uA/cm², on one core. The parameter sets are a grid of sodium and potassium
/// conductances, two thirds to one and a half times those of the squid axon.
/// </summary>
public class EquilibriaOfCurves
{
    private const int Side = 32;
    private const double Highest = 2; // A/m^2, 200 uA/cm^2

    private EquilibriumScan _scan = null!;
    private double[] _parameters = null!;

    /// <summary>Number of parameter sets.</summary>
    public const int Curves = Side * Side;

    /// <summary>Compiles the model.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelDefinition model = ModelLibrary.Find("hodgkin_huxley")!;
        ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), ["I_app", "g_Na", "g_K"]);
        _scan = new EquilibriumScan(code, SteadyCode.Compile(code, SteadyForm.Of(model, "I_app")!), 0, Highest);
        _parameters = new double[3 * Curves];
        for (int curve = 0; curve < Curves; curve++)
        {
            _parameters[(3 * curve) + 1] = Between(2.0 / 3, 1.5, curve / Side) * model.Parameter("g_Na")!.Default.SI;
            _parameters[(3 * curve) + 2] = Between(2.0 / 3, 1.5, curve % Side) * model.Parameter("g_K")!.Default.SI;
        }

        static double Between(double first, double last, int i) => first + ((last - first) * i / (Side - 1));
    }

    /// <summary>Finds the points of all parameter sets.</summary>
    /// <returns>How many there are.</returns>
    [Benchmark(OperationsPerInvoke = Curves)]
    public int Compute()
    {
        _scan.Run(_parameters);
        return _scan.Points.Count;
    }
}
