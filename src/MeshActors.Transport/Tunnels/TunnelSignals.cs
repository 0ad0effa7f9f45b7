using System.Collections.Generic;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>What came in tunnels and concerns the node, until somebody asks for it.</summary>
internal sealed class TunnelSignals
{
    /// <summary>Signals that wait; what is not answered is said again.</summary>
    private const int Most = 1_024;

    private readonly Queue<TunnelSignal> _waiting = new();

    /// <summary>Hands out the next one.</summary>
    public bool Poll(out TunnelSignal signal) => _waiting.TryDequeue(out signal);

    /// <summary>Takes what a packet said that concerns the node, and whether the tunnel sends elsewhere since.</summary>
    public void Take(Tunnel tunnel)
    {
        var inbox = tunnel.Streams.PathInbox;
        if (inbox.SignalType != 0)
        {
            Add(tunnel, inbox.SignalType, inbox.Signal.ToArray());
            inbox.ClearSignal();
        }

        if (tunnel.Routes.Paths is not { } paths)
        {
            return;
        }

        if (paths.Candidates.TryTell())
        {
            Add(tunnel, FrameType.Candidates, []);
        }

        if (tunnel.Place.SwitchesTold != paths.Agent.Switches)
        {
            tunnel.Place.SwitchesTold = paths.Agent.Switches;
            Add(tunnel, 0, []);
        }
    }

    private void Add(Tunnel tunnel, ulong type, byte[] content)
    {
        if (_waiting.Count < Most)
        {
            _waiting.Enqueue(new TunnelSignal(tunnel, type, content));
        }
    }
}
