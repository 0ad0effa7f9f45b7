namespace MeshActors.Transport.Wire;

/// <summary>The first byte of a datagram (docs/protocol.md 1); packets have a range of their own, see <see cref="PacketHeader"/>.</summary>
internal static class DatagramType
{
    public const byte HandshakeMessage1 = 0xC0;
    public const byte HandshakeMessage2 = 0xC1;
    public const byte CookieReply = 0xC2;
    public const byte VersionReply = 0xC3;
    public const byte CertificateQuestion = 0xC4;
    public const byte CertificateAnswer = 0xC5;

    /// <summary>Sent to a guessed endpoint of a peer, see <see cref="PunchDatagram"/>.</summary>
    public const byte Punch = 0xC6;

    /// <summary>Tells an initiator which timestamp it must be above, see <see cref="Wire.TimestampReply"/>.</summary>
    public const byte TimestampReply = 0xC7;

    /// <summary>A frame from a client to its relay, see <see cref="RelayFrame"/>.</summary>
    public const byte ToRelay = 0xC8;

    /// <summary>A frame from a relay to a client.</summary>
    public const byte FromRelay = 0xC9;

    /// <summary>The major version, second byte of all but packets and relayed frames.</summary>
    public const byte Version = 1;
}
