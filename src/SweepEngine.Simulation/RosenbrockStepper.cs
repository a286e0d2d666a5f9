using System.Runtime.CompilerServices;
using SweepEngine.Equations;
using SweepEngine.Lanes;

namespace SweepEngine.Simulation;

/// <summary>The stepper of <see cref="Rodas5P"/>, for stiff points: each stage solves linear equations with the Jacobian at the start of the step.</summary>
internal abstract class RosenbrockStepper(TileStepper.Problem problem, LaneTile tile) : TileStepper(problem, tile, "rodas5p")
{
    /// <summary>Blocks of rows in the tile: the derivatives at the start, the stages, the derivatives at the end.</summary>
    public const int Blocks = Rodas5P.Stages + 2;

    /// <summary>The stepper for the width of the model's code.</summary>
    /// <param name="problem">The model and the tolerance.</param>
    /// <param name="linearization">Of the model.</param>
    /// <param name="tile">The lanes that it moves.</param>
    public static RosenbrockStepper Create(Problem problem, Linearization linearization, LaneTile tile) => problem.Code.LaneWidth switch
    {
        8 => new RosenbrockStepper<Lane8>(problem, linearization, tile),
        4 => new RosenbrockStepper<Lane4>(problem, linearization, tile),
        _ => new RosenbrockStepper<Lane1>(problem, linearization, tile),
    };
}

/// <inheritdoc cref="RosenbrockStepper"/>
/// <typeparam name="T">The register.</typeparam>
internal sealed class RosenbrockStepper<T> : RosenbrockStepper
    where T : struct, ILane<T>
{
    private const int Lanes = LaneTile.Lanes;

    private readonly LaneTile _tile;
    private readonly JacobianCode _jacobian;
    private readonly SparseElimination _elimination;
    private readonly (int Rule, int Output)[] _held;
    private readonly double[] _matrix, _magnitude;

    public RosenbrockStepper(Problem problem, Linearization linearization, LaneTile tile)
        : base(problem, tile)
    {
        (_tile, _jacobian, _elimination) = (tile, linearization.Jacobian, linearization.Elimination);
        int[] rows = [.. _jacobian.Entries.Select(entry => entry.Row), .. _jacobian.TimeRows];
        _held = [.. from hold in problem.Holds from output in Enumerable.Range(0, rows.Length) where rows[output] == hold.State select (hold.Rule, output)];
        _matrix = new double[_elimination.Slots * Lanes];
        _magnitude = new double[tile.States * Lanes];

        var text = new RosenbrockStep(problem, tile);
        TileStep.Choose(Work.Rows);
        Work.Call(count =>
        {
            Linearize(count);
            _elimination.Factor<T>(_matrix, _magnitude, count);
        });
        for (int i = 0; i < Rodas5P.Stages; i++)
        {
            int stage = i;
            Work.Call(count => Combine(stage, count));
            if (stage > 0)
            {
                Evaluate(Rodas5P.C[stage]);
            }

            Work.Call(count =>
            {
                RightSide(stage, count);
                _elimination.Solve<T>(_matrix, _tile.Stage(1 + stage), count);
            });
        }

        Work.Call(End);
        Evaluate(1);
        Work.Finish(text);

        // The derivatives at the state of a stage, at the part c of the step; they go where those at the end of the step stay.
        void Evaluate(double c)
        {
            if (problem.Code.Derivatives.ReadsTime)
            {
                TileStep.StageTime(Work.Rows, c);
            }

            Work.Evaluate(problem.Code.Derivatives, LaneTile.StageTimeRow, tile.EndSlopeRow);
            text.Hold(Work.Rows, tile.EndSlopeRow);
        }
    }

    // The u of the stages.
    private Span<double> Stages => _tile.Rows(_tile.SlopeRow + _tile.States, Rodas5P.Stages * _tile.States);

    /// <inheritdoc/>
    public override void Take(int lane, DenseStep step)
    {
        step.Place(_tile.Time[lane], _tile.Step[lane]);
        ReadOnlySpan<double> stages = Stages, state = _tile.State, endState = _tile.EndState;
        Span<double> sums = stackalloc double[Rodas5P.Dense.Length];
        for (int i = 0; i < _tile.States; i++)
        {
            int at = i * Lanes + lane;
            sums.Clear();
            for (int s = 0; s < Rodas5P.Stages; s++)
            {
                for (int m = 0; m < sums.Length; m++)
                {
                    sums[m] += Rodas5P.Dense[m][s] * stages[s * _tile.States * Lanes + at];
                }
            }

            // p k_1 + p² k_2 = p (k_1 + k_2 − r k_2)
            step.Set(i, state[at], endState[at] - state[at], sums[0], sums[1] + sums[2], -sums[2]);
        }
    }

    // The matrix 1 − hγJ at the start of the step, and ∂f/∂t.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Linearize(int count)
    {
        Span<double> startTime = _tile.StageTime, matrix = _matrix, magnitude = _magnitude;
        ReadOnlySpan<double> time = _tile.Time, firstTime = _tile.FirstTime, step = _tile.Step;
        for (int j = 0; j < count; j += T.Width)
        {
            Registers<T>.Put(T.Max(Registers<T>.At(time, j), Registers<T>.At(firstTime, j)), startTime, j);
        }

        _jacobian.Program.Evaluate(startTime, _tile.State, _tile.Parameter, matrix, Lanes, 0, count);
        foreach ((int rule, int output) in _held)
        {
            Span<double> row = matrix.Slice(output * Lanes, Lanes);
            ReadOnlySpan<double> refractory = _tile.Rows(LaneTile.RefractoryRow + rule);
            for (int j = 0; j < count; j += T.Width)
            {
                Registers<T>.Put(T.AndNot(Registers<T>.At(row, j), Registers<T>.At(refractory, j)), row, j);
            }
        }

        foreach (int slot in _elimination.Fill)
        {
            matrix.Slice(slot * Lanes, Lanes).Clear();
        }

        T minusGamma = T.Broadcast(-Rodas5P.Gamma), one = T.Broadcast(1);
        for (int at = 0; at < _jacobian.Entries.Count * Lanes; at += Lanes)
        {
            for (int j = 0; j < count; j += T.Width)
            {
                Registers<T>.Put(minusGamma * Registers<T>.At(step, j) * Registers<T>.At(matrix, at + j), matrix, at + j);
            }
        }

        for (int i = 0; i < _tile.States; i++)
        {
            int at = _elimination.Diagonal[i] * Lanes;
            for (int j = 0; j < count; j += T.Width)
            {
                T own = Registers<T>.At(matrix, at + j);
                Registers<T>.Put(one + T.Abs(own), magnitude, i * Lanes + j);
                Registers<T>.Put(one + own, matrix, at + j);
            }
        }
    }

    // What a stage takes over from those before: the state at which it evaluates the equations, and Σ c u.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Combine(int stage, int count)
    {
        ReadOnlySpan<double> a = Rodas5P.A[stage], coupling = Rodas5P.Coupling[stage], from = _tile.State;
        Span<double> stages = Stages, to = _tile.EndState;
        int block = _tile.States * Lanes;
        for (int at = 0; at < block; at += Lanes)
        {
            for (int j = at; j < at + count; j += T.Width)
            {
                T state = Registers<T>.At(from, j), sum = T.Broadcast(0);
                for (int s = 0; s < a.Length; s++)
                {
                    T u = Registers<T>.At(stages, s * block + j);
                    state = T.Fma(T.Broadcast(a[s]), u, state);
                    sum = T.Fma(T.Broadcast(coupling[s]), u, sum);
                }

                Registers<T>.Put(state, to, j);
                Registers<T>.Put(sum, stages, stage * block + j);
            }
        }
    }

    // The solution: the state of the last stage and its u.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void End(int count)
    {
        Span<double> state = _tile.EndState;
        ReadOnlySpan<double> last = _tile.Stage(Rodas5P.Stages);
        for (int at = 0; at < last.Length; at += Lanes)
        {
            for (int j = at; j < at + count; j += T.Width)
            {
                Registers<T>.Put(Registers<T>.At(state, j) + Registers<T>.At(last, j), state, j);
            }
        }
    }

    // What the equations of a stage are solved for, from its derivatives f: hγ (f + h d ∂f/∂t) + γ Σ c u.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void RightSide(int stage, int count)
    {
        ReadOnlySpan<double> step = _tile.Step, derivatives = stage == 0 ? _tile.Derivatives : _tile.EndDerivatives;
        Span<double> u = _tile.Stage(1 + stage);
        T gamma = T.Broadcast(Rodas5P.Gamma), d = T.Broadcast(Rodas5P.D[stage]);
        for (int k = 0; k < _jacobian.TimeRows.Count && Rodas5P.D[stage] != 0; k++)
        {
            int row = _jacobian.TimeRows[k] * Lanes, change = (_jacobian.Entries.Count + k) * Lanes;
            for (int j = 0; j < count; j += T.Width)
            {
                T h = Registers<T>.At(step, j);
                Registers<T>.Put(T.Fma(d * h * h, Registers<T>.At(_matrix, change + j), Registers<T>.At(u, row + j)), u, row + j);
            }
        }

        for (int at = 0; at < u.Length; at += Lanes)
        {
            for (int j = 0; j < count; j += T.Width)
            {
                T sum = T.Fma(Registers<T>.At(step, j), Registers<T>.At(derivatives, at + j), Registers<T>.At(u, at + j));
                Registers<T>.Put(gamma * sum, u, at + j);
            }
        }
    }
}

