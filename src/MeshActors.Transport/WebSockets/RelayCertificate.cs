using System;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MeshActors.Transport.WebSockets;

/// <summary>Makes the certificate that a relay shows over TLS when it was given none: it proves nothing, since Noise inside proves both sides.</summary>
internal static class RelayCertificate
{
    private static readonly TimeSpan Before = TimeSpan.FromDays(1);
    private static readonly TimeSpan After = TimeSpan.FromDays(3_650);

    /// <summary>A fresh key of P-256, and a certificate signed with it. Disposed by the caller.</summary>
    public static X509Certificate2 Create(DateTimeOffset utcNow)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=mesh", key, HashAlgorithmName.SHA256);
        return request.CreateSelfSigned(utcNow - Before, utcNow + After);
    }
}
