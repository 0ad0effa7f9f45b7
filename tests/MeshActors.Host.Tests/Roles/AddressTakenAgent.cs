using MeshActors.Agents;
using MeshActors.Discovery;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Says what discovery says when another root key holds the node's address.</summary>
public sealed class AddressTakenAgent : MeshAgent
{
    public AddressTakenAgent()
    {
        Serve<EchoText, EchoText>("unlucky", "1.0", request => request);
    }

    protected override void PreStart()
    {
        base.PreStart();
        Context.System.EventStream.Publish(new AddressTaken("home"));
    }
}
