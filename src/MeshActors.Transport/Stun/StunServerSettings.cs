using MeshActors.Transport.Handshake;

namespace MeshActors.Transport.Stun;

/// <summary>What a STUN server gives to strangers.</summary>
internal sealed record StunServerSettings
{
    /// <summary>
    /// With four sockets: behaviour discovery (RFC 5780), that is CHANGE-REQUEST, RESPONSE-PORT and OTHER-ADDRESS. Null by
    /// default: then these are refused like any unknown attribute, since they send answers to and from where nobody asked.
    /// </summary>
    public StunServerEndpoints? Endpoints { get; init; }

    /// <summary>
    /// Whether an answer may go to another port of the asker's own address (RESPONSE-PORT, RFC 5780, section 7.5), false by default: who asks for a foreign address draws answers to any of its ports, no more of them and no
    /// larger ones than to the one that it claims to ask from. Always so with <see cref="Endpoints"/>.
    /// </summary>
    public bool TakesResponsePort { get; init; }

    /// <summary>Answers to one prefix (/24, /56) when there is not enough for all: a classification takes about 30.</summary>
    public BucketRate PrefixRate { get; init; } = new(100, 400);

    /// <summary>Answers to all: at most 88 kB/s to a forged source (44 bytes each); 500 nodes that start at once are classified.</summary>
    public BucketRate NodeRate { get; init; } = new(2_000, 16_000);
}
