using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using BenchmarkDotNet.Attributes;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Benchmarks;

/// <summary>
/// Time per element of an elementary function over 64 numbers: the lane's function called, the same written out in the code of a model, and that of the
/// framework where there is one (else NaN is written).
/// </summary>
public class ElementaryFunctions
{
    /// <summary>Numbers per evaluation.</summary>
    public const int Count = 64;

    private const int Evaluations = 1000;

    private readonly double[] _x = [.. Enumerable.Range(0, Count).Select(i => 0.05 + i * 37 % Count * 0.06)], _result = new double[Count];
    private LaneProgram _written = null!;
    private ILoops _loops = null!;

    /// <summary>The function, as the language of models has it.</summary>
    [Params("exp(x)", "log(x)", "expm1(x)", "log1p(x)", "tanh(x)", "sin(x)", "cos(x)", "pow(x, 1.3)", "sqrt(x)", "1/exprel(x)")]
    public string Function { get; set; } = "exp(x)";

    /// <summary>Compiles the function.</summary>
    [GlobalSetup]
    public void Setup()
    {
        ModelDefinition model = ModelReader.Read($"model: m\nequations: dx/dt = {Function}/(1 s)\nstates: {{x: {{start: 0, unit: 1}} }}\n", "m.yaml", new Findings())!;
        _written = ModelCode.Compile(model, new Dictionary<string, double>(), []).Derivatives;
        _loops = Function switch
        {
            "exp(x)" => new Loops<Exp>(),
            "log(x)" => new Loops<Log>(),
            "expm1(x)" => new Loops<Expm1>(),
            "log1p(x)" => new Loops<Log1p>(),
            "tanh(x)" => new Loops<Tanh>(),
            "sin(x)" => new Loops<Sin>(),
            "cos(x)" => new Loops<Cos>(),
            "pow(x, 1.3)" => new Loops<Pow>(),
            "sqrt(x)" => new Loops<Sqrt>(),
            _ => new Loops<Exprelr>(),
        };
    }

    /// <summary>As a model's code has it.</summary>
    /// <returns>A result, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Count * Evaluations)]
    public double Written()
    {
        for (int i = 0; i < Evaluations; i++)
            _written.Evaluate([], _x, [], _result, Count, 0, Count);
        return _result[1];
    }

    /// <summary>The function of the lanes.</summary>
    /// <returns>A result, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Count * Evaluations)]
    public double Called()
    {
        _loops.Called(_x, _result);
        return _result[1];
    }

    /// <summary>The function of the framework.</summary>
    /// <returns>A result, so that nothing can be left out.</returns>
    [Benchmark(OperationsPerInvoke = Count * Evaluations)]
    public double Framework()
    {
        _loops.Framework(_x, _result);
        return _result[1];
    }

    private interface ILoops
    {
        void Called(double[] x, double[] result);

        void Framework(double[] x, double[] result);
    }

    private interface IFunction
    {
        static abstract T Of<T>(T x) where T : struct, ILane<T>;

        static virtual Vector512<double> OfFramework(Vector512<double> x) => Vector512.Create(double.NaN);
    }

    private sealed class Loops<TFunction> : ILoops where TFunction : IFunction
    {
        public void Called(double[] x, double[] result)
        {
            Lanes work = new(x, result);
            LaneWidths.Run(LaneWidths.Best, ref work);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Framework(double[] x, double[] result)
        {
            for (int i = 0; i < Evaluations; i++)
            {
                for (int j = 0; j < x.Length; j += Vector512<double>.Count)
                    TFunction.OfFramework(Vector512.LoadUnsafe(in x[j])).StoreUnsafe(ref result[j]);
            }
        }

        private readonly struct Lanes(double[] x, double[] result) : ILaneWork
        {
            [MethodImpl(MethodImplOptions.AggressiveOptimization)]
            public void Run<T>() where T : struct, ILane<T>
            {
                for (int i = 0; i < Evaluations; i++)
                {
                    for (int j = 0; j < x.Length; j += T.Width)
                        T.Store(TFunction.Of(T.Load(ref x[j])), ref result[j]);
                }
            }
        }
    }

    private readonly struct Exp : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Exp(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> OfFramework(Vector512<double> x) => Vector512.Exp(x);
    }

    private readonly struct Log : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Log(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> OfFramework(Vector512<double> x) => Vector512.Log(x);
    }

    private readonly struct Expm1 : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Expm1(x);
    }

    private readonly struct Log1p : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Log1p(x);
    }

    private readonly struct Tanh : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Tanh(x);
    }

    private readonly struct Sin : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Sin(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> OfFramework(Vector512<double> x) => Vector512.Sin(x);
    }

    private readonly struct Cos : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Cos(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> OfFramework(Vector512<double> x) => Vector512.Cos(x);
    }

    private readonly struct Pow : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Pow(x, T.Broadcast(1.3));
    }

    private readonly struct Sqrt : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => T.Sqrt(x);

        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static Vector512<double> OfFramework(Vector512<double> x) => Vector512.Sqrt(x);
    }

    private readonly struct Exprelr : IFunction
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static T Of<T>(T x) where T : struct, ILane<T> => LaneMath.Exprelr(x);
    }
}
