using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>An answer that a server wrote.</summary>
/// <param name="Socket">Which of the server's sockets it leaves from.</param>
/// <param name="To">Where it goes.</param>
/// <param name="Length">Bytes written.</param>
internal readonly record struct StunAnswer(StunSocket Socket, UdpEndpoint To, int Length);

/// <summary>What a server did with a datagram.</summary>
internal enum StunVerdict
{
    /// <summary>There is an answer to send: a success or a 420.</summary>
    Answered,

    /// <summary>Not STUN, cut short, beyond its bounds, or with a wrong fingerprint.</summary>
    Malformed,

    /// <summary>STUN, but no BINDING request.</summary>
    NoQuestion,

    /// <summary>The source's prefix, or all sources together, have used up what they may ask for.</summary>
    RateLimited,
}
