using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using SweepEngine.Equations;

namespace SweepEngine.Simulation;

/// <summary>What a step consists of, in order: loops over the lanes of a tile that are compiled, and calls.</summary>
/// <remarks>Steppers of one model that do the same, for several questions and on several threads, share the loops' code.</remarks>
/// <param name="problem">The model and the tolerance.</param>
/// <param name="tile">The tile.</param>
/// <param name="method">The method.</param>
internal sealed class StepWork(TileStepper.Problem problem, LaneTile tile, string method)
{
    /// <summary>A loop is about at most so many states, since the just-in-time compiler does not optimise very long methods.</summary>
    public const int StatesOfLoop = 32;

    private static readonly ConditionalWeakTable<ModelCode, ConcurrentDictionary<LoopName, Lazy<TileLoop>>> s_compiled = [];

    private readonly List<Action<int>> _work = [];
    private int _loops;

    /// <summary>The loop that is being noted down.</summary>
    public GraphRows Rows { get; private set; } = new();

    /// <summary>Whether programs of the model become parts of the loops.</summary>
    public bool Inlines { get; set; }

    /// <summary>Ends the loop; what follows begins the next one.</summary>
    public void EndLoop()
    {
        if (!Rows.IsEmpty)
        {
            GraphRows rows = Rows;
            var name = new LoopName(method, problem.LocalTolerance, problem.SeeksRest, problem.Integrates, Inlines, _loops++);
            TileLoop loop = s_compiled.GetOrCreateValue(problem.Code).GetOrAdd(name, _ => new Lazy<TileLoop>(() => rows.Compile(problem.Code.LaneWidth))).Value;
            _work.Add(count => loop(ref tile.Origin, 0, count));
        }

        Rows = new GraphRows();
    }

    /// <summary>Adds a call between loops.</summary>
    /// <param name="call">Given the number of lanes.</param>
    public void Call(Action<int> call)
    {
        EndLoop();
        _work.Add(call);
    }

    /// <summary>Adds a program of the model, at the state of a stage or the end of the step.</summary>
    /// <param name="program">The program; null is none.</param>
    /// <param name="time">The row of the time.</param>
    /// <param name="result">The first row of the results.</param>
    public void Evaluate(LaneProgram? program, int time, int result)
    {
        if (program is not null && Inlines)
        {
            Rows.Evaluate(program, tile, time, tile.EndStateRow, result);
        }
        else if (program is not null)
        {
            Call(count => program.Evaluate(
                tile.Rows(time), tile.EndState, tile.Parameter, tile.Rows(result, program.OutputCount), LaneTile.Lanes, 0, count));
        }
    }

    /// <summary>Adds a text for all states, in several loops where they are many.</summary>
    /// <param name="text">Notes the text down in <see cref="Rows"/>, for some of the states.</param>
    public void ForStates(Action<Range> text)
    {
        for (int first = 0; first < tile.States; first += StatesOfLoop)
        {
            text(first..Math.Min(first + StatesOfLoop, tile.States));
            if (tile.States > StatesOfLoop)
            {
                EndLoop();
            }
        }
    }

    /// <summary>Adds the end of a step, once its end state is there and the derivatives there.</summary>
    /// <param name="text">The text of the step.</param>
    public void Finish(TileStep text)
    {
        Evaluate(problem.Code.Threshold, LaneTile.EndTimeRow, LaneTile.EndThresholdRow);
        Evaluate(problem.Conditions, LaneTile.EndTimeRow, tile.ConditionRow);
        ForStates(states => text.Compare(Rows, states));
        text.Decide(Rows);
        ForStates(states => text.Carry(Rows, states));
        EndLoop();
    }

    /// <summary>Does it.</summary>
    /// <param name="count">For the lanes 0 to this − 1, a multiple of the width.</param>
    public void Do(int count)
    {
        foreach (Action<int> work in _work)
        {
            work(count);
        }
    }

    // What the loops of a model differ in: all else of a problem follows from the model.
    private readonly record struct LoopName(string Method, double LocalTolerance, bool SeeksRest, bool Integrates, bool Inlines, int Index);
}
