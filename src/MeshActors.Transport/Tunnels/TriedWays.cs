using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Globalization;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Says for people which ways to a peer were tried: endpoint, kind, state, last answer.</summary>
internal static class TriedWays
{
    /// <summary>Ways named at most; the rest are counted.</summary>
    public const int Most = 8;

    /// <summary>Writes them, those that answered last first, then those that never did.</summary>
    /// <param name="agent">What is known of paths; null before the first session.</param>
    /// <param name="dialled">Where the last handshake of its own went.</param>
    /// <param name="relayOf">Says which relay an endpoint is behind; null when no relay is used.</param>
    /// <param name="now">The present.</param>
    /// <returns>Empty when nothing was tried.</returns>
    public static string Describe(
        PathAgent? agent, ImmutableArray<UdpEndpoint> dialled, Func<UdpEndpoint, MeshAddress?>? relayOf, MonoTime now)
    {
        var ways = new List<string>();
        foreach (var path in agent?.Paths.OrderByDescending(path => path.LastHeard) ?? Enumerable.Empty<PeerPath>())
        {
            var state = path == agent!.Active && path.State == PathState.Valid ? "in use" : path.State.ToString().ToLowerInvariant();
            ways.Add($"{Name(path.Endpoint, relayOf)} ({state}, {LastAnswer(path, now)})");
        }

        ways.AddRange(dialled.Where(endpoint => agent?.Paths.Find(endpoint) is null)
            .Select(endpoint => $"{Name(endpoint, relayOf)} (dialled, no answer)"));
        var more = ways.Count > Most ? string.Create(CultureInfo.InvariantCulture, $", and {ways.Count - Most} more") : string.Empty;
        return string.Join(", ", ways.Take(Most)) + more;
    }

    private static string Name(UdpEndpoint endpoint, Func<UdpEndpoint, MeshAddress?>? relayOf) =>
        PeerPaths.KindOf(endpoint) == PathKind.Relayed
            ? relayOf?.Invoke(endpoint) is { } relay ? $"relay {relay}" : "a relay no longer used"
            : ConnectionEndpoint.TryRead(endpoint, out _) ? "a connection"
            : $"direct {Plain(endpoint)}";

    private static UdpEndpoint Plain(UdpEndpoint endpoint) =>
        SocketEndpoint.TryRead(endpoint, out _, out var there) ? there : endpoint;

    private static string LastAnswer(PeerPath path, MonoTime now) => path.WasValid
        ? string.Create(CultureInfo.InvariantCulture, $"last answer {(now - path.LastHeard).TotalSeconds:0.0} s ago")
        : "no answer";
}
