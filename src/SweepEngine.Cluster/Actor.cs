using System.Threading.Channels;

namespace SweepEngine.Cluster;

/// <summary>An actor threw: one of its invariants is broken, or what it was given is. The message holds the actor's state.</summary>
public sealed class ActorFailedException(string actor, string state, Exception cause)
    : Exception($"{actor} failed: {cause.Message} State: {state}", cause);

/// <summary>
/// A bounded mailbox with one consumer task, which handles one message at a time. An actor whose handler throws stops for good: its
/// <see cref="Completion"/> fails, and whoever supervises it (see <see cref="SweepHost"/>) starts another one or gives up.
/// <para>
/// Two ways in, so that actors that talk to each other cannot block each other. What the protocol repeats until it is answered is
/// <see cref="Offer">offered</see>, and dropped while the mailbox is more than half full. What is said once is
/// <see cref="SendAsync">sent</see> and
/// waits for room; the other half is kept for it.
/// </para>
/// </summary>
internal sealed class Actor<TMessage>
{
    private readonly Channel<TMessage> _mailbox;
    private readonly int _capacity;

    /// <param name="name">For messages.</param>
    /// <param name="capacity">Room of the mailbox, at least 2.</param>
    /// <param name="receive">Handles one message; never called twice at the same time.</param>
    /// <param name="state">Describes the state when the handler has thrown.</param>
    public Actor(string name, int capacity, Func<TMessage, ValueTask> receive, Func<string> state)
    {
        _capacity = capacity;
        _mailbox = Channel.CreateBounded<TMessage>(new BoundedChannelOptions(capacity) { SingleReader = true });
        Completion = Task.Run(() => ConsumeAsync(name, receive, state));
    }

    /// <summary>Ends when the actor has stopped and its mailbox is empty; fails with <see cref="ActorFailedException"/> if it
    /// threw.</summary>
    public Task Completion { get; }

    /// <summary>Messages in the mailbox.</summary>
    public int Waiting => _mailbox.Reader.Count;

    /// <summary>Posts a message that will be repeated if need be.</summary>
    /// <returns>False if it was dropped.</returns>
    public bool Offer(TMessage message) => Waiting <= _capacity / 2 && _mailbox.Writer.TryWrite(message);

    /// <summary>Posts a message that is said once; waits while the mailbox is full. A stopped actor needs no messages: then nothing
    /// happens.</summary>
    public async ValueTask SendAsync(TMessage message)
    {
        try
        {
            await _mailbox.Writer.WriteAsync(message).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
        }
    }

    /// <summary>Ends the actor after the messages that are in the mailbox.</summary>
    public void Stop() => _mailbox.Writer.TryComplete();

    /// <summary>Ends the actor because something that works for it threw.</summary>
    public void Fail(Exception cause) => _mailbox.Writer.TryComplete(cause);

    private async Task ConsumeAsync(string name, Func<TMessage, ValueTask> receive, Func<string> state)
    {
        try
        {
            await foreach (var message in _mailbox.Reader.ReadAllAsync().ConfigureAwait(false))
                await receive(message).ConfigureAwait(false);
        }
        catch (Exception cause)
        {
            _mailbox.Writer.TryComplete();
            throw new ActorFailedException(name, state(), cause);
        }
    }
}
