namespace MeshActors.Transport.Stun;

/// <summary>How a NAT chooses the public port of a mapping (RFC 4787, section 4.2). The numbers are on the wire.</summary>
internal enum PortPattern
{
    /// <summary>Not found out.</summary>
    Unknown = 0,

    /// <summary>The port of the socket behind it.</summary>
    Preserving = 1,

    /// <summary>The last one plus a step.</summary>
    Sequential = 2,

    /// <summary>Any of a block.</summary>
    Random = 3,
}