/// <summary>What a step of <see cref="Rodas5P"/> has of its own: its error and its mean.</summary>
/// <param name="problem">The model and the tolerance.</param>
/// <param name="tile">Which row is what.</param>
internal sealed class RosenbrockStep(TileStepper.Problem problem, LaneTile tile) : TileStep(problem, tile)
{
    // What multiplies the stages in the integral of the dense output, where that of p r is 1/6, that of p² r is 1/12 and that of p³ r is 1/20.
    private static readonly double[] MeanWeights =
        [.. Enumerable.Range(0, Rodas5P.Stages).Select(s => Rodas5P.Dense[0][s] / 6 + Rodas5P.Dense[1][s] / 12 + Rodas5P.Dense[2][s] / 20)];

    private readonly LaneTile _tile = tile;

    /// <inheritdoc/>
    protected override int Order => Rodas5P.Order;

    /// <inheritdoc/>
    protected override GraphLane Error(GraphRows rows, int state) => rows[_tile.SlopeRow + Rodas5P.Stages * _tile.States + state];

    /// <inheritdoc/>
    /// <remarks>Not by the slopes at the ends: where they are steep, they say little about the step.</remarks>
    protected override GraphLane Mean(GraphRows rows, int state)
    {
        GraphLane mean = GraphLane.Broadcast(0.5) * (rows[_tile.StateRow + state] + rows[_tile.EndStateRow + state]);
        for (int s = 0; s < Rodas5P.Stages; s++)
        {
            mean = GraphLane.Fma(GraphLane.Broadcast(MeanWeights[s]), rows[_tile.SlopeRow + (1 + s) * _tile.States + state], mean);
        }

        return mean;
    }
}
