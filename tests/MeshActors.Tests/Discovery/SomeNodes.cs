using System;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Tests.Discovery;

/// <summary>Nodes by number, each with a root key and a signed certificate of its own.</summary>
internal static class SomeNodes
{
    public static readonly DateTimeOffset Issued = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ConcurrentDictionary<(int Root, int Address), NodeIdentity> Identities = new();

    public static MeshAddress Address(int number) => new(0, (ulong)number + 1);

    /// <summary>The identity of root key <paramref name="root"/> at address <paramref name="address"/>.</summary>
    public static NodeIdentity Identity(int root, int address) => Identities.GetOrAdd((root, address), static key =>
    {
        var seed = new byte[32];
        BitConverter.TryWriteBytes(seed, key.Root + 1);
        using var identity = RootIdentity.FromSeed(seed);
        return NodeIdentity.Issue(
            identity,
            Address(key.Address),
            0,
            NodeRoles.Agent,
            Issued,
            TimeSpan.FromDays(14),
            new SimRandom((ulong)key.Root));
    });

    public static PeerRecord Peer(int number) => Peer(number, number);

    public static PeerRecord Peer(int root, int address) =>
        new(Identity(root, address).Certificate, [Endpoint($"10.0.0.{address + 1}:7400")]);

    public static NodeRecord Record(int number, params string[] capabilities) =>
        new(Peer(number), null, 1, [.. capabilities.Select(name => Offer(name))]);

    public static CapabilityDescriptor Offer(string name, string version = "1.0", params string[] tags) =>
        new(name, CapabilityVersion.Parse(version), tags: tags);

    public static RecordQuestion Ask(string capability, CapabilityFilter? filter = null) =>
        new(capability, filter ?? CapabilityFilter.Any);

    public static UdpEndpoint Endpoint(string text) =>
        UdpEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException(text);

    public static ImmutableArray<MeshAddress> Addresses(params int[] numbers) => [.. numbers.Select(Address)];
}
