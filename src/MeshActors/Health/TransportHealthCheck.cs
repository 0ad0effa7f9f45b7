using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using Akka.Hosting;
using MeshActors.Transport.Remoting;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace MeshActors.Health;

/// <summary>Whether the mesh transport listens.</summary>
internal sealed class TransportHealthCheck : IAkkaHealthCheck
{
    public const string Name = "mesh-transport";

    public Task<HealthCheckResult> CheckHealthAsync(
        AkkaHealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var tunnels = MeshTunnels.For(context.ActorSystem);
        if (!tunnels.IsListening)
        {
            return Task.FromResult(
                new HealthCheckResult(context.Registration.FailureStatus, "The mesh transport does not listen."));
        }

        var endpoints = string.Join(", ", tunnels.LocalEndpoints);
        return Task.FromResult(HealthCheckResult.Healthy(
            $"The mesh transport listens on {endpoints}.",
            new Dictionary<string, object> { ["address"] = tunnels.Address.ToString(), ["endpoints"] = endpoints }));
    }
}
