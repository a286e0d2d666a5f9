using BenchmarkDotNet.Attributes;
using SweepEngine.Lanes;

namespace SweepEngine.Benchmarks;

/// <summary>Time per normal deviate of 64 points side by side, as the integrator of stochastic equations draws them.</summary>
public class RandomNumbers
{
    private const int Points = 64, Steps = 1000;

    private Deviates _work;

    /// <summary>Deviates per call.</summary>
    public const int Count = 2 * Points * Steps;

    /// <summary>Width of the registers.</summary>
    [Params(8, 4, 1)]
    public int Width { get; set; } = 8;

    /// <summary>Makes room for the results.</summary>
    [GlobalSetup]
    public void Setup() => _work = new Deviates();

    /// <summary>Draws.</summary>
    /// <returns>Sum of the deviates, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Count)]
    public double Draw()
    {
        LaneWidths.Run(Width, ref _work);
        return _work.Sums.Sum();
    }

    private readonly struct Deviates() : ILaneWork
    {
        private readonly double[] _points = [.. Enumerable.Range(0, Points).Select(i => BitConverter.Int64BitsToDouble(i))];

        public double[] Sums { get; } = new double[Points];

        public void Run<T>() where T : struct, ILane<T>
        {
            Array.Clear(Sums);
            for (int step = 0; step < Steps; step++)
            {
                for (int j = 0; j < Points; j += T.Width)
                {
                    T first = PhiloxLanes.Draw(1, T.Load(ref _points[j]), 0, T.BroadcastBits(step), out T second);
                    T cosine = PhiloxLanes.NormalPair(first, second, out T sine);
                    T.Store(T.Load(ref Sums[j]) + (cosine + sine), ref Sums[j]);
                }
            }
        }
    }
}
