using System;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>What a <see cref="HandshakeGate"/> says of a message 1: let in under a context, or dropped, with or without a reply.</summary>
/// <param name="Context">The context whose mac1 fits, when it is let in.</param>
/// <param name="Reason">Why, when it is dropped.</param>
/// <param name="Reply">What goes back to its source; empty when nothing does. Always shorter than what came.</param>
internal readonly record struct GateStep(TrustContext? Context, DropReason? Reason, ReadOnlyMemory<byte> Reply)
{
    public static GateStep LetIn(TrustContext context) => new(context, null, default);

    public static GateStep Dropped(DropReason reason, ReadOnlyMemory<byte> reply = default) => new(null, reason, reply);
}
