using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Switching;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Io;

/// <summary>The tunnels of an engine by root key, and which machine stands behind which.</summary>
/// <remarks>Looking up and adding may be done from any thread; linking and ending on the driver loop alone.</remarks>
internal sealed class EngineTunnels
{
    private readonly ConcurrentDictionary<RootKey, MeshTunnel> _byRoot = new();
    private readonly Dictionary<Tunnel, MeshTunnel> _byMachine = [];
    private readonly EngineInbox _inbox;
    private readonly IEngineHandler _handler;
    private readonly Clock _clock;

    public EngineTunnels(EngineInbox inbox, IEngineHandler handler, Clock clock)
    {
        _inbox = inbox;
        _handler = handler;
        _clock = clock;
    }

    /// <summary>The relays that the node uses: it dialled their tunnels itself, though nobody in the process asked for them.</summary>
    public RelayLinks? Links { get; set; }

    /// <summary>All tunnels that have not ended, in no particular order.</summary>
    public ImmutableArray<MeshTunnel> Snapshot() => [.. _byRoot.Values];

    /// <summary>The live tunnel to a peer, or one made now.</summary>
    public MeshTunnel GetOrAdd(PeerRecord peer, bool accepted, out bool added)
    {
        while (true)
        {
            if (_byRoot.TryGetValue(peer.Root, out var tunnel))
            {
                if (tunnel.State != TunnelState.Closed)
                {
                    added = false;
                    return tunnel;
                }

                _byRoot.TryRemove(new KeyValuePair<RootKey, MeshTunnel>(peer.Root, tunnel));
                continue;
            }

            tunnel = new MeshTunnel(peer, accepted, _inbox, _clock);
            if (_byRoot.TryAdd(peer.Root, tunnel))
            {
                added = true;
                return tunnel;
            }
        }
    }

    /// <summary>The tunnel before a machine, or null when the process does not know it.</summary>
    public MeshTunnel? Find(Tunnel machine) => _byMachine.GetValueOrDefault(machine);

    /// <summary>The tunnel before a machine; one that the process does not know yet is made now.</summary>
    public MeshTunnel Of(Tunnel machine)
    {
        if (!_byMachine.TryGetValue(machine, out var tunnel))
        {
            tunnel = GetOrAdd(machine.Peer, accepted: Links?.Has(machine) != true, out _);
            Link(tunnel, machine);
        }

        return tunnel;
    }

    public void Link(MeshTunnel tunnel, Tunnel machine)
    {
        tunnel.Machine = machine;
        _byMachine[machine] = tunnel;
    }

    /// <summary>Ends a tunnel and every stream of it.</summary>
    public void End(MeshTunnel tunnel, TunnelCloseReason reason)
    {
        if (tunnel.State == TunnelState.Closed)
        {
            return;
        }

        tunnel.SetState(TunnelState.Closed);
        if (tunnel.Machine is { } machine)
        {
            _byMachine.Remove(machine);
        }

        _byRoot.TryRemove(new KeyValuePair<RootKey, MeshTunnel>(tunnel.Peer.Root, tunnel));
        var gone = new StreamEnd(StreamEndReason.TunnelClosed, reason.Code, MayHaveArrived: false);
        foreach (var unopened in tunnel.Unopened)
        {
            while (unopened.TryDequeue(out var stream))
            {
                stream.End(gone);
            }
        }

        // Streams that had begun were ended by the machine; what is left here never reached it.
        foreach (var stream in tunnel.Streams.Values)
        {
            stream.End(gone with { MayHaveArrived = true });
        }

        tunnel.Streams.Clear();
        _handler.OnTunnelClosed(tunnel, reason);
    }
}
