using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Nodes of different major versions (docs/protocol.md 3.5).</summary>
public sealed class VersionTests : IDisposable
{
    private static readonly UdpEndpoint Elsewhere = new(UdpEndpoint.MappedPrefix | 0x0A00_0001, 4_000);

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(99));
    private readonly TableNode _old = new(1, 1001);
    private readonly TableNode _dialler = new(2, 1002);
    private readonly TableWorld _world;
    private readonly List<byte[]> _sent = [];

    public VersionTests()
    {
        _world = new TableWorld(_old, _dialler);
        _world.Sent = (_, datagram) => _sent.Add(datagram);
    }

    public void Dispose()
    {
        _old.Dispose();
        _dialler.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void A_message_1_of_another_version_is_answered_by_a_smaller_list_of_versions()
    {
        Deliver(_old, Elsewhere, MessageOfVersion(2, isMacRight: true));

        var reply = Assert.Single(_sent);
        Assert.Equal(VersionReply.Size, reply.Length);
        Assert.Equal([DatagramType.Version], VersionReply.VersionsOf(reply).ToArray());
        Assert.Equal(1, _old.Drops[DropReason.UnsupportedVersion]);
    }

    [Fact]
    public void A_stranger_of_another_version_gets_nothing()
    {
        Deliver(_old, Elsewhere, MessageOfVersion(2, isMacRight: false));

        Assert.Empty(_sent);
        Assert.Equal(1, _old.Drops[DropReason.UnsupportedVersion]);
    }

    [Fact]
    public void A_peer_that_speaks_other_versions_is_named_when_the_attempt_ends()
    {
        var tunnel = DialInto(reply => Versions(reply, [3, 2]));

        _world.Run(TimeSpan.FromSeconds(6));

        Assert.Contains(_dialler.Failures, failure => failure == TunnelFailure.UnsupportedVersion);
        Assert.Equal<byte[]>([3, 2], [.. tunnel.Attempts.PeerVersions]);
    }

    /// <summary>Whoever knows the responder's key can make a list: it must not end what the true answer can still complete.</summary>
    [Fact]
    public void A_list_of_versions_ends_no_attempt()
    {
        var tunnel = DialInto(reply => Versions(reply, [3, 2]));
        _world.IsLost = (_, _) => false;

        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(TunnelState.Open, tunnel.State);
    }

    [Fact]
    public void A_list_that_is_forged_or_names_our_version_means_nothing()
    {
        var forged = DialInto(reply =>
        {
            var list = Versions(reply, [3, 2]);
            list[^1] ^= 1;
            return list;
        });
        Assert.Equal(1, _dialler.Drops[DropReason.BadMac]);
        Deliver(_dialler, _old.Endpoint, Versions(_sent[0], [2, DatagramType.Version]));
        Assert.Equal(1, _dialler.Drops[DropReason.UnexpectedHandshake]);

        _world.Run(TimeSpan.FromSeconds(6));

        Assert.Empty(forged.Attempts.PeerVersions);
        Assert.Contains(_dialler.Failures, failure => failure == TunnelFailure.HandshakeTimeout);
    }

    /// <summary>Who changes the version on the way makes mac1 fail, and with a MAC of his own Noise's prologue.</summary>
    [Fact]
    public void A_version_that_was_changed_on_the_way_leads_to_no_session()
    {
        var tunnel = DialInto(reply => reply);
        var rolledBack = (byte[])_sent[0].Clone();
        rolledBack[1] = 0;

        Deliver(_old, _dialler.Endpoint, rolledBack);
        WriteMac(rolledBack);
        Deliver(_old, _dialler.Endpoint, rolledBack);

        Assert.Equal(2, _old.Drops[DropReason.UnsupportedVersion]);
        Assert.Equal(TunnelState.Opening, tunnel.State);
        Assert.All(_sent, datagram => Assert.NotEqual(DatagramType.HandshakeMessage2, datagram[0]));
    }

    /// <summary>Dials into a network that loses everything, and answers the first message 1.</summary>
    private Tunnel DialInto(Func<byte[], byte[]> answer)
    {
        _world.IsLost = (_, _) => true;
        var tunnel = _dialler.Table.Open(_old.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromMilliseconds(10));
        Deliver(_dialler, _old.Endpoint, answer(_sent[0]));
        return tunnel;
    }

    private void Deliver(TableNode to, UdpEndpoint from, byte[] datagram)
    {
        to.Table.HandleDatagram(from, (byte[])datagram.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(1));
    }

    private byte[] Versions(byte[] message1, byte[] versions)
    {
        var list = new byte[VersionReply.Size];
        VersionReply.Write(list, message1, versions);
        using var mac = HandshakeKeying.VersionMac(_old.Record.Certificate.StaticKey, TrustContext.Of(_secret));
        mac.Write(list.AsSpan(0, VersionReply.OwnMacOffset), list.AsSpan(VersionReply.OwnMacOffset));
        return list;
    }

    private byte[] MessageOfVersion(byte version, bool isMacRight)
    {
        var message1 = new byte[HandshakeMessage1.Size];
        new SeededRandom(5).Fill(message1);
        message1[0] = DatagramType.HandshakeMessage1;
        message1[1] = version;
        WriteMac(message1);
        message1[HandshakeMessage1.MacOffset] ^= (byte)(isMacRight ? 0 : 1);
        return message1;
    }

    private void WriteMac(byte[] message1)
    {
        using var mac = HandshakeKeying.Mac1(_old.Record.Certificate.StaticKey, TrustContext.Of(_secret));
        mac.Write(message1.AsSpan(0, HandshakeMessage1.MacOffset), message1.AsSpan(HandshakeMessage1.MacOffset));
    }
}
