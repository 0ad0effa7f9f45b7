using System;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Handshake;

/// <summary>The responder's side of one message 1 that Noise opened.</summary>
internal sealed class ResponderHandshake : IDisposable
{
    private readonly HandshakeState _noise;
    private readonly CipherSuite _suite;
    private readonly HandshakeFields _fields;

    private ResponderHandshake(
        HandshakeState noise,
        CipherSuite suite,
        HandshakeFields fields,
        NodeCertificate peer,
        ulong timestamp,
        TrustContext context,
        Bytes32 attempt)
    {
        _noise = noise;
        _suite = suite;
        _fields = fields;
        Peer = peer;
        Timestamp = timestamp;
        Context = context;
        Attempt = attempt;
    }

    /// <summary>Who dials; which of the checks hold is the register's business.</summary>
    public NodeCertificate Peer { get; }

    /// <summary>The initiator's timestamp in microseconds of Unix time.</summary>
    public ulong Timestamp { get; }

    public TrustContext Context { get; }

    /// <summary>Digest of message 1.</summary>
    public Bytes32 Attempt { get; }

    /// <summary>Frames that came with message 1; whether they count is the register's business.</summary>
    public ReadOnlyMemory<byte> EarlyData { get; private init; }

    /// <summary>Whether message 1 came at a time when early data counts; set by the register.</summary>
    public bool IsInTime { get; set; }

    public ulong PeerIncarnation => _fields.Incarnation;

    /// <summary>Opens a message 1 whose clear header, suite and mac1 were checked, and reads what is in it.</summary>
    /// <returns>Why it is dropped, or null.</returns>
    public static DropReason? Open(
        ReadOnlySpan<byte> datagram,
        Bytes32 attempt,
        NodeIdentity own,
        TrustContext context,
        SessionKeySlab slab,
        out ResponderHandshake? handshake)
    {
        handshake = null;
        var suite = (CipherSuite)HandshakeMessage1.SuiteOf(datagram);
        var noise = HandshakeKeying.Noise(
            slab, suite, initiator: false, own, own.Address, responderKey: null, context);
        Span<byte> payload = stackalloc byte[HandshakeMessage1.Size];
        var sealedPart = datagram[HandshakeMessage1.HeaderSize..HandshakeMessage1.MacOffset];
        if (!noise.TryReadMessage(sealedPart, payload, out var length))
        {
            noise.Dispose();
            return DropReason.AuthenticationFailed;
        }

        if (!HandshakeMessage1.TryReadPayload(payload[..length], out var timestamp, out var fields, out var bytes)
            || !NodeCertificate.TryRead(bytes, out var certificate))
        {
            noise.Dispose();
            return DropReason.BadCertificate;
        }

        handshake = new ResponderHandshake(noise, suite, fields, certificate, timestamp, context, attempt)
        {
            EarlyData = HandshakeMessage1.EarlyOf(payload[..length], bytes.Length).ToArray(),
        };
        return null;
    }

    /// <summary>The checks of the certificate that need no cryptography.</summary>
    /// <returns>Why it is dropped, or null.</returns>
    public DropReason? CheckFields(NodeCertificate own, DateTimeOffset utcNow) =>
        CertificateCheck.Fields(Peer, _noise.RemoteStatic!.Value, own, utcNow);

    /// <summary>Writes what tells the initiator that it used a later timestamp before.</summary>
    public byte[] WriteTimestamp(SessionKeySlab slab, ReadOnlySpan<byte> message1, ulong last, IRandomSource random) =>
        TimestampSeal.Write(slab, _noise, message1, last, random);

    /// <summary>Writes message 2 and ends the handshake; dispose it afterwards.</summary>
    public HandshakeResult WriteMessage2(
        NodeIdentity own,
        ulong incarnation,
        ulong connectionId,
        uint features,
        IRandomSource random,
        Span<byte> message2)
    {
        Span<byte> payload = stackalloc byte[HandshakeMessage2.PayloadSize];
        var fields = new HandshakeFields(incarnation, connectionId, features);
        own.Certificate.Write(fields.Write(payload, NodeCertificate.Size));
        HandshakeMessage2.WriteHeader(message2, (byte)_suite, _fields.ConnectionId);
        _noise.UseEphemeral(X25519KeyPair.Generate(random));

        // Keys of low order have already failed in message 1, where each of them took part in an agreement.
        Invariant.Require(_noise.TryWriteMessage(payload, message2[HandshakeMessage2.HeaderSize..], out _));
        return new HandshakeResult
        {
            Peer = Peer,
            Context = Context,
            PeerIncarnation = _fields.Incarnation,
            PeerConnectionId = _fields.ConnectionId,
            PeerFeatures = _fields.Features,
            Attempt = Attempt,
            Keys = SessionKeys.Of(_noise, initiator: false),
        };
    }

    public void Dispose() => _noise.Dispose();
}
