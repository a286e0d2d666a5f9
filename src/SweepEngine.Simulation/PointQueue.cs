namespace SweepEngine.Simulation;

/// <summary>Points that wait to be computed; a point that is done may make others wait.</summary>
internal interface IPointQueue
{
    /// <summary>The next point.</summary>
    /// <param name="point">Its index.</param>
    /// <param name="question">What is asked about it.</param>
    /// <returns>False when none waits now.</returns>
    bool TryTake(out int point, out Question question);

    /// <summary>A point that was taken has its answer.</summary>
    /// <param name="point">Its index.</param>
    void Done(int point);
}

/// <summary>The points of a list, with one question.</summary>
/// <param name="question">The question.</param>
/// <param name="points">Indices of the points.</param>
internal sealed class PointList(Question question, int[] points) : IPointQueue
{
    private int _next;

    /// <inheritdoc/>
    public bool TryTake(out int point, out Question asked)
    {
        asked = question;
        point = _next < points.Length ? points[_next++] : -1;
        return point >= 0;
    }

    /// <inheritdoc/>
    public void Done(int point)
    {
    }
}
