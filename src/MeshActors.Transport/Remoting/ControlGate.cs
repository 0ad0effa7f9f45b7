using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Remoting;

/// <summary>What came by the control lane of an association and may not be handed over yet, or not at all.</summary>
/// <remarks>
/// Akka ends an association in which anything comes before the peer's ASSOCIATE, and this node looks at that one only to see that the peer speaks for itself. So heartbeats that overtake it wait until it was handed over;
/// they keep the credit of their stream, whose window bounds them. An instruction is never taken here: an ASSOCIATE could name somebody else, past that look.
/// </remarks>
internal sealed class ControlGate
{
    private readonly Queue<ReadOnlyMemory<byte>> _held = new();

    /// <summary>Whether the ASSOCIATE was handed over.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Takes what arrived; <see cref="TryTake"/> says what may be handed over.</summary>
    /// <returns>False when a peer that keeps to the protocol never sends it there.</returns>
    public bool TryHandle(ReadOnlyMemory<byte> payload)
    {
        if (PayloadAddress.Read(payload.Span).Kind is not (PayloadKind.Heartbeat or PayloadKind.User))
        {
            return false;
        }

        _held.Enqueue(payload);
        return true;
    }

    /// <summary>The association's own stream has handed over its first payload.</summary>
    public void Open() => IsOpen = true;

    /// <summary>The next that may be handed over; call until it returns false.</summary>
    public bool TryTake(out ReadOnlyMemory<byte> payload)
    {
        payload = default;
        return IsOpen && _held.TryDequeue(out payload);
    }
}
