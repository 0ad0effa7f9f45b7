using System;
using System.IO;
using MeshActors.Host.Cli;
using MeshActors.Host.Configuration;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Roles;

/// <summary>The keys one role of the node runs with: the root key of its file, certified for as long as keys may count.</summary>
internal sealed class NodeKeys : IDisposable
{
    private readonly string _file;
    private readonly IRandomSource _random;

    private NodeKeys(string file, NodeIdentity identity, IRandomSource random)
    {
        _file = file;
        Identity = identity;
        _random = random;
    }

    public NodeIdentity Identity { get; }

    /// <summary>Reads the file, or makes it and its directory on first use, and issues a certificate with fresh keys.</summary>
    /// <param name="settings">Where the file is and how long certificates count.</param>
    /// <param name="name">Name of the file in the identity directory.</param>
    /// <param name="realm">The address space.</param>
    /// <param name="roles">What the certificate says the node does.</param>
    /// <param name="clock">Time of issue.</param>
    /// <param name="random">Where keys come from.</param>
    /// <exception cref="CommandFailure">The file cannot be used; it is left as it is.</exception>
    public static NodeKeys Load(
        IdentitySettings settings, string name, ushort realm, NodeRoles roles, Clock clock, IRandomSource random)
    {
        var file = Path.Combine(settings.Directory, name);
        try
        {
            using var stored = IdentityFile.LoadOrCreate(file, realm, random);
            Span<byte> root = stackalloc byte[RootKey.Size];
            stored.Root.PublicKey.CopyTo(root);
            var salt = stored.Salt;
            var address = AddressDerivation.First(root, realm, ref salt);
            var longest = NodeCertificate.LongestValidity - NodeIdentity.ClockAllowance;
            var wanted = settings.RotationInterval + settings.Overlap;
            var identity = NodeIdentity.Issue(
                stored.Root, address, salt, roles, clock.UtcNow, wanted < longest ? wanted : longest, random);
            return new NodeKeys(file, identity, random);
        }
        catch (KeyFileException exception)
        {
            throw new CommandFailure(
                ErrorCodes.Identity, exception.Message, "Correct the file, or set mesh.identity.path to another directory.", inner: exception);
        }
    }

    /// <summary>Another root holds this address: the next start takes the address of the next salt.</summary>
    public void StoreNextSalt()
    {
        var salt = Identity.Certificate.Salt;
        if (salt == ushort.MaxValue)
        {
            throw new CommandFailure(
                ErrorCodes.Identity, "All 65,536 addresses of this root key are taken.", "Move the identity file away: the node gets another root key.");
        }

        IdentityFile.StoreSalt(_file, (ushort)(salt + 1), _random);
    }

    public void Dispose() => Identity.Dispose();
}
