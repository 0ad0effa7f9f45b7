using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>The questions a peer's certificate has to answer, cheapest first (docs/protocol.md 2.2).</summary>
/// <remarks>Two remain for the caller: policy before <see cref="Signature"/>, and the address derivation after it.</remarks>
internal static class CertificateCheck
{
    /// <summary>All that needs no cryptography.</summary>
    /// <param name="certificate">Well-formed.</param>
    /// <param name="staticKey">The key that Noise authenticated.</param>
    /// <param name="own">Our own certificate: same realm, another root.</param>
    /// <param name="utcNow">Wall time.</param>
    public static DropReason? Fields(
        NodeCertificate certificate, Bytes32 staticKey, NodeCertificate own, DateTimeOffset utcNow) =>
        certificate.StaticKey != staticKey ? DropReason.WrongStaticKey
        : Scope(certificate, own.Address.Realm, utcNow) is { } reason ? reason
        : certificate.Root == own.Root ? DropReason.WrongRootKey
        : null;

    /// <summary>Realm and validity.</summary>
    public static DropReason? Scope(NodeCertificate certificate, ushort realm, DateTimeOffset utcNow) =>
        certificate.Address.Realm != realm ? DropReason.WrongRealm
        : utcNow < certificate.ValidFrom ? DropReason.CertificateNotYetValid
        : utcNow >= certificate.ValidUntil ? DropReason.CertificateExpired
        : null;

    /// <summary>Whether the certificate is that of the node that was dialled.</summary>
    public static DropReason? Dialled(NodeCertificate certificate, NodeCertificate dialled) =>
        certificate.Root != dialled.Root ? DropReason.WrongRootKey
        : certificate.Address != dialled.Address ? DropReason.WrongAddress
        : null;

    /// <summary>Whether the root key signed it.</summary>
    public static DropReason? Signature(NodeCertificate certificate) =>
        certificate.VerifySignature() ? null : DropReason.BadCertificate;
}
