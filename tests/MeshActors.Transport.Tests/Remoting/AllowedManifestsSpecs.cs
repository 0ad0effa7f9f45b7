using System;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;
using Xunit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A system that takes some types of messages only, and another that sends it all kinds.</summary>
[Collection(RealTransports.Name)]
public sealed class AllowedManifestsSpecs : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly FleetSecret _secret = FleetSecret.Generate(SystemRandomSource.Instance);
    private IActorRef _echo = ActorRefs.Nobody;
    private TestNode _strict = null!;
    private TestNode _other = null!;

    public Task InitializeAsync()
    {
        var setup = new MeshTransportSetup { Trust = new TrustSettings(0, [_secret], []) };
        _strict = TestNode.Start("strict", """akka.remote.mesh.allowed-manifests = ["serializer:17"]""", setup);
        _other = TestNode.Start("other", setup: setup);
        _echo = _strict.System.ActorOf(Props.Create<Echo>(), "echo");
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _other.DisposeAsync();
        await _strict.DisposeAsync();
    }

    public void Dispose() => _secret.Dispose();

    [Fact]
    public async Task Other_types_are_dropped_with_one_warning_and_the_association_goes_on()
    {
        var warnings = Warnings();
        var echo = await _other.System.ActorSelection(_strict.PathOf("echo")).ResolveOne(Patience);

        echo.Tell(new Version(1, 2), _other.Kit.TestActor);
        echo.Tell(new Version(1, 3), _other.Kit.TestActor);
        var answer = await echo.Ask<string>("allowed", Patience);

        Assert.Equal("allowed", answer);
        _other.Kit.ExpectNoMsg(TimeSpan.Zero);
        var warning = warnings.FishForMessage<Warning>(found => $"{found.Message}".StartsWith("message dropped", StringComparison.Ordinal), Patience);
        Assert.Contains("serializer 1,", $"{warning.Message}", StringComparison.Ordinal);
        Assert.Contains(_other.Address.ToString(), $"{warning.Message}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_comes_by_the_control_lane_is_judged_like_everything_else()
    {
        var warnings = Warnings();
        var (tunnel, _, number) = await GreetAsync();

        var control = new RawStream(tunnel, StreamLane.Control);
        control.Send(new CompanionHello(StreamLane.Control, number).ToBytes());
        control.Send(TestPayloads.User("/user/echo", 1, manifest: "not allowed"));

        AwaitDrop(warnings);
    }

    /// <summary>Whichever comes first, the payload or what announces it: then one of them waits, and is judged when it goes on.</summary>
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_comes_beside_the_association_is_judged_like_everything_else(bool referenceFirst)
    {
        var warnings = Warnings();
        var (tunnel, main, number) = await GreetAsync();
        var reference = new PayloadReference(PathHash.Of("/user/echo"u8)).ToBytes();
        var large = new RawStream(tunnel);
        if (referenceFirst)
        {
            main.Send(reference);
        }

        large.Send(new CompanionHello(StreamLane.Association, number).ToBytes());
        large.Send(TestPayloads.User("/user/echo", 1, LargePayload.LeastBytes, manifest: "not allowed"));
        if (!referenceFirst)
        {
            main.Send(reference);
        }

        AwaitDrop(warnings);
        Assert.False(main.Ended.IsCompleted);
    }

    /// <summary>Whatever its type: none goes there.</summary>
    [Fact]
    public async Task A_system_message_beside_the_association_ends_it()
    {
        var (tunnel, main, number) = await GreetAsync();
        main.Send(new PayloadReference(PathHash.Of("/user/echo"u8)).ToBytes());
        var large = new RawStream(tunnel);
        large.Send(new CompanionHello(StreamLane.Association, number).ToBytes());
        large.Send(TestPayloads.System("/user/echo", 0, LargePayload.LeastBytes));

        Assert.Equal(AssociationResetCode.WrongOrigin, (await main.Ended.WaitAsync(Patience)).Code);
    }

    [Fact]
    public async Task A_large_message_of_another_type_is_dropped_and_the_association_goes_on()
    {
        var warnings = Warnings();
        var echo = await _other.System.ActorSelection(_strict.PathOf("echo")).ResolveOne(Patience);

        echo.Tell(new byte[2 * LargePayload.LeastBytes], _other.Kit.TestActor);
        var allowed = new string('x', 2 * LargePayload.LeastBytes);

        Assert.Equal(allowed, await echo.Ask<string>(allowed, Patience));
        _other.Kit.ExpectNoMsg(TimeSpan.Zero);
        AwaitDrop(warnings);
    }

    [Fact]
    public async Task Watching_and_the_end_of_the_watched_pass()
    {
        var echo = await _other.System.ActorSelection(_strict.PathOf("echo")).ResolveOne(Patience);
        var watcher = _other.Kit.CreateTestProbe();
        watcher.Watch(echo);
        var back = await _strict.System.ActorSelection(_other.PathOf(watcher.Ref)).ResolveOne(Patience);
        var strictWatcher = _strict.Kit.CreateTestProbe();
        strictWatcher.Watch(back);

        // What was said before the end shows that the watch has come.
        Assert.Equal(1, await echo.Ask<int>(1, Patience));
        _strict.System.Stop(_echo);
        watcher.ExpectTerminated(echo, Patience);
        _other.System.Stop(watcher.Ref);

        strictWatcher.ExpectTerminated(back, Patience);
    }

    private TestProbe Warnings()
    {
        var warnings = _strict.Kit.CreateTestProbe();
        _strict.System.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        return warnings;
    }

    private static void AwaitDrop(TestProbe warnings) =>
        warnings.FishForMessage<Warning>(found => $"{found.Message}".StartsWith("message dropped", StringComparison.Ordinal), Patience);

    /// <summary>Begins an association by hand, as the other system.</summary>
    /// <returns>The tunnel, the association's stream, and the number that the strict system gave it.</returns>
    private async Task<(MeshTunnel Tunnel, RawStream Main, uint Number)> GreetAsync()
    {
        var tunnel = await _other.Tunnels.OpenAsync(_strict.Tunnels.LocalEndpoints[0], null, Patience);
        var main = new RawStream(tunnel);
        main.Send(new AssociationHello(_other.Address).ToBytes());
        Assert.True(AssociationHello.TryRead((await main.Messages.ReadAsync().AsTask().WaitAsync(Patience)).Span, out var hello));
        main.Send(RawTransport.AssociateFrom(_other.Address).ToByteArray());
        return (tunnel, main, hello.Number);
    }
}
