using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Tunnels;

/// <summary>Attacks on the handshake by name (docs/threat-model.md), each against a whole table of tunnels. The attacker is a member: it knows the fleet secret.</summary>
public sealed class AttackTests : IDisposable
{
    private static readonly UdpEndpoint Attacker = new(UdpEndpoint.MappedPrefix | 0x0A00_0001, 4_000);

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(99));
    private readonly SessionKeySlab _slab = new();
    private readonly List<IDisposable> _owned = [];
    private readonly TableNode _victim = new(1, 1001);
    private readonly TableNode _honest = new(2, 1002);
    private readonly TableWorld _world;
    private readonly List<(UdpEndpoint To, byte[] Datagram)> _sent = [];

    public AttackTests()
    {
        _world = new TableWorld(_victim, _honest) { Sent = (to, datagram) => _sent.Add((to, datagram)) };
    }

    public void Dispose()
    {
        _owned.ForEach(one => one.Dispose());
        _victim.Dispose();
        _honest.Dispose();
        _slab.Dispose();
        _secret.Dispose();
    }

    /// <summary>The certificate is public; only who has its X25519 key may come with it.</summary>
    [Fact]
    public void Certificate_of_another()
    {
        var random = new SeededRandom(7);
        var thief = new NodeIdentity(_honest.Record.Certificate, X25519KeyPair.Generate(random), Ed25519KeyPair.Generate(random));

        Strike(Attacker, Dial(thief, seed: 8).Message1);

        Assert.Equal(1, _victim.Drops[DropReason.WrongStaticKey]);
        AssertNothingSentTo(Attacker);
    }

    [Fact]
    public void Replayed_message_1_against_a_live_session()
    {
        var tunnel = _honest.Table.Open(_victim.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromSeconds(20));
        var recorded = _sent.First(one => one.Datagram[0] == DatagramType.HandshakeMessage1).Datagram;

        Strike(Attacker, recorded);

        Assert.Equal(1, _victim.Drops[DropReason.HandshakeReplayed]);
        AssertNothingSentTo(Attacker);
        AssertWorks(tunnel);
    }

    /// <summary>A message 1 that was held back is new to the responder, but only who can go on with it may replace the session.</summary>
    [Fact]
    public void Message_1_held_back_against_a_live_session()
    {
        var tunnel = _honest.Table.Open(_victim.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromSeconds(1));
        var session = Victims(_honest).Sessions.Current!.Attempt;
        byte[]? held = null;
        _world.IsLost = (_, datagram) =>
        {
            held = datagram[0] == DatagramType.HandshakeMessage1 ? datagram : held;
            return true;
        };
        _honest.Table.Fail(tunnel, _world.Now);
        _honest.Table.Reopen(tunnel, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(10));

        Strike(Attacker, held!);

        Assert.Equal(session, Victims(_honest).Sessions.Current!.Attempt);
        Assert.Equal(DatagramType.HandshakeMessage2, Assert.Single(_sent, one => one.To == Attacker).Datagram[0]);
    }

    /// <summary>An initiator that seals two payloads under one ephemeral key and timestamp: the second is nobody's copy.</summary>
    [Fact]
    public void Copies_with_changed_payload()
    {
        var first = Dial(Member(5), seed: 9, incarnation: 1);
        var second = Dial(Member(5), seed: 9, incarnation: 2);
        Assert.Equal(first.Message1.Slice(4, 32), second.Message1.Slice(4, 32));

        Strike(Attacker, first.Message1);
        _sent.Clear();
        Strike(Attacker, second.Message1);

        Assert.Equal(1, _victim.Drops[DropReason.HandshakeReplayed]);
        AssertNothingSentTo(Attacker);
    }

    [Fact]
    public void Copies_with_changed_bytes_under_a_mac_of_the_attacker()
    {
        var changed = Dial(Member(5), seed: 9).Message1.ToArray();
        changed[600] ^= 1;
        WriteMac(changed);

        Strike(Attacker, changed);

        Assert.Equal(1, _victim.Drops[DropReason.AuthenticationFailed]);
        AssertNothingSentTo(Attacker);
    }

    [Fact]
    public void Version_rollback()
    {
        var rolledBack = Dial(Member(5), seed: 9).Message1.ToArray();
        rolledBack[1] = 0;

        Strike(Attacker, rolledBack);
        WriteMac(rolledBack);
        Strike(Attacker, rolledBack);

        Assert.Equal(2, _victim.Drops[DropReason.UnsupportedVersion]);
        Assert.DoesNotContain(_sent, one => one.Datagram[0] == DatagramType.HandshakeMessage2);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(3)]
    public void Suite_rollback(byte suite)
    {
        var rolledBack = Dial(Member(5), seed: 9).Message1.ToArray();
        rolledBack[2] = suite;
        WriteMac(rolledBack);

        Strike(Attacker, rolledBack);

        Assert.Equal(1, _victim.Drops[DropReason.UnsupportedSuite] + _victim.Drops[DropReason.AuthenticationFailed]);
        AssertNothingSentTo(Attacker);
    }

    /// <summary>Another root key that claims the address: whoever dialled the one must not end at the other.</summary>
    [Fact]
    public void Address_conflict()
    {
        var dialled = Signed(RootIdentity.Create(new SeededRandom(40)), _honest.Record.Certificate);
        var tunnel = _victim.Table.Open(new PeerRecord(dialled, [_honest.Endpoint]), _world.Now, _world.UtcNow)!;

        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(_honest.Record.Address, dialled.Address);
        Assert.Equal(1, _victim.Drops[DropReason.WrongRootKey]);
        Assert.NotEqual(TunnelState.Open, tunnel.State);
    }

    /// <summary>An address costs 2^48 derivations to take: it is no claim.</summary>
    [Fact]
    public void Address_of_another_root()
    {
        Strike(Attacker, Dial(Member(5, _honest.Record.Address), seed: 9).Message1);

        Assert.Equal(1, _victim.Drops[DropReason.AddressNotDerived]);
        AssertNothingSentTo(Attacker);
    }

    /// <summary>Nothing that a forged source makes a node send is longer than what it cost, at any length of the cause.</summary>
    [Fact]
    public void Amplification()
    {
        using var question = CertificateQuestion.ToFleet(
            TrustContext.Of(_secret), null, 0, new SeededRandom(5), _world.Now, _world.UtcNow, TimeSpan.FromSeconds(5));
        var asked = new byte[CertificateDatagrams.QuestionSize];
        question.PollTransmit(_world.Now, asked);
        var message1 = Dial(Member(5), seed: 9).Message1.ToArray();
        var otherVersion = (byte[])message1.Clone();
        otherVersion[1] = 9;
        WriteMac(otherVersion);

        foreach (var cause in (byte[][])[asked, message1, otherVersion])
        {
            for (var length = 1; length <= cause.Length; length++)
            {
                _sent.Clear();
                Strike(Attacker, cause.AsSpan(0, length));
                Assert.True(_sent.Sum(one => one.Datagram.Length) <= length, $"{length} bytes of {cause[0]:X2}");
            }

            Assert.NotEmpty(_sent);
        }

        Assert.Empty(_victim.Faults);
    }

    /// <summary>A message 1 that was held back comes from a source of the attacker's choice: it is answered there, but no attempt of the victim's own goes there.</summary>
    [Fact]
    public void Amplification_by_the_source_of_message_1()
    {
        byte[]? held = null;
        _world.IsLost = (_, datagram) =>
        {
            held ??= datagram;
            return true;
        };
        _honest.Table.Open(_victim.Record, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(10));
        _sent.Clear();

        Strike(Attacker, held!);
        var tunnel = Victims(_honest);
        _world.Run(TimeSpan.FromSeconds(3));

        Assert.NotNull(tunnel.Dial);
        Assert.InRange(_sent.Where(one => one.To == Attacker).Sum(one => one.Datagram.Length), 1, held!.Length);
    }

    /// <summary>A recorded answer says who was there then; a node with that certificate may be gone, or have lost its key.</summary>
    [Fact]
    public void Stale_certificate_answer()
    {
        var asking = new object();
        _honest.Table.Ask(_victim.Endpoint, _victim.Root, asking, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromSeconds(1));
        Assert.True(_honest.Table.PollAnswer(out var first) && first.Record is not null);
        var recorded = _sent.First(one => one.Datagram[0] == DatagramType.CertificateAnswer).Datagram;
        _world.IsLost = (_, _) => true;
        _honest.Table.Ask(_victim.Endpoint, _victim.Root, asking, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(10));
        var unexpected = _honest.Drops[DropReason.UnexpectedHandshake];

        _honest.Table.HandleDatagram(
            _victim.Endpoint, (byte[])recorded.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);

        Assert.False(_honest.Table.PollAnswer(out _));
        Assert.Equal(unexpected + 1, _honest.Drops[DropReason.UnexpectedHandshake]);
    }

    /// <summary>A recorded question must not show later who is a member of the fleet.</summary>
    [Fact]
    public void Stale_certificate_question()
    {
        _honest.Table.Ask(_victim.Endpoint, null, new object(), _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(10));
        var recorded = _sent.First(one => one.Datagram[0] == DatagramType.CertificateQuestion).Datagram;
        _world.Run(TimeSpan.FromMinutes(11));

        Strike(Attacker, recorded);

        Assert.Equal(1, _victim.Drops[DropReason.TimestampOutOfRange]);
        AssertNothingSentTo(Attacker);
    }

    /// <summary>What a member records of another's first packets must not lead packets elsewhere.</summary>
    [Fact]
    public void Copy_of_message_1_and_of_the_first_packet_from_another_source()
    {
        _world.Arrives = (from, to, datagram) =>
        {
            if (to == _victim.Endpoint && from == _honest.Endpoint && datagram[0] >= PacketHeader.TypeBits)
            {
                _victim.Table.HandleDatagram(
                    Attacker, (byte[])datagram.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
            }
        };

        var tunnel = _honest.Table.Open(_victim.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromSeconds(1));

        Assert.Equal(_honest.Endpoint, Victims(_honest).Path!.Endpoint);
        AssertNothingSentTo(Attacker);
        AssertWorks(tunnel);
    }

    private NodeIdentity Member(ulong seed, MeshAddress? address = null)
    {
        var root = Own(RootIdentity.Create(new SeededRandom(seed)));
        Span<byte> bytes = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(bytes);
        return Own(NodeIdentity.Issue(
            root,
            address ?? AddressDerivation.Derive(bytes, 0, 0)!.Value,
            0,
            NodeRoles.Agent,
            TableNode.WallStart,
            TimeSpan.FromDays(1),
            new SeededRandom(seed + 1)));
    }

    /// <summary>A first message to the victim; the same seed gives the same ephemeral key and timestamp.</summary>
    private InitiatorHandshake Dial(NodeIdentity identity, ulong seed, ulong incarnation = 1) =>
        Own(new InitiatorHandshake(
            new HandshakeAttempt
            {
                Identity = identity,
                Responder = _victim.Record.Certificate,
                Suite = CipherSuite.Aes256Gcm,
                Context = TrustContext.Of(_secret),
                Incarnation = incarnation,
                ConnectionId = seed,
                Features = 0,
                Timestamp = AttemptTimestamps.Of(TableNode.WallStart) + seed,
            },
            _slab,
            new DerivedAddresses(),
            new SeededRandom(seed),
            _world.Now,
            TimeSpan.FromSeconds(5)));

    private static NodeCertificate Signed(RootIdentity root, NodeCertificate like) => NodeCertificate.Sign(
        root,
        like.Address,
        0,
        NodeRoles.Agent,
        like.Suites,
        TableNode.WallStart,
        TableNode.WallStart,
        TableNode.WallStart + TimeSpan.FromDays(1),
        like.OperationalKey,
        like.StaticKey);

    private void WriteMac(byte[] message1)
    {
        using var mac = HandshakeKeying.Mac1(_victim.Record.Certificate.StaticKey, TrustContext.Of(_secret));
        mac.Write(message1.AsSpan(0, HandshakeMessage1.MacOffset), message1.AsSpan(HandshakeMessage1.MacOffset));
    }

    private void Strike(UdpEndpoint from, ReadOnlySpan<byte> datagram)
    {
        _victim.Table.HandleDatagram(from, datagram.ToArray(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
        _world.Run(TimeSpan.FromMilliseconds(2));
    }

    private Tunnel Victims(TableNode peer) => _victim.Table.Open(peer.Record, _world.Now, _world.UtcNow)!;

    private void AssertNothingSentTo(UdpEndpoint endpoint)
    {
        Assert.DoesNotContain(_sent, one => one.To == endpoint);
        Assert.Empty(_victim.Faults);
    }

    private void AssertWorks(Tunnel tunnel)
    {
        tunnel.Streams.Ping();
        _honest.Table.Touch(tunnel);
        _world.Run(TimeSpan.FromMilliseconds(100));
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Null(tunnel.Streams.OldestUnansweredSend);
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Insert(0, owned);
        return owned;
    }
}
