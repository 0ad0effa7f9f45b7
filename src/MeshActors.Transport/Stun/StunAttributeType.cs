namespace MeshActors.Transport.Stun;

/// <summary>Types of STUN attributes (RFC 8489, section 18.3; RFC 5780, section 7).</summary>
internal static class StunAttributeType
{
    public const ushort MappedAddress = 0x0001;
    public const ushort ChangeRequest = 0x0003;
    public const ushort SourceAddress = 0x0004;
    public const ushort ChangedAddress = 0x0005;
    public const ushort Username = 0x0006;
    public const ushort MessageIntegrity = 0x0008;
    public const ushort ErrorCode = 0x0009;
    public const ushort UnknownAttributes = 0x000A;
    public const ushort Realm = 0x0014;
    public const ushort Nonce = 0x0015;
    public const ushort MessageIntegritySha256 = 0x001C;
    public const ushort PasswordAlgorithm = 0x001D;
    public const ushort UserHash = 0x001E;
    public const ushort XorMappedAddress = 0x0020;
    public const ushort Padding = 0x0026;
    public const ushort ResponsePort = 0x0027;
    public const ushort Software = 0x8022;
    public const ushort Fingerprint = 0x8028;
    public const ushort ResponseOrigin = 0x802B;
    public const ushort OtherAddress = 0x802C;

    /// <summary>True when a receiver that does not know the type must refuse the request (RFC 8489, section 14).</summary>
    public static bool IsComprehensionRequired(ushort type) => type < 0x8000;

    /// <summary>True for the types of RFC 8489 that must be understood, and the two that RFC 3489 left behind.</summary>
    public static bool IsOfRfc8489(ushort type) => type is MappedAddress or SourceAddress or ChangedAddress or Username
        or MessageIntegrity or ErrorCode or UnknownAttributes or Realm or Nonce or MessageIntegritySha256
        or PasswordAlgorithm or UserHash or XorMappedAddress;

    /// <summary>True for the types of RFC 5780 that must be understood in a request.</summary>
    public static bool IsOfRfc5780(ushort type) => type is ChangeRequest or Padding or ResponsePort;
}
