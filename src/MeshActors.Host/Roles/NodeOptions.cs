using System.Linq;
using MeshActors.Host.Configuration;
using MeshActors.Hosting;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Remoting;

namespace MeshActors.Host.Roles;

/// <summary>Turns the settings of a node into the options of its ActorSystems.</summary>
internal static class NodeOptions
{
    /// <summary>Name by which a node knows the backbone in its own process.</summary>
    public const string OwnBackbone = "own-backbone";

    /// <summary>The options of the system that hosts agents.</summary>
    public static void FillAgent(MeshOptions options, MeshSettings settings, MeshTransportSetup transport)
    {
        FillShared(options, settings, transport);
        options.Hostname = settings.Networking.Bind.Address.ToString();
        options.Port = settings.Networking.Bind.Port;
        options.Region = settings.Node.Region;
        options.RelayFallback = settings.Networking.RelayFallback;
        options.PortMapping = settings.Networking.PortMapping;
        options.Punching = settings.Networking.Punching;
        AddRelays(options, settings, transport);
        options.RegistrationTtl = settings.Discovery.RegistrationTtl;
        options.CacheTtl = settings.Discovery.CacheTtl;
        options.FirstRetryDelay = settings.Dispatch.FirstDelay;
        options.LargestRetryDelay = settings.Dispatch.LargestDelay;
        options.MaxAttempts = settings.Dispatch.Attempts;
        foreach (var entry in settings.Discovery.Backbones)
        {
            options.Backbones.Add(new MeshBackbone(
                entry.Name,
                [.. entry.Endpoints.Select(endpoint => $"{endpoint.Host}:{endpoint.Port}")],
                entry.Root?.ToString(),
                entry.Publish));
        }
    }

    /// <summary>The options of the system of the backbone role, which no gateway is asked to let others in to: settings name where it is reached.</summary>
    public static void FillBackbone(MeshOptions options, MeshSettings settings, MeshTransportSetup transport)
    {
        FillShared(options, settings, transport);
        options.Hostname = settings.Backbone.Bind.Address.ToString();
        options.Port = settings.Backbone.Bind.Port;
        options.IsBackbone = true;
        options.PortMapping = false;
    }

    /// <summary>The options of the system of the relay role; no gateway is asked here either.</summary>
    public static void FillRelay(MeshOptions options, MeshSettings settings, MeshTransportSetup transport)
    {
        FillShared(options, settings, transport);
        options.Hostname = settings.Relay.Bind.Address.ToString();
        options.Port = settings.Relay.Bind.Port;
        options.IsRelay = true;
        options.RelayWebSocketBind = settings.Relay.WebSocketBind?.ToString() ?? string.Empty;
        options.PortMapping = false;
        AddRelays(options, settings, transport);
    }

    /// <summary>Where only roots are pinned, the roles of one process pin each other.</summary>
    public static void Pin(MeshOptions options, MeshSettings settings, RootKey root)
    {
        if (!settings.Trust.PinnedRoots.IsEmpty)
        {
            options.PinnedRoots.Add(root.ToString());
        }
    }

    /// <summary>All but the node itself: relays of a fleet may share one list.</summary>
    private static void AddRelays(MeshOptions options, MeshSettings settings, MeshTransportSetup transport)
    {
        foreach (var entry in settings.Networking.Relays.Where(entry => entry.Root is null || entry.Root != transport.Identity?.Root))
        {
            options.Relays.Add(new MeshRelay(
                [.. entry.Endpoints.Select(Endpoints.Write)], entry.Root?.ToString())
            {
                WebSocket = entry.WebSocket,
            });
        }
    }

    private static void FillShared(MeshOptions options, MeshSettings settings, MeshTransportSetup transport)
    {
        options.Transport = transport;
        options.Realm = settings.Node.Realm;
        options.FleetSecretFile = settings.Trust.FleetSecretFile ?? string.Empty;
        options.MaxTunnels = settings.Networking.MaxTunnels;
        options.KeepAliveInterval = settings.Networking.KeepaliveInterval;
        options.HandshakeTimeout = settings.Networking.HandshakeTimeout;
        foreach (var root in settings.Trust.PinnedRoots)
        {
            options.PinnedRoots.Add(root.ToString());
        }
    }
}
