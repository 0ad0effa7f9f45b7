using System.Collections.Immutable;

namespace MeshActors.Transport.Crypto;

/// <summary>A handshake pattern as data (Noise, section 7), its psk modifiers already applied.</summary>
/// <param name="Name">As it stands in the protocol name: <c>IKpsk2</c>.</param>
/// <param name="InitiatorPreMessage">What the responder knows of the initiator beforehand: nothing, or its static key.</param>
/// <param name="ResponderPreMessage">What the initiator knows of the responder beforehand: nothing, or its static key.</param>
/// <param name="Messages">The tokens of each message, the initiator's first.</param>
internal sealed record HandshakePattern(
    string Name,
    ImmutableArray<NoiseToken> InitiatorPreMessage,
    ImmutableArray<NoiseToken> ResponderPreMessage,
    ImmutableArray<ImmutableArray<NoiseToken>> Messages)
{
    /// <summary>The pattern of tunnels: the initiator knows the responder's static key and sends its own at once.</summary>
    public static readonly HandshakePattern IKpsk2 = new(
        "IKpsk2",
        InitiatorPreMessage: [],
        ResponderPreMessage: [NoiseToken.S],
        Messages:
        [
            [NoiseToken.E, NoiseToken.ES, NoiseToken.S, NoiseToken.SS],
            [NoiseToken.E, NoiseToken.EE, NoiseToken.SE, NoiseToken.Psk],
        ]);

    /// <summary>True when a pre-shared key takes part: then ephemeral keys are mixed into the chaining key too.</summary>
    public bool UsesPsk { get; } = HasPsk(Messages);

    private static bool HasPsk(ImmutableArray<ImmutableArray<NoiseToken>> messages)
    {
        foreach (var message in messages)
        {
            if (message.Contains(NoiseToken.Psk))
            {
                return true;
            }
        }

        return false;
    }
}
