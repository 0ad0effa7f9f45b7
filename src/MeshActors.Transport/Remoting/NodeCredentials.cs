using System;
using System.Collections.Generic;
using System.IO;
using Akka.Configuration;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Files;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>Who a node is and whom it talks to, from code (<see cref="MeshTransportSetup"/>) or from files (HOCON).</summary>
/// <remarks>
/// Without either, a node that is bound to loopback trusts who holds a secret of this user: a file in
/// <see cref="UserDirectory"/>, readable by its owner alone, made on first use. Any other bind without a fleet secret or
/// pinned roots is a configuration error. Disposes what it loaded, not what it was handed.
/// </remarks>
internal sealed class NodeCredentials : IDisposable
{
    /// <summary>Name of the per-user secret's file.</summary>
    public const string LoopbackSecretFile = "loopback.secret";

    /// <summary>Certificates of identities that HOCON alone set up; a process that runs longer needs the task of rotating keys.</summary>
    private static readonly TimeSpan CertificateValidity = TimeSpan.FromDays(30);

    private readonly List<IDisposable> _owned;

    private NodeCredentials(MeshTransportSetup setup, NodeIdentity identity, TrustSettings trust, List<IDisposable> owned)
    {
        _owned = owned;
        Identity = identity;
        Trust = trust;
        Resolver = setup.Resolver;
        OverSockets = setup.OverSockets;
        Clock = setup.Clock;
        Random = setup.Random;
    }

    /// <summary>Where this user's files of the mesh are; empty when the user has no such directory.</summary>
    public static string UserDirectory
    {
        get
        {
            var local = Environment.GetFolderPath(
                Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
            return local.Length == 0 ? string.Empty : Path.Combine(local, "meshactors");
        }
    }

    public NodeIdentity Identity { get; }

    public TrustSettings Trust { get; }

    public IMeshResolver? Resolver { get; }

    /// <summary>Stands between the engine and its sockets; null for nothing.</summary>
    public Func<IDatagramSockets, IDatagramSockets>? OverSockets { get; }

    public Clock Clock { get; }

    public IRandomSource Random { get; }

    /// <summary>Takes what code handed in, and loads the rest.</summary>
    /// <param name="settings">The section.</param>
    /// <param name="setup">What code handed in.</param>
    /// <param name="isLoopback">True when only this machine can reach the node.</param>
    /// <exception cref="ConfigurationException">Something is missing, given twice, or a file cannot be used.</exception>
    public static NodeCredentials Load(MeshTransportSettings settings, MeshTransportSetup setup, bool isLoopback)
    {
        var owned = new List<IDisposable>();
        try
        {
            var trust = LoadTrust(settings, setup, isLoopback, owned);
            var identity = LoadIdentity(settings, setup, owned);
            return new NodeCredentials(setup, identity, trust, owned);
        }
        catch
        {
            owned.ForEach(secret => secret.Dispose());
            throw;
        }
    }

    public void Dispose() => _owned.ForEach(secret => secret.Dispose());

    private static TrustSettings LoadTrust(
        MeshTransportSettings settings, MeshTransportSetup setup, bool isLoopback, List<IDisposable> owned)
    {
        if (setup.Trust is { } given)
        {
            RequireUnset(settings.FleetSecretFile is null && settings.PinnedRoots.IsEmpty, "fleet-secret-file and pinned-roots");
            return given;
        }

        var secrets = new List<FleetSecret>();
        if (settings.FleetSecretFile is { } file)
        {
            secrets.Add(Own(Read("fleet-secret-file", () => SecretFile.Load(file)), owned));
        }
        else if (settings.PinnedRoots.IsEmpty)
        {
            secrets.Add(Own(LoadUserSecret(setup, isLoopback), owned));
        }

        return new TrustSettings(settings.Realm, secrets, settings.PinnedRoots);
    }

    private static FleetSecret LoadUserSecret(MeshTransportSetup setup, bool isLoopback)
    {
        if (!isLoopback)
        {
            throw new ConfigurationException(
                $"{MeshTransportSettings.Path} is bound to an address that others can reach and trusts nobody: set "
                + "fleet-secret-file or pinned-roots, or bind to a loopback address.");
        }

        if (UserDirectory.Length == 0)
        {
            throw new ConfigurationException(
                $"{MeshTransportSettings.Path} has neither fleet-secret-file nor pinned-roots, and this user has no "
                + "local application data directory for a secret of their own: set fleet-secret-file.");
        }

        return Read(
            "fleet-secret-file",
            () => SecretFile.LoadOrCreate(Path.Combine(UserDirectory, LoopbackSecretFile), setup.Random));
    }

    private static NodeIdentity LoadIdentity(
        MeshTransportSettings settings, MeshTransportSetup setup, List<IDisposable> owned)
    {
        if (setup.Identity is { } given)
        {
            RequireUnset(settings.IdentityPath is null, "identity-path");
            return !settings.IsRelay || given.Certificate.Roles.HasFlag(NodeRoles.Relay)
                ? given
                : throw new ConfigurationException(
                    $"{MeshTransportSettings.Path}.is-relay is on, and the certificate that the program hands in does not have the relay role.");
        }

        using var stored = settings.IdentityPath is { } path
            ? Read("identity-path", () => IdentityFile.LoadOrCreate(path, settings.Realm, setup.Random))
            : new StoredIdentity(RootIdentity.Create(setup.Random), settings.Realm, salt: 0);
        return Own(Issue(stored, settings.IsRelay ? NodeRoles.Agent | NodeRoles.Relay : NodeRoles.Agent, setup), owned);
    }

    private static NodeIdentity Issue(StoredIdentity stored, NodeRoles roles, MeshTransportSetup setup)
    {
        Span<byte> key = stackalloc byte[RootKey.Size];
        stored.Root.PublicKey.CopyTo(key);
        var salt = stored.Salt;
        var address = AddressDerivation.First(key, stored.Realm, ref salt);
        return NodeIdentity.Issue(
            stored.Root,
            address,
            salt,
            roles,
            setup.Clock.UtcNow,
            CertificateValidity,
            setup.Random);
    }

    private static T Own<T>(T secret, List<IDisposable> owned)
        where T : IDisposable
    {
        owned.Add(secret);
        return secret;
    }

    private static T Read<T>(string key, Func<T> read)
    {
        try
        {
            return read();
        }
        catch (KeyFileException failure)
        {
            throw new ConfigurationException($"{MeshTransportSettings.Path}.{key} is {failure.Message}", failure);
        }
    }

    private static void RequireUnset(bool condition, string keys)
    {
        if (!condition)
        {
            throw new ConfigurationException(
                $"{MeshTransportSettings.Path}: {keys} must not be set, because the program hands them in by code.");
        }
    }
}
