using System;
using Akka.Actor.Setup;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>What code hands to the mesh transport of an ActorSystem beside HOCON: identity, trust, name resolution, time, chance.</summary>
/// <remarks>
/// What is given here may not be configured in HOCON too. Identity and trust stay their owner's: who handed them in
/// disposes them, after the ActorSystem.
/// </remarks>
public sealed class MeshTransportSetup : Setup
{
    /// <summary>Who the node is; null takes <c>identity-path</c>, else an identity in memory.</summary>
    internal NodeIdentity? Identity { get; init; }

    /// <summary>Whom the node talks to; null takes <c>fleet-secret-file</c> and <c>pinned-roots</c>.</summary>
    internal TrustSettings? Trust { get; init; }

    /// <summary>Finds nodes by mesh address; null resolves none.</summary>
    internal IMeshResolver? Resolver { get; init; }

    /// <summary>Stands between the transport and its sockets; null for nothing. For networks that fail on purpose.</summary>
    internal Func<IDatagramSockets, IDatagramSockets>? OverSockets { get; init; }

    /// <summary>Time of the transport.</summary>
    internal Clock Clock { get; init; } = Clock.System;

    /// <summary>Chance of the transport.</summary>
    internal IRandomSource Random { get; init; } = SystemRandomSource.Instance;
}
