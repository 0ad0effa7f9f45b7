using Akka.Actor;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>Sends each message back.</summary>
internal sealed class Echo : UntypedActor
{
    protected override void OnReceive(object message) => Sender.Tell(message);
}
