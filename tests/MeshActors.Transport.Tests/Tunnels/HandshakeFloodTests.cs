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

/// <summary>A member of the fleet, or who recorded one, floods a node with first messages whose mac1 fits; 50,000 a second in virtual time.</summary>
public sealed class HandshakeFloodTests : IDisposable
{
    private const int PerMillisecond = 50;

    private readonly FleetSecret _secret = FleetSecret.Generate(new SeededRandom(99));
    private readonly SessionKeySlab _slab = new();
    private readonly List<IDisposable> _owned = [];
    private readonly TableNode _target = new(1, 1001);
    private readonly TableNode _friend = new(2, 1002);
    private readonly TableNode _honest = new(3, 1003);
    private readonly TableWorld _world;
    private readonly Dictionary<UdpEndpoint, long> _bytesIn = [];
    private readonly Dictionary<UdpEndpoint, long> _bytesOut = [];

    public HandshakeFloodTests()
    {
        _world = new TableWorld(_target, _friend, _honest);
    }

    public void Dispose()
    {
        _owned.ForEach(one => one.Dispose());
        _target.Dispose();
        _friend.Dispose();
        _honest.Dispose();
        _slab.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void During_a_flood_from_forged_sources_tunnels_live_and_an_honest_dialler_gets_in()
    {
        var tunnel = _target.Table.Open(_friend.Record, _world.Now, _world.UtcNow)!;
        _world.Run(TimeSpan.FromSeconds(1));
        var messages = Enumerable.Range(0, 200).Select(_ => Dial().Message1.ToArray()).ToList();
        var copy = 0;

        Flood(TimeSpan.FromSeconds(1), () => Deliver(Source(copy % 1_000), messages[copy++ % messages.Count]));
        var late = _honest.Table.Open(_target.Record, _world.Now, _world.UtcNow)!;
        tunnel.Streams.Ping();
        _target.Table.Touch(tunnel);
        Flood(TimeSpan.FromSeconds(1), () => Deliver(Source(copy % 1_000), messages[copy++ % messages.Count]));

        Assert.Equal(TunnelState.Open, late.State);
        Assert.Equal(TunnelState.Open, tunnel.State);
        Assert.Null(tunnel.Streams.OldestUnansweredSend);
        Assert.True(_target.Drops[DropReason.CookieRequired] > 1_000);
        AssertNoAmplification();
    }

    /// <summary>Flooders that are really there answer with cookies; then it is the share of each prefix that holds them.</summary>
    [Fact]
    public void During_a_flood_from_real_addresses_an_honest_dialler_gets_in()
    {
        var flooders = Enumerable.Range(0, 200).Select(number => (Source: Source(number), Dial: Dial())).ToList();
        var bySource = flooders.ToDictionary(one => one.Source, one => one.Dial);
        var copies = flooders.ToDictionary(one => one.Source, one => one.Dial.Message1.ToArray());
        _world.Arrives = (_, to, datagram) =>
        {
            Span<byte> cookie = stackalloc byte[CookieReply.CookieSize];
            if (bySource.TryGetValue(to, out var dial) && dial.ReadCookie(datagram, cookie) is null)
            {
                CookieSecrets.WriteMac2(cookie, copies[to]);
            }
        };
        var copy = 0;
        void SendOne()
        {
            var source = flooders[copy++ % flooders.Count].Source;
            Deliver(source, copies[source]);
        }

        Flood(TimeSpan.FromSeconds(2), SendOne);
        var late = _honest.Table.Open(_target.Record, _world.Now, _world.UtcNow)!;
        Flood(TimeSpan.FromSeconds(1), SendOne);

        Assert.Equal(TunnelState.Open, late.State);
        Assert.True(_target.Drops[DropReason.RateLimited] > 1_000);
        AssertNoAmplification();
    }

    /// <summary>Below the threshold of load too, forged sources use up only what is theirs.</summary>
    [Fact]
    public void A_flood_too_slow_to_be_load_keeps_nobody_out()
    {
        var messages = Enumerable.Range(0, 50).Select(_ => Dial().Message1.ToArray()).ToList();
        var copy = 0;

        Flood(TimeSpan.FromSeconds(3), () => Deliver(Source(copy), messages[copy++ % messages.Count]), perMillisecond: 1);
        var late = _honest.Table.Open(_target.Record, _world.Now, _world.UtcNow)!;
        Flood(TimeSpan.FromMilliseconds(200), () => Deliver(Source(copy), messages[copy++ % messages.Count]), perMillisecond: 1);

        Assert.Equal(TunnelState.Open, late.State);
    }

    [Fact]
    public void Questions_of_one_prefix_leave_room_for_others()
    {
        using var question = CertificateQuestion.ToRoot(
            _target.Root, 0, new SeededRandom(5), _world.Now, _world.UtcNow, TimeSpan.FromSeconds(5));
        var datagram = new byte[CertificateDatagrams.QuestionSize];
        question.PollTransmit(_world.Now, datagram);

        Flood(TimeSpan.FromSeconds(1), () => Deliver(Source(0), datagram));
        var asked = Source(1);
        Deliver(asked, datagram);
        _world.Run(TimeSpan.FromMilliseconds(10));

        Assert.InRange(_bytesOut[Source(0)] / CertificateDatagrams.AnswerSize, 500, 1_600);
        Assert.Equal(CertificateDatagrams.AnswerSize, _bytesOut[asked]);
        AssertNoAmplification();
    }

    /// <summary>Each in a /24 of its own.</summary>
    private static UdpEndpoint Source(int number) =>
        new(UdpEndpoint.MappedPrefix | (UInt128)(0x0A00_0001u + ((uint)number << 8)), 4_000);

    private void Flood(TimeSpan span, Action sendOne, int perMillisecond = PerMillisecond)
    {
        _world.Sent = (to, datagram) => _bytesOut[to] = _bytesOut.GetValueOrDefault(to) + datagram.Length;
        for (var end = _world.Now + span; _world.Now < end;)
        {
            for (var sent = 0; sent < perMillisecond; sent++)
            {
                sendOne();
            }

            _world.Run(TimeSpan.FromMilliseconds(1));
        }
    }

    private void Deliver(UdpEndpoint from, byte[] datagram)
    {
        _bytesIn[from] = _bytesIn.GetValueOrDefault(from) + datagram.Length;
        _target.Table.HandleDatagram(from, (byte[])datagram.Clone(), EcnMark.NotCapable, _world.Now, _world.UtcNow);
    }

    private void AssertNoAmplification() => Assert.All(
        _bytesIn, source => Assert.True(_bytesOut.GetValueOrDefault(source.Key) <= source.Value, $"{source.Key}"));

    /// <summary>A first message of a root of its own, never answered here.</summary>
    private InitiatorHandshake Dial()
    {
        var seed = 1_000 + (ulong)_owned.Count;
        var root = RootIdentity.Create(new SeededRandom(seed));
        var identity = NodeIdentity.Issue(
            root,
            new MeshAddress(0, seed),
            0,
            NodeRoles.Agent,
            TableNode.WallStart,
            TimeSpan.FromDays(1),
            new SeededRandom(seed + 100_000));
        var dial = new InitiatorHandshake(
            new HandshakeAttempt
            {
                Identity = identity,
                Responder = _target.Record.Certificate,
                Suite = CipherSuite.ChaCha20Poly1305,
                Context = TrustContext.Of(_secret),
                Incarnation = seed,
                ConnectionId = seed,
                Features = 0,
                Timestamp = AttemptTimestamps.Of(TableNode.WallStart) + seed,
            },
            _slab,
            new DerivedAddresses(),
            new SeededRandom(seed + 200_000),
            _world.Now,
            TimeSpan.FromSeconds(5));
        _owned.Add(dial);
        _owned.Add(identity);
        _owned.Add(root);
        return dial;
    }
}
