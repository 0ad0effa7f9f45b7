using System;
using System.Collections.Generic;
using MeshActors.Transport.Diagnostics;

namespace MeshActors.Transport.Remoting;

/// <summary>In which order the payloads of an association are handed over when large ones come beside the others.</summary>
/// <remarks>
/// <para>The association's own stream ("main") is the order: a large payload stands there as a reference, and the n-th reference is the n-th payload of the companion. Open is a reference whose payload has not come. What is for the
/// recipient of an open one waits behind it; what is for others passes. A system message waits for all that are open, since Terminated must come behind whatever its actor sent, whomever it sent it to; system messages keep one
/// order, and what is for their recipients waits behind them. What may be meant for anybody (wildcards, remote deployment, instructions, what cannot be read, the end) waits for all, and everything waits behind it.</para>
/// <para>References are filled in their order. So when one is filled, all that came before it has been handed over, and nothing waits while none is open.</para>
/// <para>Main waits for the companion, which waits for nothing but to be named: no cycle, as long as what waits uses no credit that both need. Bounds: references by <see cref="MostOpen"/>, payloads by the windows of the two streams and by <see cref="WaitingBudget{TOwner}"/>.</para>
/// </remarks>
internal sealed class InboundOrder
{
    /// <summary>Open references; a sender stops at <see cref="OutboundPayloads.MostLarge"/> and what streams take beyond that.</summary>
    public const int MostOpen = 4_096;

    private readonly Queue<ReadOnlyMemory<byte>> _unnamed = new();
    private readonly Queue<Waiting> _open = new();
    private readonly Queue<Waiting> _system = new();
    private readonly Dictionary<ulong, Queue<Waiting>> _recipients = [];
    private readonly Queue<ReadOnlyMemory<byte>> _behind = new();
    private readonly Queue<InboundArrival> _ready = new();
    private long _named;
    private long _filled;
    private bool _mainEnded;
    private bool _largeEnded;
    private bool _endPassed;

    /// <summary>True when a reference that had to wait turned out to be none, or one too many: no peer that keeps to the protocol sends it.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Whether anything waits: for a payload that was announced, or for what announces one.</summary>
    public bool IsWaiting => _open.Count > 0 || _unnamed.Count > 0;

    /// <summary>References that were filled: what waits goes on only when this rises.</summary>
    public long Filled => _filled;

    /// <summary>Takes a message of main. What waited is asked for by <see cref="TryTake"/>.</summary>
    public InboundOutcome HandleMain(ReadOnlyMemory<byte> message)
    {
        if (_behind.Count > 0)
        {
            _behind.Enqueue(message);
            return InboundOutcome.Waits;
        }

        if (PayloadReference.IsMeant(message.Span))
        {
            return TryName(message.Span) ? InboundOutcome.Reference : InboundOutcome.Refused;
        }

        if (_open.Count == 0 || !MustWait(message, out var isForAll))
        {
            return InboundOutcome.Ready;
        }

        if (isForAll)
        {
            _behind.Enqueue(message);
        }

        return InboundOutcome.Waits;
    }

    /// <summary>Takes a message of the companion. What waited for it is asked for by <see cref="TryTake"/>.</summary>
    public InboundOutcome HandleLarge(ReadOnlyMemory<byte> payload)
    {
        if (PayloadAddress.Read(payload.Span).Kind != PayloadKind.User)
        {
            return InboundOutcome.Refused;
        }

        if (!_open.TryDequeue(out var reference))
        {
            _unnamed.Enqueue(payload);
            return InboundOutcome.Waits;
        }

        _filled++;
        var first = _recipients[reference.Recipient].Dequeue();
        Invariant.Require(first == reference);
        PassBehind(reference.Recipient);
        PassSystem();
        PassAll();
        return InboundOutcome.Ready;
    }

    /// <summary>Main has ended: nothing follows what waits.</summary>
    public void HandleMainEnd()
    {
        _mainEnded = true;
        PassAll();
    }

    /// <summary>The companion has ended.</summary>
    /// <returns>False when a reference will never be filled.</returns>
    public bool TryHandleLargeEnd()
    {
        _largeEnded = true;
        return _open.Count == 0;
    }

    /// <summary>The next that waited and may be handed over, or is a reference that is used up; call until it returns false.</summary>
    public bool TryTake(out InboundArrival arrival) => _ready.TryDequeue(out arrival);

