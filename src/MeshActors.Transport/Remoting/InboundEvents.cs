using System;
using System.Collections.Generic;
using System.Threading;
using Akka.Remote.Transport;

namespace MeshActors.Transport.Remoting;

/// <summary>What happens on one association, one event at a time and in order, held until Akka has set its listener.</summary>
/// <remarks>
/// Held payloads keep the credit of the stream that they came by, so that the windows of the streams bound them. After
/// <see cref="Disassociated"/> nothing follows. Called from the driver loop and, once, by who sets the listener.
/// </remarks>
internal sealed class InboundEvents
{
    private readonly Lock _turn = new();
    private Queue<(IHandleEvent Event, Action<int>? Release)>? _held = new();
    private IHandleEventListener? _listener;
    private bool _ended;

    /// <summary>Sets the listener, which is given what was held.</summary>
    public void Attach(IHandleEventListener listener)
    {
        lock (_turn)
        {
            while (_held!.TryDequeue(out var held))
            {
                Pass(listener, held.Event, held.Release);
            }

            _held = null;
            _listener = listener;
        }
    }

    /// <param name="payload">What arrived.</param>
    /// <param name="release">Gives back the credit of that many bytes, to the stream that it came by.</param>
    public void Add(InboundPayload payload, Action<int> release) => Take(payload, release);

    /// <summary>The end; the first call counts.</summary>
    public void Add(Disassociated end) => Take(end, null);

    private void Take(IHandleEvent happened, Action<int>? release)
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
                _held!.Enqueue((happened, release));
                return;
            }

            Pass(_listener, happened, release);
        }
    }

    private static void Pass(IHandleEventListener listener, IHandleEvent happened, Action<int>? release)
    {
        listener.Notify(happened);
        if (happened is InboundPayload payload)
        {
            release!(payload.Payload.Length);
        }
    }
}
