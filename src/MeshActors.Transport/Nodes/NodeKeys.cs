using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Nodes;

/// <summary>Who a node is and whom it trusts, out of the files that its options name; wiped when disposed.</summary>
internal sealed class NodeKeys : IDisposable
{
    private static readonly TimeSpan CertificateValidity = TimeSpan.FromDays(30);

    private readonly List<FleetSecret> _secrets;

    private NodeKeys(NodeIdentity identity, List<FleetSecret> secrets, TrustSettings trust)
    {
        Identity = identity;
        Trust = trust;
        _secrets = secrets;
    }

    public NodeIdentity Identity { get; }

    public TrustSettings Trust { get; }

    /// <summary>Reads the files and derives the address, which takes some 16 ms and 16 MiB for a while.</summary>
    /// <exception cref="KeyFileException">A file cannot be used.</exception>
    public static NodeKeys Load(TunnelNodeOptions options, Clock clock, IRandomSource random)
    {
        var secrets = new List<FleetSecret>();
        try
        {
            foreach (var file in options.FleetSecretFiles)
            {
                secrets.Add(SecretFile.Load(file));
            }

            var trust = new TrustSettings(options.Realm, secrets, options.PinnedRoots);
            return new NodeKeys(Issue(options, clock, random), secrets, trust);
        }
        catch
        {
            secrets.ForEach(secret => secret.Dispose());
            throw;
        }
    }

    public void Dispose()
    {
        Identity.Dispose();
        _secrets.ForEach(secret => secret.Dispose());
    }

    private static NodeIdentity Issue(TunnelNodeOptions options, Clock clock, IRandomSource random)
    {
        using var stored = options.IdentityPath is { } path
            ? IdentityFile.LoadOrCreate(path, options.Realm, random)
            : new StoredIdentity(RootIdentity.Create(random), options.Realm, salt: 0);
        Span<byte> key = stackalloc byte[RootKey.Size];
        stored.Root.PublicKey.CopyTo(key);
        var salt = stored.Salt;
        var address = AddressDerivation.First(key, stored.Realm, ref salt);
        return NodeIdentity.Issue(
            stored.Root, address, salt, options.IsRelay ? NodeRoles.Agent | NodeRoles.Relay : NodeRoles.Agent, clock.UtcNow, CertificateValidity, random);
    }
}
