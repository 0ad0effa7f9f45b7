using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;

namespace MeshActors.Transport.Identity;

/// <summary>What a node needs to shake hands: its certificate and the private keys that the certificate names.</summary>
/// <remarks>The root key is not in it: it is needed only to issue the next one.</remarks>
internal sealed class NodeIdentity : IDisposable
{
    /// <summary>Validity begins this long before the issue, for peers whose clock is behind.</summary>
    public static readonly TimeSpan ClockAllowance = TimeSpan.FromMinutes(5);

    /// <summary>Takes both key pairs over; they should be those that the certificate names, or no peer will answer.</summary>
    public NodeIdentity(NodeCertificate certificate, X25519KeyPair staticKey, Ed25519KeyPair operationalKey)
    {
        Certificate = certificate;
        StaticKey = staticKey;
        OperationalKey = operationalKey;
    }

    public NodeCertificate Certificate { get; }

    public RootKey Root => Certificate.Root;

    public MeshAddress Address => Certificate.Address;

    /// <summary>Noise's static key pair.</summary>
    internal X25519KeyPair StaticKey { get; }

    /// <summary>Signs what the root key does not.</summary>
    internal Ed25519KeyPair OperationalKey { get; }

    /// <summary>Makes fresh operational and X25519 keys and has the root key certify them.</summary>
    /// <param name="root">Signs; not kept.</param>
    /// <param name="address">The address derived from the root key with <paramref name="salt"/>.</param>
    /// <param name="salt">The salt number.</param>
    /// <param name="roles">What the node does.</param>
    /// <param name="now">Time of issue, the key version.</param>
    /// <param name="validity">How long from now on; with <see cref="ClockAllowance"/> at most
    /// <see cref="NodeCertificate.LongestValidity"/>.</param>
    /// <param name="random">Where the keys come from.</param>
    /// <param name="suites">What is offered; all that this machine can do when not given.</param>
    public static NodeIdentity Issue(
        RootIdentity root,
        MeshAddress address,
        ushort salt,
        NodeRoles roles,
        DateTimeOffset now,
        TimeSpan validity,
        IRandomSource random,
        CipherSuites? suites = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(validity, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(validity, NodeCertificate.LongestValidity - ClockAllowance);
        var operationalKey = Ed25519KeyPair.Generate(random);
        var staticKey = X25519KeyPair.Generate(random);
        var certificate = NodeCertificate.Sign(
            root,
            address,
            salt,
            roles,
            suites ?? CipherSuiteChoice.Supported,
            issued: now,
            validFrom: now - ClockAllowance,
            validUntil: now + validity,
            operationalKey.PublicKey,
            staticKey.PublicKey);
        return new NodeIdentity(certificate, staticKey, operationalKey);
    }

    public void Dispose()
    {
        StaticKey.Dispose();
        OperationalKey.Dispose();
    }
}
