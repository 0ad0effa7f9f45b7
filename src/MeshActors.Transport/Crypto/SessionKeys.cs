using System;

namespace MeshActors.Transport.Crypto;

/// <summary>The two keys that a handshake ends with, as one side uses them.</summary>
internal sealed class SessionKeys : IDisposable
{
    /// <summary>Takes both keys over.</summary>
    public SessionKeys(AeadKey send, AeadKey receive)
    {
        Send = send;
        Receive = receive;
    }

    /// <summary>Seals what this side sends.</summary>
    public AeadKey Send { get; }

    /// <summary>Opens what the other side sent.</summary>
    public AeadKey Receive { get; }

    /// <summary>The keys of a completed handshake.</summary>
    public static SessionKeys Of(HandshakeState handshake, bool initiator)
    {
        var (fromInitiator, fromResponder) = handshake.Split();
        return initiator
            ? new SessionKeys(fromInitiator.TakeKey(), fromResponder.TakeKey())
            : new SessionKeys(fromResponder.TakeKey(), fromInitiator.TakeKey());
    }

    /// <summary>Wipes both keys.</summary>
    public void Dispose()
    {
        Send.Dispose();
        Receive.Dispose();
    }
}
