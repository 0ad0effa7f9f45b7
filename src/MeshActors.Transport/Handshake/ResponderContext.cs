using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>One context that a responder lets handshakes run in, with the keys that tell its members from strangers.</summary>
internal sealed class ResponderContext : IDisposable
{
    public ResponderContext(SessionKeySlab slab, Bytes32 responderKey, TrustContext context)
    {
        Trust = context;
        Mac1 = HandshakeKeying.Mac1(responderKey, context);
        Cookies = new CookieSeal(slab, responderKey, context);
        Versions = HandshakeKeying.VersionMac(responderKey, context);
    }

    public TrustContext Trust { get; }

    public MacKey Mac1 { get; }

    public CookieSeal Cookies { get; }

    /// <summary>Covers lists of versions.</summary>
    public MacKey Versions { get; }

    public void Dispose()
    {
        Mac1.Dispose();
        Cookies.Dispose();
        Versions.Dispose();
    }
}
