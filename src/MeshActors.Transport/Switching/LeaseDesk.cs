using System;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>What tunnels of clients say to this node as a relay: that they want a lease, and that they are somewhere else.</summary>
internal sealed class LeaseDesk
{
    private readonly RelayTable? _relay;
    private readonly TunnelTable _table;
    private readonly ConnectionDesk _connections;

    /// <param name="relay">The leases; null when this node is no relay.</param>
    /// <param name="table">The tunnels.</param>
    /// <param name="connections">Those that clients have opened.</param>
    public LeaseDesk(RelayTable? relay, TunnelTable table, ConnectionDesk connections)
    {
        _relay = relay;
        _table = table;
        _connections = connections;
    }

    /// <summary>Takes the content of a RELAY_LEASE frame, and answers it in its tunnel.</summary>
    public void HandleRequest(in TunnelSignal signal, MonoTime now)
    {
        var tunnel = signal.Tunnel;
        if (tunnel is not { Sessions.Current: { } session, Routes.Paths: { } paths }
            || paths.Agent.Paths.Straight(paths.Agent.Active) is not { } straight)
        {
            // The client asks where its tunnel does not go over another relay, and again: this side has not found that path yet.
            return;
        }

        _connections.HandleUsed(straight.Endpoint);
        var applicant = new RelayApplicant(
            session.Peer.Address, session.Peer.Root, session.Peer.Roles, session.Context.IsFleet);
        Span<byte> reply = stackalloc byte[RelayLeasedFrame.MaxContentSize];
        var length = _relay?.HandleLeaseRequest(applicant, signal.Content, straight.Endpoint, reply, now)
            ?? Refuse(signal.Content, reply);
        if (length > 0)
        {
            paths.Say(FrameType.RelayLeased, reply[..length]);
            reply.Clear();
            _table.Touch(tunnel);
        }
    }

    /// <summary>A tunnel sends to somewhere else.</summary>
    public void HandleMoved(Tunnel tunnel)
    {
        if (tunnel.Path is { } path)
        {
            _connections.HandleUsed(path.Endpoint);
            _relay?.SetEndpoint(tunnel.Peer.Address, tunnel.Peer.Root, path.Endpoint);
        }
    }

    /// <summary>Says that this node is no relay, so that who named it as one is told.</summary>
    private static int Refuse(ReadOnlySpan<byte> content, Span<byte> reply) =>
        RelayLeaseFrame.TryRead(content, out var request) && !request.Release
            ? RelayLeasedFrame.WriteRefusal(reply, request.Attempt, RelayRefusal.NoRole)
            : 0;
}
