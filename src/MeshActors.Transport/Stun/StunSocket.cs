using System;

namespace MeshActors.Transport.Stun;

/// <summary>One of the four sockets of a server with two addresses and two ports (RFC 5780, section 6): which of both are the other ones.</summary>
[Flags]
internal enum StunSocket
{
    /// <summary>First address, first port; the only one of a server without behaviour discovery.</summary>
    Primary = 0,

    /// <summary>First address, second port.</summary>
    OtherPort = 1,

    /// <summary>Second address, first port.</summary>
    OtherAddress = 2,

    /// <summary>Second address, second port.</summary>
    OtherBoth = OtherPort | OtherAddress,
}
