using System.Runtime.InteropServices;

namespace SweepEngine.Cli;

/// <summary>
/// Ctrl-C and SIGTERM: the first one asks for an orderly end, a further Ctrl-C for an end now. A further SIGTERM asks for nothing more: batch systems
/// send it to a job's shell and to its processes, so that it may come twice.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] _registrations;
    private int _received;

    /// <summary>Listens from now on.</summary>
    /// <param name="first">What the first signal does.</param>
    /// <param name="further">What each further Ctrl-C does.</param>
    public StopSignals(Action first, Action further)
    {
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGINT, Receive), PosixSignalRegistration.Create(PosixSignal.SIGTERM, Receive)];

        void Receive(PosixSignalContext signal)
        {
            signal.Cancel = true;
            if (Interlocked.Increment(ref _received) == 1) first();
            else if (signal.Signal == PosixSignal.SIGINT) further();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
    }
}
