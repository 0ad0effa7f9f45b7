using System;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Files;

/// <summary>What an identity file holds: the root key, and the address space and salt number that its address comes from.</summary>
internal sealed class StoredIdentity : IDisposable
{
    /// <summary>Takes the root over.</summary>
    public StoredIdentity(RootIdentity root, ushort realm, ushort salt)
    {
        Root = root;
        Realm = realm;
        Salt = salt;
    }

    public RootIdentity Root { get; }

    public ushort Realm { get; }

    /// <summary>The first salt number to try.</summary>
    public ushort Salt { get; }

    public void Dispose() => Root.Dispose();
}
