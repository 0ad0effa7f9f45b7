namespace MeshActors.Transport.Remoting;

/// <summary>Codes an association's stream is reset with (docs/protocol.md, section 7).</summary>
internal static class AssociationResetCode
{
    /// <summary>Its hello is malformed or of a version not spoken here.</summary>
    public const ulong BadHello = 1;

    /// <summary>The address it claims is held by another root key, or is not the one its first payload names.</summary>
    public const ulong WrongOrigin = 2;

    /// <summary>A payload is longer than the receiver takes.</summary>
    public const ulong PayloadTooLong = 3;

    /// <summary>The dialler has given the attempt up, or the flush of a disassociation has taken too long.</summary>
    public const ulong GivenUp = 4;

    /// <summary>A companion of an association that there is not in this tunnel, in another lane than it says, or the second of its kind.</summary>
    public const ulong NoSuchAssociation = 5;

    /// <summary>A system message of a type that the receiver does not allow, or a payload that it cannot read while it allows only some.</summary>
    public const ulong NotAllowed = 6;

    /// <summary>What stands for a large payload is none, is one too many, or will never be followed by it.</summary>
    public const ulong BadReference = 7;

    /// <summary>The companion for large payloads was reset, or ended before what was to come by it.</summary>
    public const ulong CompanionLost = 8;

    /// <summary>Nothing came for long that messages waited for, or more waited than is kept.</summary>
    public const ulong Stalled = 9;
}
