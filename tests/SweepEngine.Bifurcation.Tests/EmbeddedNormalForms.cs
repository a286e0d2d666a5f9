using System.Globalization;
using System.Text;
using SweepEngine.Equations;

namespace SweepEngine.Bifurcation.Tests;

/// <summary>A normal form with known bifurcations: equations of x1, x2, … over the parameters p and q, with time in ms.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Derivatives">dx1/dt, dx2/dt, … [1/ms] as texts of the model language.</param>
/// <param name="Known">The bifurcations of equilibria along p at q = <paramref name="Q"/> for p from −1 to 1; none other.</param>
/// <param name="Q">The value of q.</param>
internal sealed record NormalForm(string Name, IReadOnlyList<string> Derivatives, IReadOnlyList<KnownPoint> Known, double Q = 0)
{
    /// <summary>Two equilibria meet: x' = p + s x².</summary>
    public static NormalForm Fold(int sign = -1) => new($"fold{sign:+0;-0}", [$"p + ({sign})*x1^2"], [new(BifurcationKind.Fold, 0, [0])]);

    /// <summary>Two equilibria exchange stability: x' = p x − x².</summary>
    public static NormalForm Transcritical { get; } = new("transcritical", ["p*x1 - x1^2"], [new(BifurcationKind.BranchPoint, 0, [0])]);

    /// <summary>x' = p x + s x³.</summary>
    public static NormalForm Pitchfork(int sign) => new($"pitchfork{sign:+0;-0}", [$"p*x1 + ({sign})*x1^3"], [new(BifurcationKind.BranchPoint, 0, [0])]);

    /// <summary>r' = r(p + s r²), θ' = ω [rad/ms].</summary>
    public static NormalForm Hopf(int sign, double omega = 2) => new($"hopf{sign:+0;-0}",
        Rotation($"p + ({sign})*(x1^2 + x2^2)", omega), [new(BifurcationKind.Hopf, 0, [0, 0], sign, omega)]);

    /// <summary>r' = r(p + q r² + s r⁴): at q = 0 a generalised Hopf point, whose first Lyapunov coefficient is 0.</summary>
    public static NormalForm Bautin(int sign, double q = 0, double omega = 2) => new($"bautin{sign:+0;-0}",
        Rotation($"p + q*(x1^2 + x2^2) + ({sign})*(x1^2 + x2^2)^2", omega), [new(BifurcationKind.Hopf, 0, [0, 0], Math.Sign(q), omega)], q);

    /// <summary>x' = p + q x + s x³: folds where p² = −4 s q³/27 if s q &lt; 0, a cusp at p = q = 0.</summary>
    public static NormalForm Cusp(int sign, double q)
    {
        double x = -sign * q > 0 ? Math.Sqrt(-sign * q / 3) : double.NaN;
        return new($"cusp{sign:+0;-0}", [$"p + q*x1 + ({sign})*x1^3"],
            double.IsNaN(x) ? [] : [new(BifurcationKind.Fold, -(q * x) - (sign * x * x * x), [x]), new(BifurcationKind.Fold, (q * x) + (sign * x * x * x), [-x])], q);
    }

    /// <summary>x1' = x2, x2' = p + q x1 + x1² + s x1 x2: fold at p = q²/4, Hopf at p = 0 for q &lt; 0 with ω² = −q and l₁ of the sign of s, a Bogdanov-Takens point at p = q = 0.</summary>
    public static NormalForm BogdanovTakens(int sign, double q) => new($"bogdanov_takens{sign:+0;-0}", ["x2", $"p + q*x1 + x1^2 + ({sign})*x1*x2"],
        q < 0 ? [new(BifurcationKind.Fold, q * q / 4, [-q / 2, 0]), new(BifurcationKind.Hopf, 0, [0, 0], sign, Math.Sqrt(-q))]
            : q > 0 ? [new(BifurcationKind.Fold, q * q / 4, [-q / 2, 0])] : [], q);

