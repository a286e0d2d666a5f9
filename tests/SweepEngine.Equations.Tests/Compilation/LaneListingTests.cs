using System.Globalization;
using System.Text.RegularExpressions;
using SweepEngine.Lanes;

namespace SweepEngine.Equations.Tests;

public class LaneListingTests
{
    [Theory]
    [InlineData(Samples.LifAdapt)]
    [InlineData(Samples.HodgkinHuxley)]
    public void The_listing_carried_out_line_by_line_gives_the_bits_of_the_code(string yaml)
    {
        ModelDefinition model = Samples.Read(yaml);
        foreach (int width in LaneWidths.All)
        {
            string swept = model.Parameters[^1].Name;
            ModelCode code = ModelCode.Compile(model, new Dictionary<string, double>(), [swept], width);
            string[] lines = Section(LaneListing.Of(code), "derivatives");
            Assert.Equal($"derivatives: {LaneListing.OperationCount(code.Derivatives)} operations", lines[0]);
            Assert.Equal(LaneListing.OperationCount(code.Derivatives), lines.Count(line => Regex.IsMatch(line, @"^    t\d+ = ")));
            foreach (double V in new[] { -0.08, -0.065, -0.04, 0.03 })
            {
                double[] y = [.. model.States.Select((_, i) => i == 0 ? V : 0.1 * i)], result = new double[y.Length];
                code.Derivatives.Evaluate([], y, [0.25], result, 1, 0, 1);
                Dictionary<string, double> values = new() { [swept] = 0.25 };
                for (int i = 0; i < y.Length; i++)
                    values.Add(model.States[i].Name, y[i]);
                foreach (string line in lines.Skip(1))
                {
                    string[] sides = line.Trim().Split(" = ");
                    values.Add(sides[0], Carried(sides[1], values));
                }
                for (int i = 0; i < y.Length; i++)
                    Assert.Equal(BitConverter.DoubleToInt64Bits(result[i]), BitConverter.DoubleToInt64Bits(values[$"d{model.States[i].Name}/dt"]));
            }
        }
    }

    [Fact]
    public void Constants_are_folded_in_and_swept_parameters_are_read()
    {
        ModelDefinition model = Samples.Read(Samples.LifAdapt);
        string[] Listing(params string[] swept) => Section(LaneListing.Of(ModelCode.Compile(model, new Dictionary<string, double> { ["I_app"] = 2e-10 }, swept)), "derivatives");
        Assert.Contains("    t1 = 1E-08 * t0", Listing());
        Assert.Contains(Listing(), line => line.EndsWith(" + 2E-10", StringComparison.Ordinal));
        Assert.Contains("    t1 = g_L * t0", Listing("g_L"));
    }

    [Fact]
    public void Every_program_of_a_model_is_listed()
    {
        string listing = LaneListing.Of(ModelCode.Compile(Samples.Read(Samples.LifAdapt), new Dictionary<string, double>(), []));
        Assert.Equal(["derivatives", "start", "spike, where this rises through 0", "spike, reset", "spike, refractory"],
            Regex.Matches(listing, @"^(\S.*): \d+ operations?$", RegexOptions.Multiline).Select(title => title.Groups[1].Value));
        Assert.Equal(["spike, reset: 1 operation", "    t0 = g_sra + 1E-09", "    V_m = -0.08", "    g_sra = t0"], Section(listing, "spike, reset"));
    }

    [Fact]
    public void Noise_is_listed_where_it_acts()
    {
        ModelDefinition model = Samples.Read("""
            model: m
            equations: |
              dx/dt = -x/(1 s) + 2*xi/sqrt(1 s)
              dy/dt = x/(1 s) + (3*xi_2 + 0*xi)/sqrt(1 s)
            states: {x: {start: 0, unit: 1}, y: {start: 0, unit: 1}}
            """);
        Assert.Equal(["noise: 0 operations", "    dx/dt per xi = 2", "    dy/dt per xi_2 = 3"],
            Section(LaneListing.Of(ModelCode.Compile(model, new Dictionary<string, double>(), [])), "noise"));
    }

