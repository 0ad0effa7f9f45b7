using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Cluster;
using Akka.Hosting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MeshActors.Health;

/// <summary>Whether the node is a member of its cluster, and whether it reaches the others; "degraded" while a member is unreachable.</summary>
internal sealed class ClusterHealthCheck : IAkkaHealthCheck
{
    public const string Name = "mesh-cluster";

    public Task<HealthCheckResult> CheckHealthAsync(
        AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var cluster = Cluster.Get(context.ActorSystem);
        var state = cluster.State;
        var self = state.Members.FirstOrDefault(member => member.UniqueAddress.Equals(cluster.SelfUniqueAddress));
        var unreachable = state.Unreachable.Where(member => !member.UniqueAddress.Equals(cluster.SelfUniqueAddress)).ToList();
        var figures = new Dictionary<string, object>
        {
            ["status"] = self?.Status.ToString() ?? "none",
            ["members"] = state.Members.Count,
            ["unreachable"] = unreachable.Count,
        };
        return Task.FromResult(self?.Status is not (MemberStatus.Up or MemberStatus.WeaklyUp)
            ? new HealthCheckResult(
                context.Registration.FailureStatus,
                self is null ? "This node has not joined a cluster." : $"This node is {self.Status} in its cluster.",
                data: figures)
            : unreachable.Count > 0
            ? HealthCheckResult.Degraded($"Unreachable: {string.Join(", ", unreachable.Select(member => member.Address))}.", data: figures)
            : HealthCheckResult.Healthy($"Up, with {state.Members.Count} members.", figures));
    }
}