    /// <summary>Two cycles meet: r' = r(p + q r² − r⁴), θ' = ω + κ r²: at r² = q/2, p = −q²/4, where the radius changes by −4r³ times the square of its change.</summary>
    public static NormalForm FoldOfCycles(double q, double kappa, double omega = 2)
    {
        double radius = Math.Sqrt(q / 2), period = 2 * Math.PI / (omega + (kappa * q / 2));
        return new("fold_of_cycles", Rotation("p + q*(x1^2 + x2^2) - (x1^2 + x2^2)^2", Text($"{omega} + {kappa}*(x1^2 + x2^2)")), [new(BifurcationKind.Hopf, 0, [0, 0], 1, omega)], q)
        {
            OfCycles = [new(BifurcationKind.FoldOfCycles, -q * q / 4, period) { At = phase => Circle(phase, radius), Direction = phase => [Circle(phase, 1)], Coefficient = -4 * radius * radius * radius * period }],
        };
    }

    /// <summary>
    /// The circle |x| = 1 doubles its period: beside it x3 + i x4 = (u + i v)e^(iθ/2) with u' = u(p − u²), or u' = u(p + u² − u⁴) whose doubled cycles meet at u² = ½, p = −¼; v' = −2v, θ' = ω + κ u².
    /// </summary>
    public static NormalForm PeriodDoubling(int sign, double kappa, double omega = 3)
    {
        string square = "(x3^2 + x4^2)", growth = sign < 0 ? $"p - {square}" : $"p + {square} - {square}^2", turn = Text($"({omega} + {kappa}*") + square + ")";
        double period = 2 * Math.PI / omega, twice = 4 * Math.PI / (omega + (kappa / 2));
        double[] Half(double phase, double part) => [0, 0, part * Math.Cos(Math.PI * phase), part * Math.Sin(Math.PI * phase)];
        KnownCycle doubling = new(BifurcationKind.PeriodDoubling, 0, period) { At = phase => [.. Circle(phase, 1), 0, 0], Direction = phase => [Half(phase, 1)], Coefficient = sign * period };
        KnownCycle fold = new(BifurcationKind.FoldOfCycles, -0.25, twice)
        {
            At = phase => [.. Circle(2 * phase, 1), .. Half(2 * phase, Math.Sqrt(0.5))[2..]],
            Direction = phase => [Half(2 * phase, 1)],
            Coefficient = -Math.Sqrt(2) * twice,
        };
        return new($"period_doubling{sign:+0;-0}",
        [
            .. Rotation("1 - x1^2 - x2^2", turn),
            $"x3*({growth} - 2)/2 + ({growth} + 2)/2*(x1*x3 + x2*x4) - {turn}/2*x4",
            $"x4*({growth} - 2)/2 + ({growth} + 2)/2*(x2*x3 - x1*x4) + {turn}/2*x3",
        ], [])
        { OfCycles = sign < 0 ? [doubling] : [doubling, fold] };
    }

    /// <summary>The circle |x| = 1 loses its stability to a torus: beside it z = x3 + i x4, z' = z(p + 3(|x|² − 1) + s|z|² − |z|⁴ + i α), θ' = ω + κ|z|².</summary>
    public static NormalForm Torus(int sign, double kappa, double turn = 0.7, double omega = 3)
    {
        double period = 2 * Math.PI / omega;
        // The torus |z|² = (s + √(1 + 4p))/2 is stable; for s > 0 it stands beside the stable cycle at p < 0.
        return new($"torus{sign:+0;-0}",
        [
            .. Rotation("1 - x1^2 - x2^2", Text($"{omega} + {kappa}*(x3^2 + x4^2)")),
            .. Rotation($"p + 3*(x1^2 + x2^2 - 1) + ({sign})*(x3^2 + x4^2) - (x3^2 + x4^2)^2", Text($"{turn}"), "x3", "x4"),
        ], [])
        {
            // z = ξ is ξ times this and the conjugate.
            OfCycles = [new(BifurcationKind.Torus, 0, period) { At = phase => [.. Circle(phase, 1), 0, 0], Direction = _ => [[0, 0, 0.5, 0], [0, 0, 0, -0.5]], Coefficient = sign * period }],
            Restless = (0, 0.8),
        };
    }

