using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>A BINDING request to be made: "where do you see me?"</summary>
/// <param name="To">The server.</param>
/// <param name="Socket">Number of the own socket that it leaves from; 0 is the node's.</param>
internal readonly record struct StunQuestion(UdpEndpoint To, int Socket = 0)
{
    /// <summary>How long to ask.</summary>
    public StunPatience Patience { get; init; } = StunPatience.Standard;

    /// <summary>What of the server's endpoint shall be another in the answer.</summary>
    public StunChange Change { get; init; }

    /// <summary>With <see cref="Change"/>: where the answer comes from then. An error still comes from <see cref="To"/>.</summary>
    public UdpEndpoint AnswerFrom { get; init; } = To;

    /// <summary>The public port that the answer is to be sent to instead of the one it was asked from (RFC 5780, section 7.5); 0 for none.</summary>
    public ushort ResponsePort { get; init; }

    /// <summary>With <see cref="ResponsePort"/>: the own socket behind that port. An error still comes to <see cref="Socket"/>.</summary>
    public int AnswerSocket { get; init; } = Socket;
}
