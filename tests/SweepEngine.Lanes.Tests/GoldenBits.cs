using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;

namespace SweepEngine.Lanes.Tests;

/// <summary>
/// The bits of every function, operation and random number over a fixed set of arguments, as a hash; also the entry point of the test assembly, so that a
/// test can compute it in a process with other instruction sets.
/// </summary>
internal static class GoldenBits
{
    /// <summary>Prints which vectors are in hardware, then the hash at each width.</summary>
    public static void Main()
    {
        Console.WriteLine($"{Vector512.IsHardwareAccelerated} {Vector256.IsHardwareAccelerated} {Vector128.IsHardwareAccelerated} {Fma.IsSupported}");
        foreach (int width in LaneWidths.All)
        {
            Console.WriteLine(Hash(width));
        }
    }

    public static string Hash(int width)
    {
        (double[] x, double[] y) = Arguments();
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string name in (string[])[.. LaneFunctions.Names, .. LaneFunctions.Operations])
        {
            foreach (double result in LaneFunctions.Evaluate(name, width, x, y))
            {
                hash.AppendData(BitConverter.GetBytes(Bits.Of(result)));
            }
        }

        RandomNumbers random = new(x, y);
        LaneWidths.Run(width, ref random);
        foreach (double number in random.Results)
        {
            hash.AppendData(BitConverter.GetBytes(Bits.Of(number)));
        }

        return Convert.ToHexString(hash.GetHashAndReset())[..32];
    }

    /// <summary>Normal deviates of points and steps with any bits.</summary>
    private readonly struct RandomNumbers(double[] points, double[] steps) : ILaneWork
    {
        public double[] Results { get; } = new double[2 * points.Length];

        public void Run<T>() where T : struct, ILane<T>
        {
            for (int i = 0; i < points.Length; i += T.Width)
            {
                T first = PhiloxLanes.Draw(1, T.Load(ref points[i]), 2, T.Load(ref steps[i]), out T second);
                T.Store(PhiloxLanes.NormalPair(first, second, out T sine), ref Results[i]);
                T.Store(sine, ref Results[points.Length + i]);
            }
        }
    }

    /// <summary>Pairs of all sizes and of moderate ones, from a generator whose numbers never change (Marsaglia's xorshift64).</summary>
    private static (double[] X, double[] Y) Arguments()
    {
        ulong state = 0x9E3779B97F4A7C15;
        double[] x = new double[2000];
        double[] y = new double[2000];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = i % 2 == 0 ? BitConverter.UInt64BitsToDouble(Next()) : (long)Next() / 9.2e18 * (i % 4 == 1 ? 2 : 100);
            y[i] = i % 8 == 0 ? BitConverter.UInt64BitsToDouble(Next()) : (long)Next() / 9.2e18 * 10;
        }

        return (x, y);

        ulong Next()
        {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            return state;
        }
    }
}