    /// <summary>
    /// A loop of the saddle 0 with the eigenvalues 0.1 and −0.3, x1²(1 − x1) = x2² at p = 0 (B. Sandstede, J. Dyn. Diff. Eqs. 9 (1997) 269), in which the cycles end that begin at a Hopf point at x1 = 4/7.
    /// </summary>
    public static NormalForm Homoclinic { get; } = new("homoclinic", ["0.1*(-x1 + 2*x2 + x1^2)", "0.1*((2 - p)*x1 - x2 - 3*x1^2 + 1.5*x1*x2)"],
        [new(BifurcationKind.Hopf, 12.5 / 49, [4.0 / 7, 6.0 / 49], -1, 0.1 * Math.Sqrt(3 - (1.0 / 49)))])
    { OfCycles = [new(BifurcationKind.Homoclinic, 0, double.PositiveInfinity) { Coefficient = -0.2e3 }], Restless = (-0.9, 0) };

    /// <summary>r' = r(1 − r²), θ' = 1 + p − x1: at p = 0 a fold of equilibria is on the cycle of radius 1.</summary>
    public static NormalForm SaddleNodeOnCycle { get; } = new("snic", Rotation("1 - x1^2 - x2^2", "1 + p - x1"), [new(BifurcationKind.Fold, 0, [1, 0])])
    { OfCycles = [new(BifurcationKind.SaddleNodeOnCycle, 0, double.PositiveInfinity)] };

    /// <summary>The bifurcations of cycles along p from −0.9 to 0.8; none other.</summary>
    public IReadOnlyList<KnownCycle> OfCycles { get; init; } = [];

    /// <summary>The values of p between which no equilibrium and no cycle is stable, from −0.9 to 0.8; null for none.</summary>
    public (double From, double To)? Restless { get; init; }

    /// <summary>Equations of x1, x2 that turn with the angular velocity ω and whose radius grows at the given rate.</summary>
    /// <param name="growth">r'/r over x1, x2, p and q [1/ms].</param>
    /// <param name="omega">ω [rad/ms].</param>
    public static string[] Rotation(string growth, double omega) => Rotation(growth, Text($"{omega}"));

    /// <inheritdoc cref="Rotation(string, double)"/>
    public static string[] Rotation(string growth, string omega, string x = "x1", string y = "x2") => [$"{x}*({growth}) - ({omega})*{y}", $"{y}*({growth}) + ({omega})*{x}"];

    private static double[] Circle(double phase, double radius) => [radius * Math.Cos(2 * Math.PI * phase), radius * Math.Sin(2 * Math.PI * phase)];

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}

/// <summary>A bifurcation of cycles that a normal form has.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="P">The value of p.</param>
/// <param name="Period">The period [ms].</param>
internal sealed record KnownCycle(BifurcationKind Kind, double P, double Period)
{
    /// <summary>The cycle over the phase from 0 to 1, in the normal form; null where it has no end.</summary>
    public Func<double, double[]>? At { get; init; }

    /// <summary>The critical direction v over the phase, and where it is complex its imaginary part.</summary>
    public Func<double, double[][]>? Direction { get; init; }

    /// <summary>Of LPC, PD and NS the coefficient for this size of v; of HOM the sum of the saddle's eigenvalues [1/s].</summary>
    public double Coefficient { get; init; } = double.NaN;
}

/// <summary>A bifurcation that a normal form has.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="P">The value of p.</param>
/// <param name="X">The state of the normal form.</param>
/// <param name="Sign">Of a Hopf point: sign of the first Lyapunov coefficient, 0 where it vanishes.</param>
/// <param name="Omega">Of a Hopf point: angular frequency [rad/ms].</param>
internal sealed record KnownPoint(BifurcationKind Kind, double P, double[] X, int Sign = 0, double Omega = 0);

/// <summary>
/// A normal form with linear directions beside it, seen through a smooth change of coordinates of the whole space that is drawn at random, as a model that users could have written. What does not
/// depend on coordinates is known: where its bifurcations are, their kinds, eigenvalues and multipliers, periods, and the signs of coefficients.
/// </summary>
internal sealed class EmbeddedNormalForm
{
    private const int Layers = 2;

    private readonly Shear[] _shears;
    private readonly bool[] _isMillivolt;

    private EmbeddedNormalForm(NormalForm form, Shear[] shears, bool[] isMillivolt, double[] rates, double offset)
    {
        (Form, _shears, _isMillivolt, Rates, Offset) = (form, shears, isMillivolt, rates, offset);
        var findings = new Findings();
        Text = Write();
        Model = ModelReader.Read(Text, $"{form.Name}.yaml", findings) ?? throw new InvalidOperationException($"{findings}\n{Text}");
    }

