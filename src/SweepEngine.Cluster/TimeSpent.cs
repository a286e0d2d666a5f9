namespace SweepEngine.Cluster;

/// <summary>Adds up the time that one kind of work takes on all threads.</summary>
/// <param name="clock">Measures it.</param>
internal sealed class TimeSpent(TimeProvider clock)
{
    private long _ticks;

    /// <summary>All of it so far.</summary>
    public TimeSpan Total => TimeSpan.FromTicks(Interlocked.Read(ref _ticks));

    /// <summary>Does the work.</summary>
    /// <returns>What it returns.</returns>
    public T In<T>(Func<T> work)
    {
        long began = clock.GetTimestamp();
        try
        {
            return work();
        }
        finally
        {
            Interlocked.Add(ref _ticks, clock.GetElapsedTime(began).Ticks);
        }
    }
}
