using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Engines;
using SweepEngine.Equations;
using SweepEngine.Models;
using SweepEngine.Simulation;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per grid point of the Hodgkin–Huxley equations from the model library, from a user's YAML file with names of its own, and from an .ode file; at one
/// tolerance, so that all take about as many steps. Steps per second are <see cref="Steps"/> over that time.
/// </summary>
public class UserModels
{
    /// <summary>The equations of <c>hodgkin_huxley</c> as a user might write them down.</summary>
    public const string Yaml = """
        model: mine
        voltage: u
        equations: |
          an(w) = 0.1/ms/exprel(-(w + 55 mV)/(10 mV))
          bn(w) = 0.125/ms*exp(-(w + 65 mV)/(80 mV))
          am(w) = 1/ms/exprel(-(w + 40 mV)/(10 mV))
          bm(w) = 4/ms*exp(-(w + 65 mV)/(18 mV))
          ah(w) = 0.07/ms*exp(-(w + 65 mV)/(20 mV))
          bh(w) = 1/ms/(1 + exp(-(w + 35 mV)/(10 mV)))
          sodium = G_1*x1^3*x2*(u - V_1)
          potassium = G_2*x3^4*(u - V_2)
          leak = G_3*(u - V_3)
          du/dt = (I_app - sodium - potassium - leak)/C
          dx1/dt = am(u)*(1 - x1) - bm(u)*x1
          dx2/dt = ah(u)*(1 - x2) - bh(u)*x2
          dx3/dt = an(u)*(1 - x3) - bn(u)*x3
        spike: {when: u > -20 mV}
        states:
          u:  {start: -65 mV, unit: mV}
          x1: {start: am(u)/(am(u) + bm(u)), unit: 1}
          x2: {start: ah(u)/(ah(u) + bh(u)), unit: 1}
          x3: {start: an(u)/(an(u) + bn(u)), unit: 1}
        parameters:
          C:   {default: 1 uF/cm^2}
          G_1: {default: 120 mS/cm^2}
          G_2: {default: 36 mS/cm^2}
          G_3: {default: 0.3 mS/cm^2}
          V_1: {default: 50 mV}
          V_2: {default: -77 mV}
          V_3: {default: -54.387 mV}
          I_app: {default: 0 uA/cm^2}
        """;

    /// <summary>The same as an .ode file.</summary>
    public const string Ode = """
        an(v)=.01*(v+55)/(1-exp(-(v+55)/10))
        bn(v)=.125*exp(-(v+65)/80)
        am(v)=.1*(v+40)/(1-exp(-(v+40)/10))
        bm(v)=4*exp(-(v+65)/18)
        ah(v)=.07*exp(-(v+65)/20)
        bh(v)=1/(1+exp(-(v+35)/10))
        par i_app=0,gna=120,gk=36,gl=.3,ena=50,ek=-77,el=-54.387,c=1
        v'=(i_app-gna*m^3*h*(v-ena)-gk*n^4*(v-ek)-gl*(v-el))/c
        m'=am(v)*(1-m)-bm(v)*m
        h'=ah(v)*(1-h)-bh(v)*h
        n'=an(v)*(1-n)-bn(v)*n
        v(0)=-65
        m(0)=am(-65)/(am(-65)+bm(-65))
        h(0)=ah(-65)/(ah(-65)+bh(-65))
        n(0)=an(-65)/(an(-65)+bn(-65))
        """;

    private const double Duration = 0.2, Tolerance = 1e-6; // s
    private const double MostCurrent = 0.2; // A/m^2, 20 uA/cm^2

    private FIKernel _kernel = null!;
    private double[] _drives = null!;

    /// <summary>Number of grid points.</summary>
    public const int Points = 64;

    /// <summary>Where the equations come from.</summary>
    [Params("library", "yaml", "ode")]
    public string From { get; set; } = "library";

    /// <summary>Steps of the last call, of all points together.</summary>
    public long Steps { get; private set; }

    /// <summary>Reads and compiles the model, and runs it once.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelDefinition model = From == "library" ? ModelLibrary.Find("hodgkin_huxley")! : Read(From);
        string drive = From == "ode" ? "i_app" : "I_app";
        _kernel = new FIKernel(ModelCode.Compile(model, new Dictionary<string, double>(), [drive]), new FISettings(drive, new StepStimulus(Duration), Tolerance));
        // The .ode file counts in uA/cm^2.
        _drives = [.. Enumerable.Range(0, Points).Select(i => MostCurrent * (From == "ode" ? 100 : 1) * (i + 0.5) / Points)];
        Compute();
    }

    /// <summary>All measures of all points.</summary>
    /// <returns>Sum of the steps, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Points)]
    public long Compute() => Steps = _kernel.Points(_drives, []).Steps;

    internal static ModelDefinition Read(string from)
    {
        var findings = new Findings();
        ModelDefinition? model = from == "yaml" ? ModelReader.Read(Yaml, "mine.yaml", findings)
            : XppReader.Read(Ode, "mine.ode", findings, YamlFile.Read("ode: mine.ode\nspike: {when: v > -20}\n", "sweep.yaml", findings));
        return model ?? throw new InvalidDataException(findings.ToString());
    }
}

/// <summary>
/// Time from the text of a user's model to the first step of its compiled code, once in each of ten fresh processes: reading, checking, compiling, and all that
/// the runtime compiles and loads for the first time. Run with <c>--filter '*UserModelReadiness*'</c>.
/// </summary>
[SimpleJob(RunStrategy.ColdStart, launchCount: 10, warmupCount: 0, iterationCount: 1, invocationCount: 1)]
public class UserModelReadiness
{
    /// <summary>The kind of file.</summary>
    [Params("yaml", "ode")]
    public string From { get; set; } = "yaml";

    /// <summary>Reads the model, compiles it and evaluates its derivatives.</summary>
    /// <returns>The derivative of the voltage at the start.</returns>
    [Benchmark]
    public double FirstStep()
    {
        ModelCode code = ModelCode.Compile(UserModels.Read(From), new Dictionary<string, double>(), []);
        int lanes = code.LaneWidth;
        double[] y = new double[code.Model.States.Count * lanes], slopes = new double[y.Length];
        code.Start.Evaluate([], y, [], y, lanes, 0, lanes);
        code.Derivatives.Evaluate([], y, [], slopes, lanes, 0, lanes);
        return slopes[0];
    }
}
