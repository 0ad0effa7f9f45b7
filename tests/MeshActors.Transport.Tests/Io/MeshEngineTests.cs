using System;
using System.Collections.Generic;
using System.Net;
using System.Runtime.InteropServices;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.TestKit.Memory;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

public sealed class MeshEngineTests
{
    private static readonly string Secret = NewSecret();

    public static TheoryData<string> Loopbacks => ["127.0.0.1", "::1"];

    [Theory]
    [MemberData(nameof(Loopbacks))]
    public async Task Messages_of_every_size_come_back_in_order(string loopback)
    {
        await using var a = new EngineNode(Secret, IPAddress.Parse(loopback));
        await using var b = new EngineNode(Secret, IPAddress.Parse(loopback));
        var inbox = new InboxHandler();
        var stream = a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, inbox);

        foreach (var size in (int[])[1, 2, 63, 64, 1_199, 1_200, 65_536, 1_000_000, MeshStream.MaxMessageBytes])
        {
            var message = Bytes(size);
            await inbox.SendAsync(stream, message);
            var echo = await inbox.NextAsync(stream);
            Assert.True(echo.Span.SequenceEqual(message), $"{size} bytes came back changed");
        }

        stream.Finish();
        Assert.Equal(StreamEndReason.Completed, (await inbox.Ended).Reason);
    }

    [Theory]
    [InlineData(SocketKind.Linux)]
    [InlineData(SocketKind.Portable)]
    [InlineData(SocketKind.Memory)]
    internal async Task Every_kind_of_sockets_carries_a_long_message_to_every_kind(SocketKind kind)
    {
        var network = kind == SocketKind.Memory ? new MemoryNetwork() : null;
        await using var a = new EngineNode(Secret, sockets: kind, network: network);
        await using var b = new EngineNode(Secret, network: network);
        var inbox = new InboxHandler();
        var stream = a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, inbox);
        var message = Bytes(3_000_000);

        await inbox.SendAsync(stream, message);

        Assert.True((await inbox.NextAsync(stream)).Span.SequenceEqual(message));
        Assert.Equal(kind, a.Engine.Sockets.Kind);
        var statistics = a.Engine.Statistics;
        Assert.InRange(statistics.DatagramsSent, 3_000_000 / new TunnelSettings().MaxDatagramBytes, 100_000);
        Assert.InRange(statistics.BytesReceived, 3_000_000, 30_000_000);
        Assert.True(statistics.SendCalls <= statistics.DatagramsSent);
    }

    [Fact]
    public async Task Memory_that_a_handler_gives_back_carries_the_next_messages()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        var echo = new InboxHandler();
        MeshStream? accepted = null;
        b.Accept = stream =>
        {
            accepted = stream;
            return echo;
        };
        var inbox = new InboxHandler();
        var stream = a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, inbox);
        var memories = new HashSet<byte[]>();
        for (var round = 0; round < 50; round++)
        {
            var sent = Bytes(1_000);
            await inbox.SendAsync(stream, sent);
            var message = await echo.NextAsync(null);
            Assert.True(message.Span.SequenceEqual(sent));
            Assert.True(MemoryMarshal.TryGetArray(message, out var segment));
            memories.Add(segment.Array!);
            accepted!.Release(message);
        }

        Assert.InRange(memories.Count, 1, 10);
    }

    [Fact]
    public async Task Who_knows_only_the_endpoint_asks_for_the_certificate()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);

        var record = await a.Engine.AskCertificateAsync(b.Endpoint, null, CancellationToken.None);
        a.Engine.Open(record);
        await a.ExpectAsync("opened");

        Assert.Equal(b.Engine.Address, record.Address);
        Assert.Equal(b.Record.Root, record.Root);
    }

    [Fact]
    public async Task Another_fleets_node_hears_nothing()
    {
        await using var a = new EngineNode(NewSecret());
        await using var b = new EngineNode(Secret);

        a.Engine.Open(b.Record);
        await a.ExpectAsync("failed HandshakeTimeout");

        Assert.True(b.Engine.Drops[DropReason.BadMac] > 0);
        Assert.Empty(b.Engine.Snapshot());
    }

    [Fact]
    public async Task A_failed_tunnel_that_is_reopened_goes_on_with_its_streams()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        var inbox = new InboxHandler();
        var tunnel = a.Engine.Open(b.Record);
        var stream = tunnel.OpenStream(StreamLane.Streams, inbox);
        await a.ExpectAsync("opened");

        for (var round = 0; round < 5; round++)
        {
            var sent = Bytes(300_000);
            await inbox.SendAsync(stream, sent);
            a.Engine.Fail(tunnel);
            await a.ExpectAsync("failed Requested");
            a.Engine.Reopen(tunnel);
            await a.ExpectAsync("opened");
            Assert.True((await inbox.NextAsync(stream)).Span.SequenceEqual(sent));
        }

        Assert.Equal(6, tunnel.Statistics.Sessions);
    }

    [Fact]
    public async Task A_stopped_peer_closes_the_tunnel_and_ends_its_streams()
    {
        await using var a = new EngineNode(Secret);
        var b = new EngineNode(Secret);
        var inbox = new InboxHandler();
        a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, inbox).TrySend(Bytes(10));
        await a.ExpectAsync("opened");

        await b.DisposeAsync();

        Assert.Equal(StreamEndReason.TunnelClosed, (await inbox.Ended).Reason);
        await a.ExpectAsync("closed ClosedByPeer");
        Assert.Empty(a.Engine.Snapshot());
    }

    [Fact]
    public async Task Both_may_dial_at_once_and_share_one_tunnel()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var a = new EngineNode(Secret);
            await using var b = new EngineNode(Secret);
            var fromA = new InboxHandler();
            var fromB = new InboxHandler();
            var streamA = a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, fromA);
            var streamB = b.Engine.Open(a.Record).OpenStream(StreamLane.Streams, fromB);
            streamA.TrySend(Bytes(1));
            streamB.TrySend(Bytes(2));

            Assert.Equal(1, (await fromA.NextAsync(streamA)).Length);
            Assert.Equal(2, (await fromB.NextAsync(streamB)).Length);
            Assert.Single(a.Engine.Snapshot());
            Assert.Single(b.Engine.Snapshot());
        }
    }

    [Fact]
    public async Task A_refused_stream_ends_at_its_opener()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret) { Accept = _ => null };
        var inbox = new InboxHandler();
        a.Engine.Open(b.Record).OpenStream(StreamLane.Streams, inbox).TrySend(Bytes(1));

        var end = await inbox.Ended;

        Assert.Equal(StreamEndReason.ResetByPeer, end.Reason);
        Assert.Equal(EngineEvents.RefusedCode, end.Code);
    }

    [Fact]
    public async Task A_handler_that_throws_loses_its_stream_alone()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        b.Accept = stream => b.Faults.IsEmpty ? new ThrowingHandler() : new EchoHandler();
        var tunnel = a.Engine.Open(b.Record);
        var doomed = new InboxHandler();
        tunnel.OpenStream(StreamLane.Streams, doomed).TrySend(Bytes(1));

        Assert.Equal(StreamEndReason.ResetByPeer, (await doomed.Ended).Reason);
        var inbox = new InboxHandler();
        var stream = tunnel.OpenStream(StreamLane.Streams, inbox);
        stream.TrySend(Bytes(5));
        Assert.Equal(5, (await inbox.NextAsync(stream)).Length);
        Assert.Single(b.Faults);
        b.Faults.Clear();
    }

    [Fact]
    public async Task A_stopped_engine_ends_what_is_asked_of_it_later()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        var tunnel = a.Engine.Open(b.Record);
        await a.ExpectAsync("opened");
        await a.Engine.DisposeAsync();

        var late = new InboxHandler();
        tunnel.OpenStream(StreamLane.Streams, late);
        var asked = a.Engine.AskCertificateAsync(b.Endpoint, null, CancellationToken.None);

        Assert.Equal(StreamEndReason.TunnelClosed, (await late.Ended).Reason);
        Assert.Equal(TunnelErrorCode.Closed, (await Assert.ThrowsAsync<TunnelException>(() => asked)).Code);
    }

    [Fact]
    public async Task A_thousand_streams_at_once_are_all_served()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        var tunnel = a.Engine.Open(b.Record);
        var served = new Task[1_500];
        for (var index = 0; index < served.Length; index++)
        {
            served[index] = EchoOnceAsync(tunnel, index % 700 + 1);
        }

        await Task.WhenAll(served);
    }

    [Fact]
    public async Task A_control_stream_opens_although_the_other_lane_is_full_of_streams_and_bulk()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        b.Accept = stream => stream.Lane == StreamLane.Control ? new EchoHandler() : new InboxHandler();
        var tunnel = a.Engine.Open(b.Record);
        for (var i = 0; i < 2_000; i++)
        {
            tunnel.OpenStream(StreamLane.Streams, new InboxHandler()).TrySend(Bytes(70_000));
        }

        var inbox = new InboxHandler();
        var heart = tunnel.OpenStream(StreamLane.Control, inbox);
        for (var i = 1; i <= 20; i++)
        {
            await inbox.SendAsync(heart, Bytes(i));
            Assert.Equal(i, (await inbox.NextAsync(heart)).Length);
        }

        Assert.Throws<ArgumentOutOfRangeException>(
            () => heart.TrySend(new byte[StreamLimits.MaxControlMessageBytes + 1]));
        heart.Finish();
        Assert.Equal(StreamEndReason.Completed, (await inbox.Ended).Reason);
    }

    [Fact]
    public async Task Datagrams_arrive_at_the_handler_of_the_other_node()
    {
        await using var a = new EngineNode(Secret);
        await using var b = new EngineNode(Secret);
        var tunnel = a.Engine.Open(b.Record);
        await a.ExpectAsync("opened");

        var largest = Bytes(MeshTunnel.MaxDatagramBytes);
        Assert.True(tunnel.TrySendDatagram(largest, TimeSpan.MaxValue));

        Assert.Equal(largest, (await b.Datagrams.Reader.ReadAsync().AsTask().WaitAsync(EngineNode.Patience)).ToArray());
        Assert.Throws<ArgumentOutOfRangeException>(() => tunnel.TrySendDatagram(new byte[1], TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => tunnel.TrySendDatagram(default, TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => tunnel.TrySendDatagram(new byte[MeshTunnel.MaxDatagramBytes + 1], TimeSpan.MaxValue));
        a.Engine.Close(tunnel, 0, "done");
        await a.ExpectAsync("closed ClosedHere");
        Assert.False(tunnel.TrySendDatagram(largest, TimeSpan.MaxValue));
    }

    private static async Task EchoOnceAsync(MeshTunnel tunnel, int size)
    {
        var inbox = new InboxHandler();
        var stream = tunnel.OpenStream(StreamLane.Streams, inbox);
        await inbox.SendAsync(stream, Bytes(size));
        Assert.Equal(size, (await inbox.NextAsync(stream)).Length);
        stream.Finish();
        Assert.Equal(StreamEndReason.Completed, (await inbox.Ended).Reason);
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        SystemRandomSource.Instance.Fill(bytes);
        return bytes;
    }

    private static string NewSecret()
    {
        using var secret = FleetSecret.Generate(SystemRandomSource.Instance);
        return string.Create(FleetSecret.TextLength, secret, (text, from) => from.WriteText(text));
    }

    private sealed class ThrowingHandler : IStreamHandler
    {
        public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) =>
            throw new InvalidOperationException("a handler's fault");

        public void OnWritable(MeshStream stream)
        {
        }

        public void OnFinished(MeshStream stream)
        {
        }

        public void OnEnded(MeshStream stream, StreamEnd end)
        {
        }
    }
}
