using System.Runtime.Intrinsics;

namespace SweepEngine.Lanes.Tests;

public class LaneTests
{
    public static TheoryData<string> Operations => [.. LaneFunctions.Operations];

    public static TheoryData<int> Widths => [.. LaneWidths.All];

    [Theory]
    [MemberData(nameof(Operations))]
    public void An_operation_gives_the_scalar_result_in_every_element_at_every_width(string name) =>
        AnyDouble.ForAll(60, (x, y) =>
        {
            bool isBits = name is "Negate" or "Abs" or "CopySign" or "Select" or "And" or "Or" or "Xor" or "AndNot" or "Not";
            foreach (int width in LaneWidths.All)
            {
                double[] results = LaneFunctions.Evaluate(name, width, x, y);
                for (int i = 0; i < x.Length; i++)
                {
                    double expected = Scalar(name, x[i], y[i]);
                    bool same = isBits
                        ? BitConverter.DoubleToInt64Bits(expected) == BitConverter.DoubleToInt64Bits(results[i])
                        : Bits.Of(expected) == Bits.Of(results[i]);
                    Assert.True(same, $"{name}({x[i]:R}, {y[i]:R}) at width {width}: expected {expected:R}, found {results[i]:R}");
                }
            }

            return true;
        });

    [Theory]
    [MemberData(nameof(Widths))]
    public void Scaling_by_a_power_of_two_rounds_once(int width)
    {
        Random random = new(width);
        Scaling work = new(
            [.. Enumerable.Range(0, 4096).Select(_ => (0.25 + 3.75 * random.NextDouble()) * (random.Next(2) == 0 ? 1 : -1))],
            [.. Enumerable.Range(0, 4096).Select(i => (double)(i % 2 == 0 ? random.Next(-1080, -1015) : random.Next(-2000, 2001)))]);
        LaneWidths.Run(width, ref work);
        for (int i = 0; i < work.A.Length; i++)
        {
            Number exact = ((Number)work.A[i]).TimesPowerOf2((int)work.N[i]);
            double error = exact.ErrorInUlp(work.Results[i]);
            Assert.True(error <= 0.5, $"{work.A[i]:R}·2^{work.N[i]} = {work.Results[i]:R} is off by {error} ulp");
        }
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void The_bits_of_a_mask_name_its_true_elements(int width)
    {
        Masks work = new();
        LaneWidths.Run(width, ref work);
        Assert.Equal(0b10010110u & ((1u << width) - 1), work.Odd);
        Assert.Equal(0u, work.None);
        Assert.Equal((1u << width) - 1, work.All);
        Assert.Equal(width, work.Width);
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void A_store_writes_just_the_elements_of_the_lane(int width)
    {
        Copy work = new([.. Enumerable.Range(1, 16).Select(i => (double)i)]);
        LaneWidths.Run(width, ref work);
        Assert.Equal(Enumerable.Range(0, 16).Select(i => i >= 2 && i < 2 + width ? i + 2.0 : 0), work.Target);
    }

    [Fact]
    public void The_best_width_is_the_widest_in_hardware()
    {
        int expected = Vector512.IsHardwareAccelerated ? 8 : Vector256.IsHardwareAccelerated ? 4 : 1;
        Assert.Equal(expected, LaneWidths.Best);
        Assert.Contains(LaneWidths.Best, LaneWidths.All);
    }

    [Fact]
    public void A_width_that_does_not_exist_is_refused()
    {
        Masks work = new();
        Assert.Throws<ArgumentOutOfRangeException>(() => LaneWidths.Run(2, ref work));
    }

    private static double Fraction(double a)
    {
        if (a is 0 or double.PositiveInfinity)
        {
            return Math.CopySign(1, a);
        }

        double fraction = a > 0 ? Math.ScaleB(a, -Math.ILogB(a)) : double.NaN;
        return fraction >= 1.5 ? fraction / 2 : fraction;
    }

    private static double Scalar(string name, double a, double b)
    {
        long i = BitConverter.DoubleToInt64Bits(a);
        long j = BitConverter.DoubleToInt64Bits(b);
        return name switch
        {
            "Add" => a + b,
            "Subtract" => a - b,
            "Multiply" => a * b,
            "Divide" => a / b,
            "Negate" => FromBits(i ^ long.MinValue),
            "Fma" => Math.FusedMultiplyAdd(a, b, -a),
            "Sqrt" => Math.Sqrt(a),
            "Abs" => FromBits(i & long.MaxValue),
            "Min" => a < b ? a : b,
            "Max" => a > b ? a : b,
            "Floor" => Math.Floor(a),
            "Round" => Math.Round(a, MidpointRounding.ToEven),
            "Truncate" => Math.Truncate(a),
            "CopySign" => FromBits((i & long.MaxValue) | (j & long.MinValue)),
            "LessThan" => Mask(a < b),
            "LessOrEqual" => Mask(a <= b),
            "GreaterThan" => Mask(a > b),
            "GreaterOrEqual" => Mask(a >= b),
            "Equal" => Mask(a == b),
            "NotEqual" => Mask(a != b),
            "And" => FromBits(i & j),
            "Or" => FromBits(i | j),
            "Xor" => FromBits(i ^ j),
            "AndNot" => FromBits(i & ~j),
            "Not" => FromBits(~i),
            "Select" => a < b ? b : FromBits(i ^ long.MinValue),
            "MultiplyLowBits" => FromBits((long)((ulong)(uint)i * (uint)j)),
            "Exponent" => a == 0 ? double.NegativeInfinity : double.IsFinite(a) ? Math.ILogB(a) : Math.Abs(a),
            "Fraction" => Fraction(a),
            "AddBits" => FromBits(i + j),
            "SubtractBits" => FromBits(i - j),
            "ShiftBitsLeft" => FromBits(i << 7),
            "ShiftBitsRight" => FromBits(i >>> 7),
            _ => throw new ArgumentException(name),
        };
    }

    private static double FromBits(long bits) => BitConverter.Int64BitsToDouble(bits);

    private static double Mask(bool value) => FromBits(value ? -1 : 0);

    private readonly struct Scaling(double[] a, double[] n) : ILaneWork
    {
        public double[] A { get; } = a;

        public double[] N { get; } = n;

        public double[] Results { get; } = new double[a.Length];

        public void Run<T>() where T : struct, ILane<T>
        {
            for (int i = 0; i < A.Length; i += T.Width)
            {
                T.Store(T.ScaleByPowerOf2(T.Load(ref A[i]), T.Load(ref N[i])), ref Results[i]);
            }
        }
    }

    private struct Masks : ILaneWork
    {
        public uint Odd { get; private set; }

        public uint None { get; private set; }

        public uint All { get; private set; }

        public int Width { get; private set; }

        public void Run<T>() where T : struct, ILane<T>
        {
            double[] values = [0, 1, 1, 0, 1, 0, 0, 1];
            T mask = T.Equal(T.Load(ref values[0]), T.Broadcast(1));
            Odd = T.Bits(mask);
            None = T.Bits(T.AndNot(mask, mask));
            All = T.Bits(T.Or(mask, T.Not(mask)));
            Width = T.Width;
        }
    }

    private readonly struct Copy(double[] source) : ILaneWork
    {
        public double[] Target { get; } = new double[source.Length];

        public void Run<T>() where T : struct, ILane<T> => T.Store(T.Load(ref source[3]), ref Target[2]);
    }
}
