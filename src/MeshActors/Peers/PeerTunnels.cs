using System;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Peers;

/// <summary>What the peer cache needs of the node's tunnels.</summary>
/// <param name="Watch">Tells an observer of every change, from any thread, those that are open first; until disposed.</param>
/// <param name="Probe">Reaches a peer, over a tunnel there is or a new one, and gives its round trip; fails when it cannot within the time.</param>
internal sealed record PeerTunnels(
    Func<Action<PeerTunnelChanged>, IDisposable> Watch, Func<PeerRecord, TimeSpan, Task<TimeSpan>> Probe);

/// <summary>A tunnel was opened, or has failed or closed.</summary>
/// <param name="Peer">To whom.</param>
/// <param name="RoundTrip">Reads its smoothed round trip, zero before the first sample; null when the tunnel is gone.</param>
internal sealed record PeerTunnelChanged(MeshAddress Peer, Func<TimeSpan>? RoundTrip)
    : INoSerializationVerificationNeeded, IDeadLetterSuppression;
