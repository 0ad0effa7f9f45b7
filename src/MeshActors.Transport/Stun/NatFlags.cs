using System;

namespace MeshActors.Transport.Stun;

/// <summary>What else is known of the NAT before a node. The numbers are on the wire.</summary>
[Flags]
internal enum NatFlags : byte
{
    None = 0,

    /// <summary>What is sent to a public endpoint of its own comes back inside (RFC 4787, section 6).</summary>
    Hairpin = 1,

    /// <summary>No server answered over UDP.</summary>
    UdpBlocked = 2,

    /// <summary>Servers see the node's own address and port: nothing is translated, though packets may be filtered.</summary>
    NotTranslated = 4,
}
