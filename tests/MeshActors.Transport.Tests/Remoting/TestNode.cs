using System;
using System.Threading.Tasks;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using MeshActors.Transport.Remoting;
using AkkaTestKit = Akka.TestKit.Xunit2.TestKit;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A plain ActorSystem over a real mesh transport on loopback, configured by HOCON alone.</summary>
internal sealed class TestNode : IAsyncDisposable
{
    /// <summary>The three lines that are enough in any Akka.NET program.</summary>
    public const string ThreeLines =
        """
        akka.actor.provider = remote
        akka.remote.enabled-transports = ["akka.remote.mesh"]
        akka.remote.mesh { transport-class = "MeshActors.Transport.Remoting.MeshTransport, MeshActors.Transport" }
        """;

    private TestNode(ActorSystem system)
    {
        System = system;
        Kit = new AkkaTestKit(system);
        Address = ((ExtendedActorSystem)system).Provider.DefaultAddress;
    }

    public ActorSystem System { get; }

    public AkkaTestKit Kit { get; }

    /// <summary>What other systems reach this one by.</summary>
    public Address Address { get; }

    public MeshTunnels Tunnels => MeshTunnels.For(System);

    /// <summary>Starts a system; whatever <paramref name="hocon"/> says comes before the three lines and the test kit's own.</summary>
    public static TestNode Start(string name, string hocon = "", Setup? setup = null)
    {
        var config = ConfigurationFactory.ParseString(hocon)
            .WithFallback(ConfigurationFactory.ParseString(ThreeLines))
            .WithFallback(AkkaTestKit.DefaultConfig);
        var bootstrap = BootstrapSetup.Create().WithConfig(config);
        return new TestNode(ActorSystem.Create(name, setup is null ? ActorSystemSetup.Create(bootstrap) : bootstrap.And(setup)));
    }

    /// <summary>The path of an actor of this node, as others write it.</summary>
    public string PathOf(string actor) => $"{Address}/user/{actor}";

    /// <summary>The path of any actor of this node, as others write it.</summary>
    public string PathOf(IActorRef actor) => $"{Address}{actor.Path.ToStringWithoutAddress()}";

    public async ValueTask DisposeAsync()
    {
        await System.Terminate();
        Kit.Dispose();
    }
}
