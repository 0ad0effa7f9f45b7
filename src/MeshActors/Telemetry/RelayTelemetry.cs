using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics.Metrics;
using System.Linq;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.WebSockets;

namespace MeshActors.Telemetry;

/// <summary>Measures what the tunnels of all nodes of this process have carried, how much of it relays did and for whom, and the WebSockets between relays and clients.</summary>
internal static class RelayTelemetry
{
    private static readonly ConcurrentDictionary<object, NodeMeasures> Nodes = new();

    static RelayTelemetry()
    {
        var meter = MeshTelemetry.Meter;
        meter.CreateObservableCounter(
            "mesh.traffic.bytes", Bytes, "By", "Datagrams of tunnels both ways, UDP payload, by the kind of way.");
        meter.CreateObservableGauge(
            "mesh.relay.usage.ratio", () => Total().RelayedShare, "1", "The share of these bytes that went over relays.");
        meter.CreateObservableGauge(
            "mesh.relay.peers", Peers, "{peer}", "Peers that relays carry now, by what has come of guessing ports.");
        meter.CreateObservableGauge(
            "mesh.connection.open", () => Sum(connections => connections.Open), "{connection}", "WebSockets that are open, to relays and of clients.");
        meter.CreateObservableCounter(
            "mesh.connection.count", Connections, "{connection}", "WebSockets by what became of them: opened to relays, accepted of clients, refused, failed.");
        meter.CreateObservableCounter(
            "mesh.connection.bytes", ConnectionBytes, "By", "Datagrams over WebSockets, by direction.");
        meter.CreateObservableCounter(
            "mesh.connection.datagrams", ConnectionDatagrams, "{datagram}", "Datagrams over WebSockets: sent, received, dropped since they could not wait.");
    }

    /// <summary>Takes a node in, until it is disposed.</summary>
    public static IDisposable Add(NodeMeasures measures)
    {
        var node = new Registration();
        Nodes[node] = measures;
        return node;
    }

    private static TrafficBytes Total() =>
        Nodes.Values.Aggregate(default(TrafficBytes), (sum, node) => sum + node.Traffic());

    private static long Sum(Func<ConnectionStatistics, long> of) => Nodes.Values.Sum(node => of(node.Connections()));

    private static IEnumerable<Measurement<long>> Bytes()
    {
        var total = Total();
        yield return Of(total.Direct, "path", "direct");
        yield return Of(total.Punched, "path", "punched");
        yield return Of(total.Relayed, "path", "relayed");
    }

    private static IEnumerable<Measurement<long>> Peers() => Nodes.Values
        .SelectMany(node => node.RelayedPeers())
        .Where(peer => peer.IsRelayed)
        .CountBy(peer => peer.Guessing)
        .Select(outcome => Of(outcome.Value, "guessing", outcome.Key));

    private static IEnumerable<Measurement<long>> Connections()
    {
        yield return Of(Sum(connections => connections.Opened), "outcome", "opened");
        yield return Of(Sum(connections => connections.Accepted), "outcome", "accepted");
        yield return Of(Sum(connections => connections.Refused), "outcome", "refused");
        yield return Of(Sum(connections => connections.Failed), "outcome", "failed");
    }

    private static IEnumerable<Measurement<long>> ConnectionBytes()
    {
        yield return Of(Sum(connections => connections.BytesSent), "direction", "sent");
        yield return Of(Sum(connections => connections.BytesReceived), "direction", "received");
    }

    private static IEnumerable<Measurement<long>> ConnectionDatagrams()
    {
        yield return Of(Sum(connections => connections.DatagramsSent), "outcome", "sent");
        yield return Of(Sum(connections => connections.DatagramsReceived), "outcome", "received");
        yield return Of(Sum(connections => connections.DatagramsDropped), "outcome", "dropped");
    }

    private static Measurement<long> Of(long value, string label, string of) =>
        new(value, new KeyValuePair<string, object?>(label, of));

    private sealed class Registration : IDisposable
    {
        public void Dispose() => Nodes.TryRemove(this, out _);
    }
}
