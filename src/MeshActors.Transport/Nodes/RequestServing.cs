using System;
using System.Diagnostics.CodeAnalysis;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Transport.Nodes;

/// <summary>Who answers the requests of all peers of a node, and how many at a time.</summary>
[SuppressMessage("Design", "CA1001", Justification = "Handlers may outlive their node and give their turn back; nobody waits by handle.")]
internal sealed class RequestServing
{
    private readonly SemaphoreSlim _turns;
    private readonly Action<Exception>? _onFault;

    public RequestServing(ServeRequest handler, int concurrent, Action<Exception>? onFault)
    {
        Handler = handler;
        _turns = new SemaphoreSlim(concurrent);
        _onFault = onFault;
    }

    public ServeRequest Handler { get; }

    /// <summary>Waits for a turn, which lasts until what is returned is disposed.</summary>
    public async ValueTask<IDisposable> EnterAsync(CancellationToken cancellation)
    {
        await _turns.WaitAsync(cancellation).ConfigureAwait(false);
        return new Turn(_turns);
    }

    /// <summary>Tells the program what a handler of its threw.</summary>
    public void Report(Exception fault) => _onFault?.Invoke(fault);

    private sealed class Turn : IDisposable
    {
        private readonly SemaphoreSlim _turns;

        public Turn(SemaphoreSlim turns)
        {
            _turns = turns;
        }

        public void Dispose() => _turns.Release();
    }
}
