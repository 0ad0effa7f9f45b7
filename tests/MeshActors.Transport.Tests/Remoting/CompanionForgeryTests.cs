using System;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Companions of an admitted peer that does not keep to the protocol, and a peer that has none.</summary>
[Collection(RealTransports.Name)]
public sealed class CompanionForgeryTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly TestNode _a = TestNode.Start("a", "akka.remote.transport-failure-detector.heartbeat-interval = 100ms");
    private readonly TestNode _thief = TestNode.Start("c");
    private MeshTunnel _tunnel = null!;

    public async Task InitializeAsync() => _tunnel = await _thief.Tunnels.OpenAsync(_a.Tunnels.LocalEndpoints[0], null, Patience);

    public async Task DisposeAsync()
    {
        await _a.DisposeAsync();
        await _thief.DisposeAsync();
    }

    [Fact]
    public async Task A_number_that_nobody_was_given_is_refused()
    {
        Assert.Equal(AssociationResetCode.NoSuchAssociation, await CodeOf(Control(12_345)));
    }

    [Fact]
    public async Task Another_peers_number_is_refused_and_that_association_goes_on()
    {
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        Assert.Equal(1, await _a.System.ActorSelection(b.PathOf("echo")).Ask<int>(1, Patience));

        // Numbers count up from 1, and this node has one association.
        Assert.Equal(AssociationResetCode.NoSuchAssociation, await CodeOf(Control(1)));
        Assert.Equal(2, await _a.System.ActorSelection(b.PathOf("echo")).Ask<int>(2, Patience));
    }

    [Fact]
    public async Task An_associate_that_names_another_there_ends_the_association_and_the_victims_goes_on()
    {
        await using var b = TestNode.Start("b");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        Assert.Equal(1, await _a.System.ActorSelection(b.PathOf("echo")).Ask<int>(1, Patience));

        var (main, number) = await GreetAsync();
        var control = Control(number);
        control.Send(RawTransport.AssociateFrom(b.Address).ToByteArray());

        Assert.Equal(AssociationResetCode.WrongOrigin, await CodeOf(main));
        Assert.Equal(2, await _a.System.ActorSelection(b.PathOf("echo")).Ask<int>(2, Patience));
    }

    [Fact]
    public async Task A_disassociate_there_ends_the_association()
    {
        var (main, number) = await GreetAsync();
        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());
        Control(number).Send([0x12, 0x02, 0x08, 0x02]);

        Assert.Equal(AssociationResetCode.WrongOrigin, await CodeOf(main));
    }

    [Fact]
    public async Task A_lane_that_the_stream_is_not_in_is_refused()
    {
        var (_, number) = await GreetAsync();
        var control = new RawStream(_tunnel, StreamLane.Control);
        control.Send(new CompanionHello(StreamLane.Association, number).ToBytes());

        Assert.Equal(AssociationResetCode.NoSuchAssociation, await CodeOf(control));
    }

    [Fact]
    public async Task A_first_message_that_is_no_hello_is_refused()
    {
        var control = new RawStream(_tunnel, StreamLane.Control);
        control.Send(PayloadAddress.HeartbeatInstruction.ToArray());

        Assert.Equal(AssociationResetCode.BadHello, await CodeOf(control));
    }

    [Fact]
    public async Task A_second_one_is_refused_and_what_overtakes_the_associate_by_the_first_waits_for_it()
    {
        var (main, number) = await GreetAsync();
        Control(number).Send(PayloadAddress.HeartbeatInstruction.ToArray());
        Assert.Equal(AssociationResetCode.NoSuchAssociation, await CodeOf(Control(number)));

        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());

        // Akka answers with its own ASSOCIATE; to a heartbeat before ours it would have sent DISASSOCIATE.
        Assert.True(AssociateOrigin.Is(await NextAsync(main), _a.Address));
    }

    [Fact]
    public async Task An_associate_among_large_payloads_ends_the_association()
    {
        var (main, number) = await GreetAsync();
        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());
        Large(number).Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());

        Assert.Equal(AssociationResetCode.WrongOrigin, await CodeOf(main));
    }

    [Fact]
    public async Task A_reference_in_place_of_the_associate_is_refused()
    {
        var (main, _) = await GreetAsync();
        main.Send(new PayloadReference(1).ToBytes());

        Assert.Equal(AssociationResetCode.WrongOrigin, await CodeOf(main));
    }

    [Fact]
    public async Task A_reference_to_what_never_comes_ends_the_association_with_the_companion()
    {
        var (main, number) = await GreetAsync();
        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());
        Assert.True(AssociateOrigin.Is(await NextAsync(main), _a.Address));
        var large = Large(number);
        main.Send(new PayloadReference(1).ToBytes());
        large.Finish();

        Assert.Contains(await CodeOf(main), (ulong[])[AssociationResetCode.CompanionLost, AssociationResetCode.BadReference]);
    }

    [Fact]
    public async Task What_is_no_reference_is_refused()
    {
        var (main, _) = await GreetAsync();
        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());
        main.Send([0, 2, 0]);

        Assert.Equal(AssociationResetCode.BadReference, await CodeOf(main));
    }

    [Fact]
    public async Task A_peer_that_takes_no_companions_gets_heartbeats_with_everything_else()
    {
        var (main, _) = await GreetAsync();
        main.Send(RawTransport.AssociateFrom(_thief.Address).ToByteArray());

        while (!(await NextAsync(main)).Span.SequenceEqual(PayloadAddress.HeartbeatInstruction))
        {
        }
    }

    private RawStream Large(uint number)
    {
        var stream = new RawStream(_tunnel);
        stream.Send(new CompanionHello(StreamLane.Association, number).ToBytes());
        return stream;
    }

    private RawStream Control(uint number)
    {
        var stream = new RawStream(_tunnel, StreamLane.Control);
        stream.Send(new CompanionHello(StreamLane.Control, number).ToBytes());
        return stream;
    }

    /// <summary>Greets truthfully, as a node that takes no companions.</summary>
    /// <returns>The association's stream, and the number that the other side gave it.</returns>
    private async Task<(RawStream Main, uint Number)> GreetAsync()
    {
        var main = new RawStream(_tunnel);
        main.Send(new AssociationHello(_thief.Address).ToBytes());
        Assert.True(AssociationHello.TryRead((await NextAsync(main)).Span, out var hello));
        Assert.NotEqual(0u, hello.Number);
        return (main, hello.Number);
    }

    private static async Task<ReadOnlyMemory<byte>> NextAsync(RawStream stream) =>
        await stream.Messages.ReadAsync().AsTask().WaitAsync(Patience);

    private static async Task<ulong> CodeOf(RawStream stream) => (await stream.Ended.WaitAsync(Patience)).Code;
}