    /// <summary>The normal form.</summary>
    public NormalForm Form { get; }

    /// <summary>The model: states y1, y2, …, in turn in mV and pure numbers; parameters <c>I_app</c> = p + <see cref="Offset"/> and <c>q</c>.</summary>
    public ModelDefinition Model { get; }

    /// <summary>The model's text.</summary>
    public string Text { get; }

    /// <summary>Rates of the linear directions [1/ms]; positive ones are unstable.</summary>
    public IReadOnlyList<double> Rates { get; }

    /// <summary>The value of <c>I_app</c> where p is 0.</summary>
    public double Offset { get; }

    /// <summary>Draws the coordinates.</summary>
    /// <param name="form">The normal form.</param>
    /// <param name="dimension">Number of states, at least that of the form; the others are linear.</param>
    /// <param name="seed">What the change of coordinates and the rates are drawn from.</param>
    /// <param name="unstable">How many of the linear directions are unstable.</param>
    public static EmbeddedNormalForm Draw(NormalForm form, int dimension, int seed, int unstable = 0)
    {
        var random = new Random(seed);
        double Round(double value) => Math.Round(value, 2);
        double Between(double low, double high) => Round(low + (random.NextDouble() * (high - low)));
        double Signed(double low, double high) => Between(low, high) * (random.Next(2) == 0 ? 1 : -1);
        double[] rates = new double[dimension - form.Derivatives.Count];
        for (int k = 0; k < rates.Length; k++)
        {
            rates[k] = (k < unstable ? 1 : -1) * (Between(0.4, 1.2) + (0.9 * k));
        }

        // Each state is shifted in one of two layers, by others that are not shifted in it, so that the inverse is explicit.
        int[] order = [.. Enumerable.Range(0, dimension)];
        random.Shuffle(order);
        int half = dimension / 2;
        Shear[] shears = new Shear[Layers];
        for (int layer = 0; layer < Layers; layer++)
        {
            int[] moved = layer % 2 == 0 ? order[..half] : order[half..], still = layer % 2 == 0 ? order[half..] : order[..half];
            shears[layer] = new Shear([.. moved.Select(i => new Shift(
                i, still[random.Next(still.Length)], Signed(0.2, 0.9), still[random.Next(still.Length)], Signed(0.2, 0.6), random.Next(2) == 0 ? Between(0.5, 1.5) : null, Between(-1, 1)))]);
        }

        return new EmbeddedNormalForm(form, shears, [.. Enumerable.Range(0, dimension).Select(i => i % 2 == 0)], rates, Between(-3, 3));
    }

    /// <summary>The model as a smooth system, with q fixed.</summary>
    /// <param name="values">Values of parameters.</param>
    public SmoothSystem System(params (string Name, double Value)[] values) =>
        new(ModelCode.Compile(Model, values.ToDictionary(each => each.Name, each => each.Value), ["I_app"]), "I_app");

    /// <summary>Where a state of the normal form is in the model [SI]; the linear directions are 0.</summary>
    /// <param name="x">The state of the normal form.</param>
    public double[] ToStates(ReadOnlySpan<double> x)
    {
        double[] z = new double[_isMillivolt.Length];
        x.CopyTo(z);
        foreach (Shear shear in _shears)
        {
            foreach (Shift shift in shear.Shifts)
            {
                z[shift.Moved] += shift.Of(z);
            }
        }

        return [.. z.Select((value, i) => _isMillivolt[i] ? value * 1e-3 : value)];
    }

    /// <summary>Where a state of the model is in the normal form, linear directions behind it.</summary>
    /// <param name="states">The states [SI].</param>
    public double[] FromStates(ReadOnlySpan<double> states)
    {
        double[] z = states.ToArray();
        for (int i = 0; i < z.Length; i++)
        {
            z[i] *= _isMillivolt[i] ? 1e3 : 1;
        }

        foreach (Shear shear in _shears.Reverse())
        {
            foreach (Shift shift in shear.Shifts)
            {
                z[shift.Moved] -= shift.Of(z);
            }
        }

        return z;
    }

