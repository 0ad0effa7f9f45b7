using System;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Heartbeats pass what fills the association, both ways, and nothing else does.</summary>
[Collection(RealTransports.Name)]
public sealed class HeartbeatLaneTests : IAsyncLifetime, IDisposable
{
    /// <summary>Below the window of a stream, so that what nobody takes fills that window, and not the tunnel's.</summary>
    private const int BulkBytes = 100_000;

    private static readonly ByteString Bulk = ByteString.CopyFrom(TestPayloads.System("/user/a", sequence: 1, BulkBytes));
    private static readonly ByteString Heartbeat = ByteString.CopyFrom(PayloadAddress.HeartbeatInstruction);

    private readonly CancellationTokenSource _deadline = new(TimeSpan.FromSeconds(30));
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private RawTransport _a = null!;
    private RawTransport _b = null!;

    public async Task InitializeAsync()
    {
        _a = await RawTransport.StartAsync(_secret);
        _b = await RawTransport.StartAsync(_secret);
    }

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _b.DisposeAsync();
    }

    public void Dispose()
    {
        _secret.Dispose();
        _deadline.Dispose();
    }

    /// <summary>The receiver takes nothing until the heartbeat is there, so what fills the stream fills it for as long as that takes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_heartbeat_is_handed_over_ahead_of_what_was_written_before_it(bool byWhoWasDialled)
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var (sender, receiver) = byWhoWasDialled ? (there, here) : (here, there);
        sender.Write(RawTransport.AssociateFrom(_b.Address));
        var written = 0;
        while (sender.Write(Bulk))
        {
            written++;
        }

        await RoundTripAsync();
        Assert.True(sender.Write(Heartbeat));
        await RoundTripAsync();

        var events = RawTransport.Listen(receiver);
        var ahead = 0;
        while ((await NextAsync(events)).Length != Heartbeat.Length)
        {
            ahead++;
        }

        Assert.InRange(ahead, 1, written - 1);
        for (; ahead < written + (byWhoWasDialled ? 1 : 2); ahead++)
        {
            Assert.NotEqual(Heartbeat.Length, (await NextAsync(events)).Length);
        }
    }

    [Fact]
    public async Task A_heartbeat_that_overtakes_the_associate_waits_for_it()
    {
        var (here, there) = (await _a.Transport.Associate(_b.Address), await _b.AcceptAsync(_deadline.Token));
        var events = RawTransport.Listen(there);

        await RoundTripAsync();
        Assert.True(here.Write(Heartbeat));
        await RoundTripAsync();
        Assert.False(events.TryRead(out _));
        here.Write(RawTransport.AssociateFrom(_a.Address));

        Assert.NotEqual(Heartbeat, await NextAsync(events));
        Assert.Equal(Heartbeat, await NextAsync(events));
    }

    [Fact]
    public async Task A_hundred_associations_after_each_other_in_one_tunnel_each_have_their_lanes()
    {
        for (var number = 0; number < 100; number++)
        {
            var (here, there) = await _a.AssociateAsync(_b);
            var events = RawTransport.Listen(there);
            here.Write(Heartbeat);
            await NextAsync(events);
            Assert.Equal(Heartbeat, await NextAsync(events));
#pragma warning disable CS0618 // Akka's own handles are ended by this method too.
            (number % 2 == 0 ? here : there).Disassociate();
#pragma warning restore CS0618
            if (number % 2 == 0)
            {
                Assert.IsType<Disassociated>(await events.ReadAsync(_deadline.Token));
            }
        }
    }

    /// <summary>There and back in an association of its own in the same tunnel: what was sent before is there then, as nothing is lost.</summary>
    private async Task RoundTripAsync()
    {
        var (here, there) = await _a.AssociateAsync(_b);
        var (question, answer) = (RawTransport.Listen(there), RawTransport.Listen(here));
        await NextAsync(question);
        there.Write(RawTransport.AssociateFrom(_b.Address));
        await NextAsync(answer);
    }

    private async Task<ByteString> NextAsync(ChannelReader<IHandleEvent> events) =>
        Assert.IsType<InboundPayload>(await events.ReadAsync(_deadline.Token)).Payload;
}
