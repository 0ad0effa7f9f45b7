using System;
using System.Collections.Concurrent;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;

namespace MeshActors.TestKit.Simulation;

/// <summary>Identities of simulated nodes: real keys, certificates and derivations, made from numbers and only once.</summary>
internal static class SimIdentities
{
    /// <summary>Wall time at the start of every simulation.</summary>
    public static readonly DateTimeOffset Epoch = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static readonly ConcurrentDictionary<(int Number, NodeRoles Roles), NodeIdentity> Issued = new();
    private static readonly ConcurrentDictionary<AddressClaim, MeshAddress?> Derived = new();

    /// <summary>The identity of a number, valid for 14 days from <see cref="Epoch"/>.</summary>
    public static NodeIdentity Of(int number, NodeRoles roles = NodeRoles.Agent) => Issued.GetOrAdd((number, roles), Issue);

    /// <summary>What a claim derives to.</summary>
    public static MeshAddress? Derive(AddressClaim claim) => Derived.GetOrAdd(claim, made => made.Derive());

    /// <summary>The secret of the simulated fleet.</summary>
    public static FleetSecret Secret() => FleetSecret.Generate(new SimRandom(0x5EC2E7));

    private static NodeIdentity Issue((int Number, NodeRoles Roles) who)
    {
        var (number, roles) = who;
        var random = new SimRandom(unchecked((ulong)number + 1));
        using var root = RootIdentity.Create(random);
        Span<byte> key = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(key);
        var address = AddressDerivation.Derive(key, realm: 0, salt: 0)
            ?? throw new InvalidOperationException($"Simulated node {number} derives to no address: take another number.");
        return NodeIdentity.Issue(root, address, 0, roles, Epoch, TimeSpan.FromDays(14), random);
    }
}
