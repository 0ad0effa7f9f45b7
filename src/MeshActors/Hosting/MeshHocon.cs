using System.Globalization;
using System.Linq;
using System.Text.Encodings.Web;
using System.Text.Json;
using Akka.Configuration;
using MeshActors.Clusters;

namespace MeshActors.Hosting;

/// <summary>The part of a node's options that the transport reads as <c>akka.remote.mesh</c>.</summary>
internal static class MeshHocon
{
    private static readonly JsonSerializerOptions Quoting = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes the section, enables the transport, and says of the cluster what the program may not.</summary>
    public static Config Write(MeshOptions options) => options.Cluster is { } cluster
        ? ClusterHocon.Write(cluster, options.Region).WithFallback(WriteTransport(options))
        : WriteTransport(options);

    private static Config WriteTransport(MeshOptions options) => ConfigurationFactory.ParseString(string.Create(
        CultureInfo.InvariantCulture,
        $$"""
        akka.remote.enabled-transports = ["akka.remote.mesh"]
        akka.remote.mesh {
          transport-class = "MeshActors.Transport.Remoting.MeshTransport, MeshActors.Transport"
          hostname = {{Quote(options.Hostname)}}
          port = {{options.Port}}
          public-hostname = {{Quote(options.PublicHostname)}}
          public-port = {{options.PublicPort}}
          realm = {{options.Realm}}
          identity-path = {{Quote(options.IdentityPath)}}
          fleet-secret-file = {{Quote(options.FleetSecretFile)}}
          pinned-roots = [{{string.Join(", ", options.PinnedRoots.Select(Quote))}}]
          relays = [{{string.Join(", ", options.Relays.Select(Write))}}]
          is-relay = {{Write(options.IsRelay)}}
          relay-websocket-bind = {{Quote(options.RelayWebSocketBind)}}
          relay-fallback = {{Write(options.RelayFallback)}}
          nat { port-mapping = {{Write(options.PortMapping)}}, punching = {{Write(options.Punching)}} }
          max-tunnels = {{options.MaxTunnels}}
          keepalive-interval = {{options.KeepAliveInterval.TotalMilliseconds}} ms
          handshake-timeout = {{options.HandshakeTimeout.TotalMilliseconds}} ms
        }
        """));

    private static string Write(MeshRelay relay) =>
        $"{{ endpoints = [{string.Join(", ", relay.Endpoints.Select(Quote))}], root = {Quote(relay.Root ?? string.Empty)}, "
        + $"websocket = {Quote(relay.WebSocket?.OriginalString ?? string.Empty)} }}";

    private static string Write(bool isOn) => isOn ? "on" : "off";

    private static string Quote(string text) => JsonSerializer.Serialize(text, Quoting);
}
