using Akka.Cluster;
using MeshActors.Agents;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Forms a cluster of its own node.</summary>
public sealed class JoiningAgent : MeshAgent
{
    public JoiningAgent()
    {
        Serve<EchoText, EchoText>("first", "1.0", request => request);
    }

    protected override void PreStart()
    {
        base.PreStart();
        var cluster = Cluster.Get(Context.System);
        cluster.Join(cluster.SelfAddress);
    }
}
