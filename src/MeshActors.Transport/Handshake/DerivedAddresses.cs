using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;

namespace MeshActors.Transport.Handshake;

/// <summary>Derivations already made, per root key, realm and salt number, so that none is made twice.</summary>
internal sealed class DerivedAddresses
{
    /// <summary>Derivations remembered; then the one used the longest time ago goes.</summary>
    public const int Capacity = 4_096;

    private readonly LeastRecentlyUsed<(RootKey Root, ushort Realm, ushort Salt), MeshAddress?> _known = new(Capacity);

    /// <summary>Tells whether a claim holds; null when its derivation has not been made.</summary>
    public bool? Holds(AddressClaim claim) =>
        _known.TryGet(KeyOf(claim), out var derived) ? claim.Holds(derived) : null;

    /// <summary>Remembers what a derivation gave.</summary>
    public void Remember(AddressClaim claim, MeshAddress? derived) => _known.Set(KeyOf(claim), derived);

    private static (RootKey Root, ushort Realm, ushort Salt) KeyOf(AddressClaim claim) =>
        (claim.Root, claim.Address.Realm, claim.Salt);
}
