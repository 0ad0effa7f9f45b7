using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Fuzz.Targets;

/// <summary>A node of a script of tunnels: its whole table, the tunnel to the other node, and the streams of it.</summary>
internal sealed class TunnelsNode : IDisposable
{
    private const int MostKeys = 256;

    private readonly FleetSecret _secret = SimIdentities.Secret();
    private readonly TunnelSettings _settings;
    private readonly SimRandom _random;

    public TunnelsNode(int number, TunnelSettings settings)
    {
        Number = number;
        Identity = SimIdentities.Of(number);
        _settings = settings;
        _random = new SimRandom((ulong)number);
        Table = Begin();
    }

    public int Number { get; }

    public NodeIdentity Identity { get; }

    public UdpEndpoint Endpoint => new(UdpEndpoint.MappedPrefix | (uint)(0x0A00_0001 + Number), 7400);

    public PeerRecord Record => new(Identity.Certificate, [Endpoint]);

    public TunnelTable Table { get; private set; }

    public Tunnel? Tunnel { get; set; }

    public List<StreamId> Streams { get; } = [];

    /// <summary>Loses everything but its identity.</summary>
    public void Restart()
    {
        End();
        Table = Begin();
        Tunnel = null;
        Streams.Clear();
    }

    /// <summary>Takes all that the table has to tell.</summary>
    /// <param name="hear">Gets each message.</param>
    public void HandleEvents(Action<ReadOnlyMemory<byte>> hear)
    {
        while (Table.PollTunnel(out var tunnel))
        {
            while (tunnel.PollEvent(out var happened))
            {
                Tunnel = tunnel;
                Handle(tunnel, happened, hear);
            }
        }

        while (Table.PollAnswer(out _))
        {
            // Nobody here asked for its own sake.
        }

        Finding.Unless(!Table.Fence.PollFault(out var broken), $"no machine throws, but {broken.Fault}");
        Finding.Unless(Table.KeysHeld < MostKeys, "keys are bounded");
    }

    public void Dispose()
    {
        End();
        _secret.Dispose();
    }

    private void End()
    {
        Table.Dispose();
        Finding.Unless(Table.KeysHeld == 0, "keys are given back");
    }

    private TunnelTable Begin() =>
        new(_settings, Identity, new TrustSettings(0, [_secret], []), _random.Split(), new DropCounters());

    private void Handle(Tunnel tunnel, in TunnelEvent happened, Action<ReadOnlyMemory<byte>> hear)
    {
        switch (happened.Kind)
        {
            case TunnelEventKind.StreamsBegun or TunnelEventKind.Closed:
                Streams.Clear();
                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Opened:
                Streams.Add(happened.Stream.Id);
                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Ended:
                Streams.Remove(happened.Stream.Id);
                break;
            case TunnelEventKind.Stream when happened.Stream.Kind == StreamEventKind.Message:
                hear(happened.Stream.Message);
                tunnel.Streams.Release(happened.Stream.Id, happened.Stream.Message.Length);
                Table.Touch(tunnel);
                break;
            default:
                break;
        }
    }
}
