using System;

namespace MeshActors.Transport.Stun;

/// <summary>What of a server's endpoint shall be another in its answer: the flags of CHANGE-REQUEST (RFC 5780, section 7.2).</summary>
[Flags]
internal enum StunChange : uint
{
    /// <summary>The answer comes from where the question went.</summary>
    None = 0,

    /// <summary>It comes from the server's other port.</summary>
    Port = 2,

    /// <summary>It comes from the server's other IP address.</summary>
    Address = 4,
}
