namespace MeshActors.Transport.Wire;

/// <summary>Why a relay gives no lease, by its number on the wire; others are read as <see cref="NotAdmitted"/> would be.</summary>
internal enum RelayRefusal : byte
{
    /// <summary>There is a lease.</summary>
    None = 0,

    /// <summary>The node that was asked is no relay.</summary>
    NoRole = 1,

    /// <summary>All places are taken.</summary>
    Full = 2,

    /// <summary>The relay's policy does not let this node in, or not as a relay.</summary>
    NotAdmitted = 3,

    /// <summary>Another root holds a lease under the same address.</summary>
    AddressTaken = 4,
}
