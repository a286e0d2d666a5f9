using System.Collections.Concurrent;

namespace SweepEngine.Cluster;

/// <summary>A thread of its own for work that takes long (kernels, merging), so that actors always answer. It does one job after
/// another.</summary>
internal sealed class WorkThread
{
    private readonly BlockingCollection<Action> _jobs = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <param name="name">Name of the thread, for debuggers.</param>
    /// <param name="lowPriority">Whether other programs of the machine go first.</param>
    /// <param name="failed">Told when a job throws; the thread then ends.</param>
    public WorkThread(string name, bool lowPriority, Action<Exception> failed)
    {
        new Thread(() => Run(lowPriority, failed)) { Name = name, IsBackground = true }.Start();
    }

    /// <summary>Ends when the thread has ended.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Does the job after those before it.</summary>
    public void Do(Action job) => _jobs.Add(job);

    /// <summary>Ends the thread after the jobs that it has.</summary>
    public void Stop() => _jobs.CompleteAdding();

    private void Run(bool lowPriority, Action<Exception> failed)
    {
        try
        {
            if (lowPriority) DurableFiles.LowerPriorityOfThisThread();
            foreach (var job in _jobs.GetConsumingEnumerable()) job();
        }
#pragma warning disable CA1031 // whatever it is, it belongs to the actor that this thread works for
        catch (Exception cause)
#pragma warning restore CA1031
        {
            failed(cause);
        }
        finally
        {
            _ended.SetResult();
        }
    }
}
