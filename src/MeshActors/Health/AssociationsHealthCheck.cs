using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Akka.Hosting;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Tunnels;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MeshActors.Health;

/// <summary>How many peers are out of reach: whose tunnel waits to be restored, and to whom Akka does not talk for now. Any is "degraded": peers come and go.</summary>
internal sealed class AssociationsHealthCheck : IAkkaHealthCheck
{
    public const string Name = "mesh-associations";

    public Task<HealthCheckResult> CheckHealthAsync(
        AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var tunnels = MeshTunnels.For(context.ActorSystem);
        var (gated, quarantined) = AssociationWatch.For(context.ActorSystem).Look();
        var snapshot = tunnels.IsListening ? tunnels.Snapshot() : [];
        var waiting = snapshot.Count(tunnel => tunnel.State == TunnelState.Failed);
        var open = snapshot.Count(tunnel => tunnel.State == TunnelState.Open);
        var figures = new Dictionary<string, object>
        {
            ["open"] = open,
            ["waiting"] = waiting,
            ["gated"] = gated.Count,
            ["quarantined"] = quarantined.Count,
        };
        return Task.FromResult(waiting + gated.Count == 0
            ? HealthCheckResult.Healthy($"{open} tunnels are open.", figures)
            : HealthCheckResult.Degraded(
                $"{waiting} tunnels wait to be restored; gated: {(gated.Count == 0 ? "none" : string.Join(", ", gated))}.",
                data: figures));
    }
}
