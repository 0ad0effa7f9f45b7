using System;

namespace MeshActors.Transport.Remoting;

/// <summary>What may be handed over next.</summary>
/// <param name="Payload">The payload, or a reference that is used up; empty when this is the end of the association.</param>
/// <param name="IsLarge">Whether it came by the companion for large ones.</param>
internal readonly record struct InboundArrival(ReadOnlyMemory<byte> Payload, bool IsLarge)
{
    public bool IsEnd => Payload.IsEmpty;

    /// <summary>Whether it is for nobody: its credit is given back, that is all.</summary>
    public bool IsReference => !IsLarge && PayloadReference.IsMeant(Payload.Span);
}

/// <summary>What becomes of a message that arrived.</summary>
internal enum InboundOutcome
{
    /// <summary>It may be handed over at once, ahead of what waits.</summary>
    Ready,

    /// <summary>It waits for something that comes by the other stream.</summary>
    Waits,

    /// <summary>It was a reference, and is used up.</summary>
    Reference,

    /// <summary>No peer that keeps to the protocol sends it.</summary>
    Refused,
}
