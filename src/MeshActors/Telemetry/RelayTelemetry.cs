using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Telemetry;

/// <summary>Measures what the tunnels of all nodes of this process have carried, and how much of it relays did.</summary>
internal static class RelayTelemetry
{
    private static readonly ConcurrentDictionary<object, Func<TrafficBytes>> Nodes = new();

    static RelayTelemetry()
    {
        MeshTelemetry.Meter.CreateObservableCounter(
            "mesh.traffic.bytes", Bytes, "By", "Datagrams of tunnels both ways, UDP payload, by the kind of way.");
        MeshTelemetry.Meter.CreateObservableGauge(
            "mesh.relay.usage.ratio", () => Total().RelayedShare, "1", "The share of these bytes that went over relays.");
    }

    /// <summary>Takes a node in, until it is disposed.</summary>
    /// <param name="traffic">Reads what its tunnels have carried.</param>
    public static IDisposable Add(Func<TrafficBytes> traffic)
    {
        var node = new Registration();
        Nodes[node] = traffic;
        return node;
    }

    private static TrafficBytes Total() => Nodes.Values.Aggregate(default(TrafficBytes), (sum, traffic) => sum + traffic());

    private static IEnumerable<Measurement<long>> Bytes()
    {
        var total = Total();
        yield return new(total.Direct, new KeyValuePair<string, object?>("path", "direct"));
        yield return new(total.Punched, new KeyValuePair<string, object?>("path", "punched"));
        yield return new(total.Relayed, new KeyValuePair<string, object?>("path", "relayed"));
    }

    private sealed class Registration : IDisposable
    {
        public void Dispose() => Nodes.TryRemove(this, out _);
    }
}
