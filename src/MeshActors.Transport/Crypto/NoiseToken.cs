namespace MeshActors.Transport.Crypto;

/// <summary>What a handshake message is made of (Noise, section 7).</summary>
internal enum NoiseToken
{
    /// <summary>The sender's ephemeral public key, in the clear.</summary>
    E,

    /// <summary>The sender's static public key, sealed once there is a key.</summary>
    S,

    /// <summary>Agreement of both ephemeral keys.</summary>
    EE,

    /// <summary>Agreement of the initiator's ephemeral key and the responder's static key.</summary>
    ES,

    /// <summary>Agreement of the initiator's static key and the responder's ephemeral key.</summary>
    SE,

    /// <summary>Agreement of both static keys.</summary>
    SS,

    /// <summary>The next pre-shared key.</summary>
    Psk,
}
