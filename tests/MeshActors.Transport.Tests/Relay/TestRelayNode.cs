using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

/// <summary>A node that uses relays: its number makes its address, its root and its endpoint.</summary>
internal sealed class TestRelayNode
{
    private static readonly SessionKeySlab Slab = new();
    private readonly NodeRoles _roles;

    public TestRelayNode(ulong number, NodeRoles roles = NodeRoles.Agent)
    {
        _roles = roles;
        Address = new MeshAddress(0, number);
        Span<byte> root = stackalloc byte[RootKey.Size];
        BitConverter.TryWriteBytes(root, number);
        Root = RootKey.From(root);
        Endpoint = new UdpEndpoint(UdpEndpoint.MappedPrefix | (0x0A00_0000 + number), 7400);
        Clients = new RelayClients(Address, Slab, new SeededRandom(number));
    }

    public MeshAddress Address { get; }

    public RootKey Root { get; set; }

    public UdpEndpoint Endpoint { get; set; }

    public RelayClients Clients { get; }

    public RelayApplicant Applicant(bool admitted = true) => new(Address, Root, _roles, admitted);

    /// <summary>A frame for a node that is leased at the same relay, or at one it forwards to.</summary>
    public byte[] Wrap(TestRelay relay, TestRelayNode target, ReadOnlySpan<byte> datagram, TestRelay? home = null)
    {
        var to = Clients.Find(relay.Node.Address)!.EndpointOf(target.Address, (home ?? relay).Node.Address);
        Assert.NotNull(to);
        var frame = new byte[datagram.Length + 35];
        var length = Clients.Wrap(datagram, to.Value, frame, out var next);
        Assert.Equal(relay.Node.Endpoint, next);
        return frame[..length];
    }

    /// <summary>Takes a frame, which must be good; gives the datagram and the endpoint to answer to.</summary>
    public (byte[] Datagram, UdpEndpoint Source) Unwrap(byte[] frame)
    {
        Assert.Null(TryUnwrap(frame, out var source, out var datagram));
        return (frame[datagram], source);
    }

    public DropReason? TryUnwrap(byte[] frame, out UdpEndpoint source, out Range datagram) =>
        Clients.TryUnwrap(frame, out source, out datagram);
}
