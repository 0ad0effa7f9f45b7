using System.Collections.Generic;
using System.Diagnostics.Metrics;
using MeshActors.Telemetry;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.WebSockets;
using Xunit;

namespace MeshActors.Tests.Telemetry;

/// <summary>What is measured of relays and of the connections to them. Other tests' nodes are measured along, so only differences count.</summary>
public sealed class RelayTelemetryTests
{
    [Fact]
    public void Peers_behind_relays_are_counted_by_what_came_of_guessing_ports()
    {
        RelayedPeer[] peers =
        [
            PeerOf("nothing-fits", isRelayed: true),
            PeerOf("nothing-fits", isRelayed: true),
            PeerOf("nothing-came", isRelayed: true),
            PeerOf("found", isRelayed: false),
        ];
        using var node = RelayTelemetry.Add(new NodeMeasures(() => default, () => [.. peers], () => default));

        var measured = Measure("mesh.relay.peers");

        Assert.True(measured["nothing-fits"] >= 2);
        Assert.True(measured["nothing-came"] >= 1);
        Assert.False(measured.ContainsKey("found"));
    }

    [Fact]
    public void Connections_of_all_nodes_are_measured_as_they_count_them()
    {
        var connections = new ConnectionStatistics(
            Open: 100_000, 200_000, Accepted: 300_000, Refused: 400_000, Failed: 500_000, 600_000, 700_000, 800_000, 900_000, 1_000_000);
        using var one = RelayTelemetry.Add(new NodeMeasures(() => default, () => [], () => connections));
        using var two = RelayTelemetry.Add(new NodeMeasures(() => default, () => [], () => connections with { Accepted = 1_000_000 }));

        Assert.InRange(Measure("mesh.connection.open")[string.Empty], 200_000, 299_999);
        var counted = Measure("mesh.connection.count");
        Assert.InRange(counted["opened"], 400_000, 499_999);
        Assert.InRange(counted["accepted"], 1_300_000, 1_399_999);
        Assert.InRange(counted["refused"], 800_000, 899_999);
        Assert.InRange(counted["failed"], 1_000_000, 1_099_999);
        Assert.True(Measure("mesh.connection.bytes")["sent"] >= 1_400_000);
        Assert.True(Measure("mesh.connection.bytes")["received"] >= 2_000_000);
        Assert.InRange(Measure("mesh.connection.datagrams")["dropped"], 1_600_000, 1_699_999);
    }

    private static RelayedPeer PeerOf(string guessing, bool isRelayed) =>
        new(new MeshAddress(0, 1), 1, "unknown", "unknown", guessing, string.Empty, isRelayed);

    private static Dictionary<string, long> Measure(string name)
    {
        var measured = new Dictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Name == name)
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>(
            (_, value, tags, _) => measured[tags.IsEmpty ? string.Empty : (string)tags[0].Value!] = value);
        listener.Start();
        listener.RecordObservableInstruments();
        return measured;
    }
}