    private bool TryName(ReadOnlySpan<byte> message)
    {
        if (!PayloadReference.TryRead(message, out var reference))
        {
            return false;
        }

        _named++;
        if (_unnamed.TryDequeue(out var payload))
        {
            _filled++;
            _ready.Enqueue(new InboundArrival(payload, IsLarge: true));
            return true;
        }

        if (_largeEnded || _open.Count == MostOpen)
        {
            return false;
        }

        var open = new Waiting(reference.Recipient, default, rightAfter: 0, isReference: true);
        _open.Enqueue(open);
        Wait(open);
        return true;
    }

    /// <summary>Whether a payload waits while references are open; puts it where it waits.</summary>
    /// <param name="payload">A payload of main.</param>
    /// <param name="isForAll">True when everything waits behind it: then it is for the caller to keep.</param>
    private bool MustWait(ReadOnlyMemory<byte> payload, out bool isForAll)
    {
        isForAll = false;
        var address = PayloadAddress.Read(payload.Span);
        if (address.Kind == PayloadKind.Heartbeat || (address.Kind == PayloadKind.Acknowledgement && !address.HasMissing))
        {
            return false;
        }

        if (address.Kind is not (PayloadKind.User or PayloadKind.System) || address.HasMissing || LargePayload.KeyOf(address) is not { } recipient)
        {
            isForAll = true;
            return true;
        }

        var isSystem = address.Kind == PayloadKind.System;
        if (!isSystem && !_recipients.ContainsKey(recipient))
        {
            return false;
        }

        var waiting = new Waiting(recipient, payload, rightAfter: isSystem ? _named : 0, isReference: false);
        Wait(waiting);
        if (isSystem)
        {
            _system.Enqueue(waiting);
        }

        return true;
    }

    private void Wait(Waiting waiting)
    {
        if (!_recipients.TryGetValue(waiting.Recipient, out var queue))
        {
            _recipients[waiting.Recipient] = queue = new Queue<Waiting>();
        }

        queue.Enqueue(waiting);
    }

    /// <summary>Passes what is for a recipient, as far as the next reference or system message.</summary>
    private void PassBehind(ulong recipient)
    {
        var queue = _recipients[recipient];
        while (queue.TryPeek(out var next) && !next.IsReference && next.RightAfter == 0)
        {
            queue.Dequeue();
            _ready.Enqueue(new InboundArrival(next.Payload, IsLarge: false));
        }

        if (queue.Count == 0)
        {
            _recipients.Remove(recipient);
        }
    }

    /// <summary>Passes system messages before which all references are filled, and what is for their recipients.</summary>
    private void PassSystem()
    {
        while (_system.TryPeek(out var next) && next.RightAfter <= _filled)
        {
            _system.Dequeue();
            var first = _recipients[next.Recipient].Dequeue();
            Invariant.Require(first == next);
            _ready.Enqueue(new InboundArrival(next.Payload, IsLarge: false));
            PassBehind(next.Recipient);
        }
    }

    /// <summary>Looks again at what came behind what is for all, as far as that may go; the first is for all.</summary>
    private void PassAll()
    {
        while (_behind.TryPeek(out var message) && TryPass(message))
        {
            _behind.Dequeue();
        }

        if (_mainEnded && !_endPassed && _open.Count == 0 && _behind.Count == 0)
        {
            _endPassed = true;
            _ready.Enqueue(default);
        }
    }

    /// <returns>False when it goes on waiting for all.</returns>
    private bool TryPass(ReadOnlyMemory<byte> message)
    {
        if (PayloadReference.IsMeant(message.Span))
        {
            _ready.Enqueue(new InboundArrival(message, IsLarge: false));
            IsBroken |= !TryName(message.Span);
            return true;
        }

        var isForAll = false;
        if (_open.Count == 0 || !MustWait(message, out isForAll))
        {
            _ready.Enqueue(new InboundArrival(message, IsLarge: false));
        }

        return !isForAll;
    }

    /// <summary>A reference, or a payload, in its recipient's queue.</summary>
    private sealed class Waiting
    {
        public Waiting(ulong recipient, ReadOnlyMemory<byte> payload, long rightAfter, bool isReference)
        {
            Recipient = recipient;
            Payload = payload;
            RightAfter = rightAfter;
            IsReference = isReference;
        }

        public ulong Recipient { get; }

        public ReadOnlyMemory<byte> Payload { get; }

        /// <summary>Of a system message: how many references must be filled; else 0.</summary>
        public long RightAfter { get; }

        public bool IsReference { get; }
    }
}
