using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Benchmarks.Idle;

/// <summary>One of many nodes in a process: a real table of tunnels with an identity of its own, driven by <see cref="PeerFleet"/>.</summary>
/// <remarks>Real are keys, certificates, handshakes, sessions and streams. Its address is drawn and not derived, and it takes every
/// address for derived: that would cost 16 ms each and says nothing about idle tunnels.</remarks>
internal sealed class PeerNode : IDisposable
{
    private readonly NodeIdentity _identity;
    private readonly TunnelTable _table;
    private readonly byte[] _outbound;
    private MonoTime? _due;

    /// <param name="tag">Its number in the process.</param>
    /// <param name="trust">Whom it talks to.</param>
    /// <param name="outbound">Room for one datagram, shared.</param>
    public PeerNode(int tag, TrustSettings trust, byte[] outbound)
    {
        _outbound = outbound;
        _identity = DrawnIdentity.Make(SystemRandomSource.Instance);
        _table = new TunnelTable(new TunnelSettings(), _identity, trust, new TaggedRandom(tag), new DropCounters());
    }

    public NodeCertificate Certificate => _identity.Certificate;

    /// <summary>Takes a datagram, and does all that follows from it.</summary>
    public void Handle(UdpEndpoint from, Span<byte> datagram, EcnMark ecn, IDatagramSockets sockets, Clock clock)
    {
        _table.HandleDatagram(from, datagram, ecn, clock.Now, clock.UtcNow);
        Drive(sockets, clock);
    }

    /// <summary>Does what is due.</summary>
    public void HandleTime(MonoTime now, IDatagramSockets sockets, Clock clock)
    {
        if (_due is { } due && due <= now)
        {
            _table.HandleTimeout(now, clock.UtcNow);
            Drive(sockets, clock);
        }
    }

    public void Dispose()
    {
        _table.Dispose();
        _identity.Dispose();
    }

    private void Drive(IDatagramSockets sockets, Clock clock)
    {
        var now = clock.Now;
        while (_table.PollDerivation(out var claim))
        {
            _table.HandleDerived(claim, claim.Address, now);
        }

        while (_table.PollTunnel(out var tunnel))
        {
            while (tunnel.PollEvent(out var happened))
            {
                if (happened.Kind == TunnelEventKind.Stream)
                {
                    Answer(tunnel, happened.Stream);
                }
            }
        }

        while (_table.PollTransmit(_outbound, out var transmit, now) is > 0 and var length)
        {
            sockets.Send(_outbound.AsSpan(0, length), length, transmit.To, EcnMark.NotCapable);
        }

        _due = _table.NextTimeout;
    }

    /// <summary>Takes messages and ends streams that the other side has finished.</summary>
    private void Answer(Tunnel tunnel, in StreamEvent happened)
    {
        switch (happened.Kind)
        {
            case StreamEventKind.Message:
                tunnel.Streams.Release(happened.Id, happened.Message.Length);
                _table.Touch(tunnel);
                break;
            case StreamEventKind.Finished:
                tunnel.Streams.Finish(happened.Id);
                _table.Touch(tunnel);
                break;
        }
    }
}
