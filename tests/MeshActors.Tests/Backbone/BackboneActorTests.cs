using System;
using System.Linq;
using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using MeshActors.Backbone;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Tests.Discovery;
using MeshActors.Transport.Identity;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Backbone;

public sealed class BackboneActorTests : VirtualTimeSpec
{
    private static readonly PeerRecord Self = SomeNodes.Peer(100);

    private readonly IActorRef _backbone;

    public BackboneActorTests()
    {
        _backbone = Sys.ActorOf(BackboneActor.Props(RecordTableSettings.Default, Clock, new SimRandom(1)));
    }

    [Fact]
    public void A_node_registers_and_another_finds_it_with_the_endpoint_the_backbone_sees()
    {
        var worker = Open(1);
        var caller = Open(2);
        var record = SomeNodes.Record(1, "fx") with
        {
            Peer = SomeNodes.Peer(1) with { Endpoints = [SomeNodes.Endpoint("192.168.1.5:7400")] },
        };

        Assert.NotNull(worker.Ask(Register(record)).Registered);
        var found = caller.Ask(Query("fx")).Result;

        Assert.True(RecordCodec.TryRead(Assert.Single(found.Records), out var match));
        Assert.Equal(["10.0.0.2:7400", "192.168.1.5:7400"], match.Record.Peer.Endpoints.Select(e => e.ToString()));
    }

    [Fact]
    public void Nobody_registers_for_another()
    {
        var thief = Open(2);
        var forged = SomeNodes.Record(1, "fx");

        Assert.Equal(DirectoryRefusalCode.NotYours, thief.Ask(Register(forged)).Refusal?.Code);
        Assert.Equal(
            DirectoryRefusalCode.NotYours,
            thief.Ask(Register(forged with { Peer = SomeNodes.Peer(root: 2, address: 1) })).Refusal?.Code);
        Assert.Empty(thief.Ask(Query("fx")).Result.Records);
    }

    [Fact]
    public void A_certificate_newer_than_the_tunnels_is_taken_only_when_the_root_signed_it()
    {
        var node = Open(1);
        var renewed = NodeIdentity.Issue(
            RootIdentity.FromSeed([2, .. new byte[31]]),
            SomeNodes.Address(1),
            0,
            NodeRoles.Agent,
            SomeNodes.Issued,
            TimeSpan.FromDays(14),
            new SimRandom(99)).Certificate;
        var request = Register(SomeNodes.Record(1, "fx") with { Peer = SomeNodes.Peer(1) with { Certificate = renewed } });
        Assert.NotNull(node.Ask(request.Clone()).Registered);

        var forged = request.Register.Certificate.ToByteArray();
        forged[120] ^= 1;
        request.Register.Certificate = ByteString.CopyFrom(forged);
        request.Register.Sequence = 2;
        Assert.Equal(DirectoryRefusalCode.NotYours, node.Ask(request).Refusal?.Code);
    }

    [Fact]
    public void Every_request_gets_one_reply_with_its_id_and_a_clear_code()
    {
        var node = Open(1);
        var malformed = Register(SomeNodes.Record(1, "fx"));
        malformed.Register.Region = "Not Kebab";

        Assert.Equal(DirectoryRefusalCode.Malformed, node.Ask(malformed).Refusal?.Code);
        Assert.Equal(DirectoryRefusalCode.Malformed, node.Ask(Query("Not Kebab")).Refusal?.Code);
        Assert.Equal(DirectoryRefusalCode.Unsupported, node.Ask(new DirectoryRequest()).Refusal?.Code);
        Assert.Equal(
            DirectoryRefusalCode.UnknownRecord,
            node.Ask(new DirectoryRequest { Renew = new RenewRecord { RecordId = 5, Sequence = 1 } }).Refusal?.Code);
    }

    [Fact]
    public void Fields_it_does_not_know_are_ignored()
    {
        var node = Open(1);
        var bytes = new DirectoryRequest { Id = 9, Query = Query("fx").Query }.ToByteArray();

        // Field 200, length-delimited, two bytes.
        Assert.NotNull(node.AskBytes([.. bytes, 0xC2, 0x0C, 2, 1, 2]).Result);
    }

    [Fact]
    public void Garbage_ends_the_stream_and_nothing_else()
    {
        var node = Open(1);
        var other = Open(2);
        node.Send([0xFF, 0xFF, 0xFF]);

        Assert.Equal(DirectoryStreamCode.Malformed, node.Backbone.ResetCode);
        Assert.NotNull(other.Ask(Query("fx")).Result);
    }