    private string Write()
    {
        int n = _isMillivolt.Length, core = Form.Derivatives.Count;
        StringBuilder equations = new(), states = new();
        void Line(FormattableString line) => equations.Append("  ").Append(FormattableString.Invariant(line)).Append('\n');

        Line($"p = I_app - ({Offset})");
        string[] z = [.. Enumerable.Range(0, n).Select(i => $"z{i + 1}")];
        for (int i = 0; i < n; i++)
        {
            Line($"{z[i]} = y{i + 1}{(_isMillivolt[i] ? "/(1 mV)" : "")}");
        }

        // Back to the normal form; the coordinates before each layer are kept for its slopes.
        string[][] before = new string[Layers][];
        for (int layer = Layers - 1; layer >= 0; layer--)
        {
            before[layer] = [.. z];
            foreach (Shift shift in _shears[layer].Shifts)
            {
                before[layer][shift.Moved] = layer == 0 && shift.Moved < core ? $"x{shift.Moved + 1}" : $"z{shift.Moved + 1}_{layer}";
                Line($"{before[layer][shift.Moved]} = {z[shift.Moved]} - ({shift.Text(z)})");
            }

            z = before[layer];
        }

        for (int i = 0; i < core; i++)
        {
            if (z[i] != $"x{i + 1}")
            {
                Line($"x{i + 1} = {z[i]}");
            }
        }

        string[] v = new string[n];
        for (int i = 0; i < n; i++)
        {
            v[i] = $"v{i + 1}";
            if (i < core)
            {
                Line($"{v[i]} = {Form.Derivatives[i]}");
            }
            else
            {
                Line($"{v[i]} = {Rates[i - core]}*{z[i]}");
            }
        }

        for (int layer = 0; layer < Layers; layer++)
        {
            string[] after = [.. v];
            foreach (Shift shift in _shears[layer].Shifts)
            {
                after[shift.Moved] = $"v{shift.Moved + 1}_{layer}";
                Line($"{after[shift.Moved]} = {v[shift.Moved]} + {shift.SlopeText(before[layer], v)}");
            }

            v = after;
        }

        double[] start = ToStates([]);
        for (int i = 0; i < n; i++)
        {
            Line($"dy{i + 1}/dt = {v[i]}{(_isMillivolt[i] ? "*(1 mV)" : "")}/(1 ms)");
            string value = FormattableString.Invariant($"{(_isMillivolt[i] ? start[i] * 1e3 : start[i]) + 0.3}{(_isMillivolt[i] ? " mV" : "")}");
            states.Append(CultureInfo.InvariantCulture, $"  y{i + 1}: {{unit: {(_isMillivolt[i] ? "mV" : "1")}, start: {value}}}\n");
        }

        return FormattableString.Invariant($"model: {Form.Name.Replace('+', 'p')}\nvoltage: y1\nequations: |\n{equations}states:\n{states}parameters:\n  I_app: {{default: {Offset}}}\n  q: {{default: {Form.Q}}}\n");
    }

    private sealed record Shear(IReadOnlyList<Shift> Shifts);

    // z_Moved += Slope z_Along + Curve g(z_Bending) + Constant with g(z) = sin(Frequency z), or z² where that is null.
    private sealed record Shift(int Moved, int Along, double Slope, int Bending, double Curve, double? Frequency, double Constant)
    {
        public double Of(double[] z) => (Slope * z[Along]) + (Curve * (Frequency is { } f ? Math.Sin(f * z[Bending]) : z[Bending] * z[Bending])) + Constant;

        public FormattableString TextParts(string[] z) => Frequency is { } f
            ? $"({Slope})*{z[Along]} + ({Curve})*sin({f}*{z[Bending]}) + ({Constant})" : (FormattableString)$"({Slope})*{z[Along]} + ({Curve})*{z[Bending]}^2 + ({Constant})";

        public string Text(string[] z) => FormattableString.Invariant(TextParts(z));

        public string SlopeText(string[] z, string[] v) => FormattableString.Invariant(Frequency is { } f
            ? $"({Slope})*{v[Along]} + ({Curve})*{f}*cos({f}*{z[Bending]})*{v[Bending]}" : (FormattableString)$"({Slope})*{v[Along]} + ({Curve})*2*{z[Bending]}*{v[Bending]}");
    }
}
