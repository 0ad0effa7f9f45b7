using System;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Event;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
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
        var warnings = _strict.Kit.CreateTestProbe();
        _strict.System.EventStream.Subscribe(warnings.Ref, typeof(Warning));
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
        var warnings = _strict.Kit.CreateTestProbe();
        _strict.System.EventStream.Subscribe(warnings.Ref, typeof(Warning));
        var tunnel = await _other.Tunnels.OpenAsync(_strict.Tunnels.LocalEndpoints[0], null, Patience);
        var main = new RawStream(tunnel);
        main.Send(new AssociationHello(_other.Address).ToBytes());
        Assert.True(AssociationHello.TryRead((await main.Messages.ReadAsync().AsTask().WaitAsync(Patience)).Span, out var hello));
        main.Send(RawTransport.AssociateFrom(_other.Address).ToByteArray());

        var control = new RawStream(tunnel, StreamLane.Control);
        control.Send(new CompanionHello(StreamLane.Control, hello.Number).ToBytes());
        control.Send(TestPayloads.User("/user/echo", 1, manifest: "not allowed"));

        warnings.FishForMessage<Warning>(found => $"{found.Message}".StartsWith("message dropped", StringComparison.Ordinal), Patience);
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
}
