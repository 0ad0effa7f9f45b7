namespace MeshActors.Transport.Stun;

/// <summary>The type field of a STUN message: the method BINDING in its four classes (RFC 8489, section 5).</summary>
internal static class StunMessageType
{
    public const ushort BindingRequest = 0x0001;
    public const ushort BindingIndication = 0x0011;
    public const ushort BindingSuccess = 0x0101;
    public const ushort BindingError = 0x0111;
}
