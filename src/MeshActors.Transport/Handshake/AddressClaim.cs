using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>What a certificate says about its address, to be held against the derivation.</summary>
/// <param name="Root">The root key.</param>
/// <param name="Address">The address it claims, with its realm.</param>
/// <param name="Salt">The salt number it claims.</param>
internal readonly record struct AddressClaim(RootKey Root, MeshAddress Address, ushort Salt)
{
    public static AddressClaim Of(NodeCertificate certificate) =>
        new(certificate.Root, certificate.Address, certificate.Salt);

    /// <summary>Derives the address that the claim should have; takes tens of milliseconds, so never on the driver loop.</summary>
    public MeshAddress? Derive()
    {
        Span<byte> root = stackalloc byte[RootKey.Size];
        Root.CopyTo(root);
        return AddressDerivation.Derive(root, Address.Realm, Salt);
    }

    /// <summary>Tells whether the derivation's result is what was claimed.</summary>
    public bool Holds(MeshAddress? derived) => derived == Address;
}
