using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Akka.Event;
using Akka.Remote.Transport;
using Akka.TestKit;
using MeshActors.TestKit.Actors;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using Xunit;
using AkkaTestKit = Akka.TestKit.Xunit2.TestKit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>What waits in an association waits neither for ever nor in any amount.</summary>
public sealed class InboundLanesTests : AkkaTestKit
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly WaitingBudget<InboundLanes> _waiting = new();
    private readonly MeshTunnel _tunnel;
    private readonly EngineInbox _inbox = new(() => { });
    private readonly Clock _clock;

    public InboundLanesTests()
        : base("""akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit" """)
    {
        _clock = new Clock(new SchedulerTime(Scheduler));
        _tunnel = new MeshTunnel(TestPeers.Create(7), accepted: true, _inbox, _clock);
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_payload_that_was_announced_and_never_comes_ends_the_association_with_warnings_that_say_why_and_count_what_is_lost()
    {
        var side = new Side(this);
        side.Main(ReferenceTo("/user/a"), TestPayloads.User("/user/a", 1), TestPayloads.User("/user/b", 2), TestPayloads.System("/user/c", 3));
        Assert.Equal([2], side.Passed);

        Scheduler.Advance(Patience - Second);
        Assert.Empty(side.Ends);
        EventFilter.Warning(contains: "is ended: a large message that was announced did not come in time").ExpectOne(() => Scheduler.Advance(Second));

        Assert.Equal([AssociationResetCode.Stalled], side.Ends);

        // What comes after all is not handed over: the peer is told that the association has ended.
        EventFilter.Warning(contains: "has ended: 2 messages that had come are lost").ExpectOne(() => side.Lanes.Abort(AssociationResetCode.GivenUp));
        side.Large(TestPayloads.User("/user/a", 0));
        Assert.Equal([2], side.Passed);
    }

    /// <summary>As docs/protocol.md, section 7.2, and docs/akka.md say.</summary>
    [Fact]
    public void With_the_largest_payload_as_it_is_set_messages_wait_316_seconds() =>
        Assert.Equal(TimeSpan.FromSeconds(316), new AssociationBounds(4 * 1024 * 1024, 1).LargePatience);

    [Fact]
    public void Each_payload_that_comes_gives_the_next_one_time()
    {
        var side = new Side(this);
        side.Main(ReferenceTo("/user/a"), ReferenceTo("/user/a"), TestPayloads.User("/user/a", 3));

        Scheduler.Advance(Patience - Second);
        side.Large(TestPayloads.User("/user/a", 1));
        Scheduler.Advance(Patience - Second);
        side.Large(TestPayloads.User("/user/a", 2));
        Scheduler.Advance(10 * Patience);

        Assert.Empty(side.Ends);
        Assert.Equal([1, 2, 3], side.Passed);
    }

    [Fact]
    public void A_payload_that_nothing_announces_waits_no_longer()
    {
        var side = new Side(this);
        side.Large(TestPayloads.User("/user/a", 1));

        Scheduler.Advance(Patience);

        Assert.Equal([AssociationResetCode.Stalled], side.Ends);
        Assert.Empty(side.Passed);
    }

    [Fact]
    public void The_end_waits_no_longer()
    {
        var side = new Side(this);
        side.Main(ReferenceTo("/user/a"));
        side.Lanes.HandleMainEnd();

        Scheduler.Advance(Patience);

        Assert.Equal([AssociationResetCode.Stalled], side.Ends);
    }

    [Fact]
    public void An_association_that_has_ended_is_given_up_no_more()
    {
        var side = new Side(this);
        side.Main(ReferenceTo("/user/a"));
        side.Lanes.Abort(AssociationResetCode.GivenUp);

        Scheduler.Advance(2 * Patience);

        Assert.Empty(side.Ends);
    }

    /// <summary>Neither by payloads that nothing announces, nor by what waits behind one that does not come.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_peer_that_lets_more_wait_than_is_kept_ends_its_own_association_and_nobody_elses(bool byLarge)
    {
        var (other, side) = (new Side(this), new Side(this));
        other.Main(ReferenceTo("/user/a"), TestPayloads.User("/user/a", 2));
        var payload = TestPayloads.User("/user/a", 1, 1024 * 1024);
        side.Main(byLarge ? [] : [ReferenceTo("/user/a")]);
        EventFilter.Warning(contains: "more waited for large messages").ExpectOne(() =>
        {
            for (var count = 0; count < 100; count++)
            {
                (byLarge ? (Action<byte[]>)(message => side.Large(message)) : message => side.Main(message))(payload);
            }
        });

        Assert.Equal([AssociationResetCode.Stalled], side.Ends);
        other.Large(TestPayloads.User("/user/a", 1));
        Assert.Equal([1, 2], other.Passed);
        Assert.Empty(other.Ends);
    }

    private static byte[] ReferenceTo(string path) => new PayloadReference(PathHash.Of(Encoding.UTF8.GetBytes(path))).ToBytes();

    /// <summary>The receiving side of one association, begun.</summary>
    private sealed class Side : IHandleEventListener
    {
        private readonly MeshStream _large;
        private readonly List<ReadOnlyMemory<byte>> _passed = [];

        public Side(InboundLanesTests tests)
        {
            var events = new InboundEvents();
            events.Attach(this);
            var rules = new InboundRules(Guard: null, tests._waiting, tests._clock, Logging.GetLogger(tests.Sys, "lanes"));
            Lanes = new InboundLanes(events, rules, Patience, () => { }, Ends.Add);
            _large = new MeshStream(tests._tunnel, StreamLane.Association, tests._inbox);
            Lanes.Begin(new MeshStream(tests._tunnel, StreamLane.Association, tests._inbox));
            Assert.True(Lanes.TryJoin(_large));
            Lanes.HandleFirst(RawTransport.AssociateFrom(new Akka.Actor.Address("mesh", "b", "host", 1)).ToByteArray());
        }

        public InboundLanes Lanes { get; }

        public List<ulong> Ends { get; } = [];

        /// <summary>Numbers of the payloads that Akka was given, behind the first.</summary>
        public IEnumerable<int> Passed => _passed.Skip(1).Select(payload => TestPayloads.NumberOf(payload.Span));

        public void Main(params IEnumerable<byte[]> messages)
        {
            foreach (var message in messages)
            {
                Lanes.HandleMain(message);
            }
        }

        public void Large(byte[] payload) => Lanes.HandleCompanion(_large, payload);

        public void Notify(IHandleEvent happened)
        {
            if (happened is InboundPayload payload)
            {
                _passed.Add(payload.Payload.Memory);
            }
        }
    }
}
