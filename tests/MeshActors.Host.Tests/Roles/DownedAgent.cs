using Akka.Cluster;
using MeshActors.Agents;

namespace MeshActors.Host.Tests.Roles;

/// <summary>Forms a cluster of its own node, and has it downed as soon as it is up.</summary>
public sealed class DownedAgent : MeshAgent
{
    public DownedAgent()
    {
        Serve<EchoText, EchoText>("downed", "1.0", request => request);
    }

    protected override void PreStart()
    {
        base.PreStart();
        var cluster = Cluster.Get(Context.System);
        cluster.RegisterOnMemberUp(() => cluster.Down(cluster.SelfAddress));
        cluster.Join(cluster.SelfAddress);
    }
}
