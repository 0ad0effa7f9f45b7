using Akka.Actor;

namespace MeshActors.Benchmarks.Remoting;

/// <summary>Sends each message back.</summary>
internal sealed class EchoActor : UntypedActor
{
    /// <summary>Its name.</summary>
    public const string Name = "echo";

    protected override void OnReceive(object message) => Sender.Tell(message);
}