    [Fact]
    public void A_state_that_is_called_like_a_line_is_not_mixed_up_with_it()
    {
        ModelDefinition model = Samples.Read("model: m\nequations: dt0/dt = -t0/(2 s)\nstates: {t0: {start: 1, unit: 1}}\n");
        Assert.Equal(["derivatives: 2 operations", "    op_0 = -t0", "    op_1 = op_0 * 0.5", "    dt0/dt = op_1"], Section(LaneListing.Of(ModelCode.Compile(model, new Dictionary<string, double>(), [])), "derivatives"));
    }

    private static string[] Section(string listing, string title) =>
        listing.Split("\n\n").Single(section => section.StartsWith($"{title}: ", StringComparison.Ordinal)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    // The notation of the listing, on plain numbers.
    private static double Carried(string text, Dictionary<string, double> values)
    {
        if (Regex.Match(text, @"^(\S+) \? (\S+) : (\S+)$") is { Success: true } select)
            return Bits(select, 1) != 0 ? Value(select, 2) : Value(select, 3);
        if (Regex.Match(text, @"^(\w+)\(([^()]*)\)$") is { Success: true } call)
        {
            double[] x = [.. call.Groups[2].Value.Split(", ").Select(Read)];
            return call.Groups[1].Value switch
            {
                "fma" => Math.FusedMultiplyAdd(x[0], x[1], x[2]),
                "min" => x[0] < x[1] ? x[0] : x[1],
                "max" => x[0] > x[1] ? x[0] : x[1],
                "abs" => Math.Abs(x[0]),
                "round" => Math.Round(x[0], MidpointRounding.ToEven),
                "truncate" => Math.Truncate(x[0]),
                var other => throw new InvalidDataException(other),
            };
        }
        if (Regex.Match(text, @"^bits\((\S+)\) (<<|>>>|[-+]) (?:bits\((\S+)\)|(\d+))$") is { Success: true } bits)
            return bits.Groups[2].Value switch
            {
                "<<" => Number(Bits(bits, 1) << int.Parse(bits.Groups[4].Value, CultureInfo.InvariantCulture)),
                ">>>" => Number(Bits(bits, 1) >>> int.Parse(bits.Groups[4].Value, CultureInfo.InvariantCulture)),
                "+" => Number(Bits(bits, 1) + Bits(bits, 3)),
                _ => Number(Bits(bits, 1) - Bits(bits, 3)),
            };
        if (Regex.Match(text, @"^(\S+) \* 2\^(\S+)$") is { Success: true } scale)
            return Math.ScaleB(Value(scale, 1), (int)Value(scale, 2));
        if (Regex.Match(text, @"^(\S+) (\S+) (\S+)$") is { Success: true } pair)
        {
            double a = Value(pair, 1), b = Value(pair, 3);
            return pair.Groups[2].Value switch
            {
                "+" => a + b,
                "-" => a - b,
                "*" => a * b,
                "/" => a / b,
                "<" => Truth(a < b),
                "<=" => Truth(a <= b),
                ">" => Truth(a > b),
                ">=" => Truth(a >= b),
                "==" => Truth(a == b),
                "&" => Number(Bits(pair, 1) & Bits(pair, 3)),
                "|" => Number(Bits(pair, 1) | Bits(pair, 3)),
                var other => throw new InvalidDataException(other),
            };
        }
        return text[0] == '-' && values.TryGetValue(text[1..], out double positive) ? -positive : text[0] == '~' ? Number(~BitConverter.DoubleToInt64Bits(Read(text[1..]))) : Read(text);

        double Read(string operand) => values.TryGetValue(operand, out double known) ? known
            : operand.StartsWith("0x", StringComparison.Ordinal) ? Number(long.Parse(operand[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture))
            : double.Parse(operand, CultureInfo.InvariantCulture);
        double Value(Match match, int group) => Read(match.Groups[group].Value);
        long Bits(Match match, int group) => BitConverter.DoubleToInt64Bits(Value(match, group));
        static double Number(long bits) => BitConverter.Int64BitsToDouble(bits);
        static double Truth(bool value) => value ? Number(-1) : 0;
    }
}