    [Fact]
    public void A_request_far_longer_than_a_record_may_be_is_not_even_read()
    {
        var node = Open(1);
        var request = Query("fx");
        request.Query.Filter = new CapabilityQuestion { Region = new string('x', RecordLimits.MaxRequestBytes) };
        node.Send(request);

        Assert.Equal(DirectoryStreamCode.Malformed, node.Backbone.ResetCode);
    }

    [Fact]
    public void A_record_is_gone_at_the_end_of_its_lease()
    {
        var node = Open(1);
        node.Ask(Register(SomeNodes.Record(1, "fx"), TimeSpan.FromMinutes(5)));
        Assert.Equal(1, Status().Records);

        Pass(TimeSpan.FromMinutes(5));

        Assert.Equal(0, Status().Records);
    }

    [Fact]
    public void A_node_that_opens_another_stream_loses_the_first()
    {
        var first = Open(1);
        var second = Open(1);

        Assert.Equal(DirectoryStreamCode.Superseded, first.Backbone.ResetCode);
        Assert.NotNull(second.Ask(Query("fx")).Result);
        Assert.Equal(1, Status().Nodes);
    }

    [Fact]
    public void Replies_wait_for_room_and_who_never_reads_is_cut_off()
    {
        var node = Open(1);
        node.Backbone.IsFull = true;
        for (var i = 0; i < RecordLimits.MaxInFlight; i++)
        {
            node.Send(Query("fx"));
        }

        Assert.Null(node.Backbone.ResetCode);
        node.Backbone.HaveRoom();
        Assert.Equal(RecordLimits.MaxInFlight, node.Replies());

        node.Backbone.IsFull = true;
        for (var i = 0; i <= RecordLimits.MaxInFlight; i++)
        {
            node.Send(Query("fx"));
        }

        Assert.Equal(DirectoryStreamCode.TooMuch, node.Backbone.ResetCode);
        Assert.Equal(0, Status().Nodes);
    }

    [Fact]
    public void Credit_of_every_message_is_given_back()
    {
        var node = Open(1);
        node.Ask(Query("fx"));

        Assert.Equal(node.Sent, node.Backbone.Released);
    }

    private static DirectoryRequest Register(NodeRecord record, TimeSpan? lease = null) =>
        new() { Register = RecordCodec.ToRegister(record, lease ?? TimeSpan.FromHours(12)) };

    private static DirectoryRequest Query(string capability) =>
        new() { Query = new QueryRecords { Capability = capability } };

    private BackboneStatus Status()
    {
        _backbone.Tell(BackboneStatusRequested.Instance, TestActor);
        return ExpectMsg<BackboneStatus>();
    }

    private Client Open(int node)
    {
        var probe = CreateTestProbe();
        var (nodeEnd, backboneEnd) = TwinDirectoryStream.Pair(SomeNodes.Peer(node), probe, Self, _backbone);
        _backbone.Tell(new DirectoryStreamOpened(backboneEnd));
        return new Client(probe, nodeEnd, backboneEnd);
    }

    private sealed class Client(TestProbe probe, TwinDirectoryStream node, TwinDirectoryStream backbone)
    {
        private ulong _nextId = 1;

        public TwinDirectoryStream Backbone => backbone;

        public int Sent { get; private set; }

        public void Send(DirectoryRequest request)
        {
            request.Id = _nextId++;
            Send(request.ToByteArray());
        }

        public void Send(byte[] bytes)
        {
            Sent += bytes.Length;
            node.TrySend(bytes);
        }

        public DirectoryReply Ask(DirectoryRequest request)
        {
            Send(request);
            var reply = Next();
            Assert.Equal(_nextId - 1, reply.Id);
            return reply;
        }

        public DirectoryReply AskBytes(byte[] bytes)
        {
            Send(bytes);
            return Next();
        }

        public int Replies()
        {
            var replies = 0;
            while (probe.HasMessages)
            {
                probe.ExpectMsg<DirectoryMessageArrived>();
                replies++;
            }

            return replies;
        }

        private DirectoryReply Next() =>
            DirectoryReply.Parser.ParseFrom(probe.ExpectMsg<DirectoryMessageArrived>().Bytes.Span);
    }
}
