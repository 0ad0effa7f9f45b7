using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Small messages pass large ones for others, and nothing else changes its order.</summary>
[Collection(RealTransports.Name)]
public sealed class LargeLaneTests : IDisposable
{
    /// <summary>Below the window of a stream, so that what nobody takes fills that window, and not the tunnel's.</summary>
    private const int LargeBytes = 100_000;

    private const int Large = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _deadline = new(Patience);
    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);

    public void Dispose()
    {
        _secret.Dispose();
        _deadline.Dispose();
    }

    /// <summary>The receiver takes nothing before all is written, so what fills the companion fills it for as long as that takes.</summary>
    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task A_small_message_passes_large_ones_for_another_actor_when_the_sender_lets_it(bool senderLets, bool receiverLets)
    {
        await using var a = await RawTransport.StartAsync(_secret, $"large-messages = {(senderLets ? "on" : "off")}");
        await using var b = await RawTransport.StartAsync(_secret, $"large-messages = {(receiverLets ? "on" : "off")}");
        var (here, there) = await a.AssociateAsync(b);
        await RoundTripAsync(a, b);

        for (var number = 0; number < Large; number++)
        {
            Assert.True(here.Write(ByteString.CopyFrom(TestPayloads.User("/user/a", number, LargeBytes))));
        }

        here.Write(ByteString.CopyFrom(TestPayloads.User("/user/b", Large)));
        here.Write(ByteString.CopyFrom(TestPayloads.User("/user/a", Large + 1)));
        here.Write(ByteString.CopyFrom(TestPayloads.System("/user/c", 0)));
        await RoundTripAsync(a, b);

        var events = RawTransport.Listen(there);
        await NextAsync(events);
        var came = new List<ByteString>();
        while (came.Count < Large + 3)
        {
            came.Add(await NextAsync(events));
        }

        var passing = came.FindIndex(payload => Encoded(payload).Contains("/user/b", StringComparison.Ordinal));
        if (senderLets)
        {
            Assert.InRange(passing, 0, Large - 1);
        }
        else
        {
            Assert.Equal(Large, passing);
        }

        came.RemoveAt(passing);
        Assert.All(came.Take(Large), payload => Assert.True(payload.Length > LargeBytes));
        Assert.Contains("/user/a", Encoded(came[Large]), StringComparison.Ordinal);
        Assert.Contains("/user/c", Encoded(came[Large + 1]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ending_an_association_delivers_large_payloads_that_were_accepted_and_then_tells_the_end()
    {
        await using var a = await RawTransport.StartAsync(_secret);
        await using var b = await RawTransport.StartAsync(_secret);
        var (here, there) = await a.AssociateAsync(b);
        await RoundTripAsync(a, b);
        for (var number = 0; number < Large; number++)
        {
            Assert.True(here.Write(ByteString.CopyFrom(TestPayloads.User("/user/a", number, LargeBytes))));
        }

        here.Disassociate("the test says so", Akka.Event.NoLogger.Instance);

        Assert.Equal(Large, (await RawTransport.ReadToEndAsync(RawTransport.Listen(there), _deadline.Token)).Count);
    }

    /// <summary>More at once than may have companions: each has its stream, and what has no companion goes without.</summary>
    [Fact]
    public async Task Twelve_associations_at_once_each_carry_large_payloads()
    {
        await using var a = await RawTransport.StartAsync(_secret);
        await using var b = await RawTransport.StartAsync(_secret);
        for (var number = 0; number < 12; number++)
        {
            var (here, there) = await a.AssociateAsync(b);
            var events = RawTransport.Listen(there);
            await NextAsync(events);
            here.Write(ByteString.CopyFrom(TestPayloads.User("/user/a", number, LargeBytes)));
            Assert.True((await NextAsync(events)).Length > LargeBytes);
        }
    }

    [Fact]
    public async Task The_end_of_an_actor_is_told_behind_the_large_message_that_it_sent_last()
    {
        const int Actors = 30;
        await using var a = Start("a");
        await using var b = Start("b");
        var sink = b.System.ActorOf(Props.Create<Echo>(), "sink");
        var bulk = await a.System.ActorSelection(b.PathOf(sink)).ResolveOne(Patience);
        var watcher = a.Kit.CreateTestProbe();
        for (var number = 0; number < Actors; number++)
        {
            b.System.ActorOf(Props.Create(() => new LastWords(LargeBytes)), $"last{number}");
            var remote = await a.System.ActorSelection(b.PathOf($"last{number}")).ResolveOne(Patience);
            watcher.Watch(remote);
            bulk.Tell(new byte[10 * LargeBytes], ActorRefs.NoSender);
            remote.Tell("speak", watcher.Ref);

            Assert.Equal(LargeBytes, watcher.ExpectMsg<byte[]>(Patience).Length);
            watcher.ExpectTerminated(remote, Patience);
        }
    }

    private TestNode Start(string name) => TestNode.Start(name, setup: new MeshTransportSetup { Trust = new TrustSettings(0, [_secret], []) });

    private static string Encoded(ByteString payload) => payload.Length > LargeBytes ? string.Empty : payload.ToStringUtf8();

    /// <summary>There and back in an association of its own in the same tunnel: what was sent before is there then, as nothing is lost.</summary>
    private async Task RoundTripAsync(RawTransport a, RawTransport b)
    {
        var (here, there) = await a.AssociateAsync(b);
        var (question, answer) = (RawTransport.Listen(there), RawTransport.Listen(here));
        await NextAsync(question);
        there.Write(RawTransport.AssociateFrom(b.Address));
        await NextAsync(answer);
    }

    private async Task<ByteString> NextAsync(ChannelReader<IHandleEvent> events) =>
        Assert.IsType<InboundPayload>(await events.ReadAsync(_deadline.Token)).Payload;

    /// <summary>Answers with something large, and stops.</summary>
    private sealed class LastWords : UntypedActor
    {
        private readonly int _bytes;

        public LastWords(int bytes)
        {
            _bytes = bytes;
        }

        protected override void OnReceive(object message)
        {
            Sender.Tell(new byte[_bytes]);
            Context.Stop(Self);
        }
    }
}
