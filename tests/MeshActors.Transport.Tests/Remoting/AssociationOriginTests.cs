using System;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Transport.Remoting;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>An admitted peer that claims to be another: Akka would believe it, the transport does not.</summary>
[Collection(RealTransports.Name)]
public sealed class AssociationOriginTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task An_address_that_another_root_holds_is_refused_and_its_association_goes_on()
    {
        await using var a = TestNode.Start("a");
        await using var b = TestNode.Start("b");
        await using var thief = TestNode.Start("c");
        b.System.ActorOf(Props.Create<Echo>(), "echo");
        Assert.Equal(1, await a.System.ActorSelection(b.PathOf("echo")).Ask<int>(1, Patience));

        var stream = await OpenAssociationStream(thief, a);
        stream.Send(new AssociationHello(b.Address).ToBytes());

        Assert.Equal(AssociationResetCode.WrongOrigin, (await stream.Ended.WaitAsync(Patience)).Code);
        Assert.Equal(2, await a.System.ActorSelection(b.PathOf("echo")).Ask<int>(2, Patience));
    }

    [Fact]
    public async Task This_nodes_own_address_is_refused()
    {
        await using var a = TestNode.Start("a");
        await using var thief = TestNode.Start("c");

        var stream = await OpenAssociationStream(thief, a);
        stream.Send(new AssociationHello(a.Address).ToBytes());

        Assert.Equal(AssociationResetCode.WrongOrigin, (await stream.Ended.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task A_first_payload_that_is_no_associate_of_the_hellos_address_is_refused()
    {
        await using var a = TestNode.Start("a");
        await using var thief = TestNode.Start("c");

        var stream = await OpenAssociationStream(thief, a);
        stream.Send(new AssociationHello(thief.Address).ToBytes());
        Assert.True(AssociationHello.TryRead((await stream.Messages.ReadAsync().AsTask().WaitAsync(Patience)).Span, out var hello));
        stream.Send([0x0A, 0x01, 0x00]);

        Assert.Equal(a.Address.Port, hello.Address.Port);
        Assert.Equal(AssociationResetCode.WrongOrigin, (await stream.Ended.WaitAsync(Patience)).Code);
    }

    /// <summary>Protobuf merges what comes twice: Akka would read the second address, and believe it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_associate_that_names_another_address_behind_its_own_is_refused(bool ownFirst)
    {
        await using var a = TestNode.Start("a");
        await using var thief = TestNode.Start("c");
        var victim = RawTransport.AssociateFrom(new Address("mesh", "b", "127.0.0.1", 7)).ToByteArray();
        var own = RawTransport.AssociateFrom(thief.Address).ToByteArray();

        var stream = await OpenAssociationStream(thief, a);
        stream.Send(new AssociationHello(thief.Address).ToBytes());
        stream.Send(ownFirst ? [.. own, .. victim] : [.. victim, .. own]);

        Assert.Equal(AssociationResetCode.WrongOrigin, (await stream.Ended.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task Something_else_than_a_hello_is_refused()
    {
        await using var a = TestNode.Start("a");
        await using var stranger = TestNode.Start("c");

        var stream = await OpenAssociationStream(stranger, a);
        stream.Send([9, 9, 9]);

        Assert.Equal(AssociationResetCode.BadHello, (await stream.Ended.WaitAsync(Patience)).Code);
    }

    private static async Task<RawStream> OpenAssociationStream(TestNode from, TestNode to) =>
        new(await from.Tunnels.OpenAsync(to.Tunnels.LocalEndpoints[0], null, Patience));

    private sealed class Echo : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message);
    }
}
