using System;
using System.Collections.Generic;
using System.Threading;
using Akka.Remote.Transport;

namespace MeshActors.Transport.Remoting;

/// <summary>What happens on one association, one event at a time and in order, held until Akka has set its listener.</summary>
/// <remarks>
/// Held payloads keep their stream's credit, so that the window of the stream bounds them. After
/// <see cref="Disassociated"/> nothing follows. Called from the driver loop and, once, by who sets the listener.
/// </remarks>
internal sealed class InboundEvents
{
    private readonly Lock _turn = new();
    private readonly Action<int> _release;
    private Queue<IHandleEvent>? _held = new();
    private IHandleEventListener? _listener;
    private bool _ended;

    /// <param name="release">Gives back the credit of that many bytes.</param>
    public InboundEvents(Action<int> release)
    {
        _release = release;
    }

    /// <summary>Sets the listener, which is given what was held.</summary>
    public void Attach(IHandleEventListener listener)
    {
        lock (_turn)
        {
            while (_held!.TryDequeue(out var held))
            {
                Pass(listener, held);
            }

            _held = null;
            _listener = listener;
        }
    }

    public void Add(InboundPayload payload) => Take(payload);

    /// <summary>The end; the first call counts.</summary>
    public void Add(Disassociated end) => Take(end);

    private void Take(IHandleEvent happened)
    {
        lock (_turn)
        {
            if (_ended)
            {
                return;
            }

            _ended = happened is Disassociated;
            if (_listener is null)
            {
                _held!.Enqueue(happened);
                return;
            }

            Pass(_listener, happened);
        }
    }

    private void Pass(IHandleEventListener listener, IHandleEvent happened)
    {
        listener.Notify(happened);
        if (happened is InboundPayload payload)
        {
            _release(payload.Payload.Length);
        }
    }
}
