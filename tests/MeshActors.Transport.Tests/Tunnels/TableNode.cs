using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>All tunnels of one node in virtual time, without a socket; it can be restarted with the same identity.</summary>
internal sealed class TableNode : ITunnelTrace, IDisposable
{
    public static readonly DateTimeOffset WallStart = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(99));
    private readonly TunnelSettings _settings;
    private readonly RootIdentity _root;
    private readonly NodeIdentity _identity;
    private readonly byte[] _buffer = new byte[65_536];
    private ulong _seed;

    public TableNode(ulong seed, ushort port, TunnelSettings? settings = null, CipherSuites? suites = null)
    {
        _settings = settings ?? new TunnelSettings();
        _seed = seed;
        Endpoint = new UdpEndpoint(((UInt128)0xFFFF << 32) | 0x7F00_0001, port);
        _root = RootIdentity.Create(new SeededRandom(seed));
        Span<byte> root = stackalloc byte[RootKey.Size];
        _root.PublicKey.CopyTo(root);
        _identity = NodeIdentity.Issue(
            _root,
            AddressDerivation.Derive(root, 0, 0)!.Value,
            0,
            NodeRoles.Agent,
            WallStart,
            TimeSpan.FromDays(1),
            new SeededRandom(seed + 1),
            suites);
        Table = NewTable();
    }

    public UdpEndpoint Endpoint { get; }

    public RootKey Root => _identity.Root;

    public PeerRecord Record => new(_identity.Certificate, [Endpoint]);

    public TunnelTable Table { get; private set; }

    public DropCounters Drops { get; } = new();

    /// <summary>By how much its clock is ahead.</summary>
    public TimeSpan Skew { get; set; }

    /// <summary>Why tunnels failed.</summary>
    public List<TunnelFailure> Failures { get; } = [];

    /// <summary>What machines threw.</summary>
    public List<Exception> Faults { get; } = [];

    /// <summary>A reason that the node's trace throws at, as a machine that breaks when it meets it.</summary>
    public DropReason? Breaks { get; set; }

    /// <summary>The same at every reason.</summary>
    public bool BreaksAlways { get; set; }

    /// <summary>Told of every event of a tunnel.</summary>
    public Action<Tunnel, TunnelEvent>? Hears { get; set; }

    /// <summary>Tunnels that told of something since they were last looked at.</summary>
    public List<Tunnel> Told { get; } = [];

    /// <summary>Loses all state but who it is, as a process that is started again.</summary>
    public void Restart()
    {
        Table.Dispose();
        Told.Clear();
        Table = NewTable();
    }

    /// <summary>Lets the machines do what is due, and hands what they send to <paramref name="send"/>.</summary>
    public void Turn(MonoTime now, Action<UdpEndpoint, byte[]> send)
    {
        Table.HandleTimeout(now, WallStart + (now - default(MonoTime)) + Skew);
        while (Table.PollDerivation(out var claim))
        {
            Table.HandleDerived(claim, claim.Derive(), now);
        }

        while (Table.PollTransmit(_buffer, out var transmit, now) is > 0 and var length)
        {
            send(transmit.To, _buffer[..length]);
        }

        while (Table.PollTunnel(out var tunnel))
        {
            while (tunnel.PollEvent(out var happened))
            {
                Hears?.Invoke(tunnel, happened);
                if (happened.Kind == TunnelEventKind.Failed)
                {
                    Failures.Add(happened.Failure);
                }
            }

            Told.Add(tunnel);
        }

        while (Table.Fence.PollFault(out var fault))
        {
            Faults.Add(fault.Fault);
        }
    }

    public void Dropped(DropReason reason)
    {
        Invariant.Require(reason != Breaks && !BreaksAlways);
        Drops.Dropped(reason);
    }

    public void Dispose()
    {
        Table.Dispose();
        _identity.Dispose();
        _root.Dispose();
        _secret.Dispose();
    }

    private TunnelTable NewTable() => new(
        _settings, _identity, new TrustSettings(0, [_secret], []), new SeededRandom(_seed += 1_000), this);
}
