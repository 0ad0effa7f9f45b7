using System;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;

namespace MeshActors.Transport.Crypto;

/// <summary>One side of a Noise handshake (revision 34, section 5.3) with X25519, SHA-256 and the cipher of a suite.</summary>
/// <remarks>
/// Runs any pattern of messages, pre-shared keys included. A message that does not verify leaves the state as it was, so
/// that a forged one cannot end a handshake. Static keys and pre-shared keys stay the caller's; the ephemeral pair becomes the handshake's and
/// is wiped with it.
/// </remarks>
internal sealed class HandshakeState : IDisposable
{
    private const int MaxPsks = 4;

    private readonly HandshakePattern _pattern;
    private readonly bool _initiator;
    private readonly X25519KeyPair? _static;
    private readonly KeySlot _psks;
    private X25519KeyPair? _ephemeral;
    private SymmetricState _symmetric;
    private Progress _progress;

    /// <param name="slab">Where the secrets live.</param>
    /// <param name="suite">The cipher of the handshake and of the keys it ends with.</param>
    /// <param name="pattern">The messages to exchange.</param>
    /// <param name="initiator">True for the side that sends first.</param>
    /// <param name="prologue">What both sides must agree on beforehand; any length.</param>
    /// <param name="staticKey">s, when the pattern uses it.</param>
    /// <param name="remoteStatic">rs, when the pattern's pre-messages say that it is known.</param>
    /// <param name="psks">All pre-shared keys in order, 32 bytes each, at most four.</param>
    public HandshakeState(
        SessionKeySlab slab,
        CipherSuite suite,
        HandshakePattern pattern,
        bool initiator,
        ReadOnlySpan<byte> prologue,
        X25519KeyPair? staticKey,
        Bytes32? remoteStatic,
        ReadOnlySpan<byte> psks)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(psks.Length, MaxPsks * Bytes32.Size);
        _pattern = pattern;
        _initiator = initiator;
        _static = staticKey;
        _progress.RemoteStatic = remoteStatic;
        _psks = slab.Rent();
        psks.CopyTo(_psks.Bytes);
        _symmetric = new SymmetricState(
            slab, suite, Encoding.ASCII.GetBytes($"Noise_{pattern.Name}_25519_{suite.NoiseName()}_SHA256"));
        _symmetric.MixHash(prologue);
        MixPreMessage(pattern.InitiatorPreMessage, initiator);
        MixPreMessage(pattern.ResponderPreMessage, !initiator);
    }

    /// <summary>rs: the other side's static key, authenticated once the message that carries it was read.</summary>
    public Bytes32? RemoteStatic => _progress.RemoteStatic;

    /// <summary>h: binds whatever is derived from the handshake to all of its transcript.</summary>
    public ReadOnlySpan<byte> HandshakeHash => _symmetric.HandshakeHash;

    /// <summary>True when all messages were written or read.</summary>
    public bool IsComplete => _progress.MessagesDone == _pattern.Messages.Length;

    /// <summary>Hands in e, needed before the first message this side writes.</summary>
    public void UseEphemeral(X25519KeyPair ephemeral) => _ephemeral = ephemeral;

    /// <summary>Writes the next message.</summary>
    /// <param name="payload">Any length.</param>
    /// <param name="message">Where it goes, from the start.</param>
    /// <param name="length">Bytes written.</param>
    /// <returns>False when the other side's keys are of low order: there is no handshake with them.</returns>
    public bool TryWriteMessage(ReadOnlySpan<byte> payload, Span<byte> message, out int length)
    {
        length = 0;
        foreach (var token in _pattern.Messages[_progress.MessagesDone])
        {
            switch (token)
            {
                case NoiseToken.E:
                    var ephemeral = message.Slice(length, Bytes32.Size);
                    Required(_ephemeral).PublicKey.CopyTo(ephemeral);
                    MixEphemeral(ephemeral);
                    length += Bytes32.Size;
                    break;
                case NoiseToken.S:
                    var sealedStatic = message.Slice(length, Bytes32.Size + _symmetric.Overhead);
                    Required(_static).PublicKey.CopyTo(sealedStatic);
                    _symmetric.EncryptAndHash(sealedStatic);
                    length += sealedStatic.Length;
                    break;
                default:
                    if (!TryMix(token))
                    {
                        return false;
                    }

                    break;
            }
        }

        var sealedPayload = message.Slice(length, payload.Length + _symmetric.Overhead);
        payload.CopyTo(sealedPayload);
        _symmetric.EncryptAndHash(sealedPayload);
        length += sealedPayload.Length;
        _progress.MessagesDone++;
        return true;
    }

    /// <summary>Reads the next message, which may be anything.</summary>
    /// <param name="message">All of it.</param>
    /// <param name="payload">Room for as many bytes as the message has.</param>
    /// <param name="payloadLength">Bytes of the payload, at the start of <paramref name="payload"/>.</param>
    /// <returns>False when it does not verify: the handshake can go on with another message in its place.</returns>
    public bool TryReadMessage(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadLength)
    {
        var before = _symmetric;
        var progressBefore = _progress;
        _symmetric = before.Clone();
        if (TryRead(message, payload, out payloadLength))
        {
            before.Dispose();
            _progress.MessagesDone++;
            return true;
        }

        _symmetric.Dispose();
        _symmetric = before;
        _progress = progressBefore;
        return false;
    }

    /// <inheritdoc cref="SymmetricState.Export"/>
    public void Export(ReadOnlySpan<byte> label, Span<byte> key) => _symmetric.Export(label, key);

    /// <summary>The keys of the transport, once the handshake is complete; the caller disposes them.</summary>
    public (CipherState Initiator, CipherState Responder) Split() =>
        IsComplete ? _symmetric.Split() : throw new InvalidOperationException("The handshake is not complete.");

    /// <summary>Wipes all that the handshake owns.</summary>
    public void Dispose()
    {
        _ephemeral?.Dispose();
        _symmetric.Dispose();
        _psks.Dispose();
    }

    private static T Required<T>(T? key)
        where T : class =>
        key ?? throw new InvalidOperationException("The pattern uses a key that was not handed in.");

    private static Bytes32 RequiredRemote(Bytes32? key) =>
        key ?? throw new InvalidOperationException("The pattern uses a key that is not known.");

    private bool TryRead(ReadOnlySpan<byte> message, Span<byte> payload, out int payloadLength)
    {
        payloadLength = 0;
        Span<byte> opened = stackalloc byte[Bytes32.Size + AeadKey.TagSize];
        foreach (var token in _pattern.Messages[_progress.MessagesDone])
        {
            switch (token)
            {
                case NoiseToken.E:
                    if (message.Length < Bytes32.Size)
                    {
                        return false;
                    }

                    _progress.RemoteEphemeral = Bytes32.From(message[..Bytes32.Size]);
                    MixEphemeral(message[..Bytes32.Size]);
                    message = message[Bytes32.Size..];
                    break;
                case NoiseToken.S:
                    var size = Bytes32.Size + _symmetric.Overhead;
                    if (message.Length < size || !_symmetric.TryDecryptAndHash(message[..size], opened))
                    {
                        return false;
                    }

                    _progress.RemoteStatic = Bytes32.From(opened[..Bytes32.Size]);
                    message = message[size..];
                    break;
                default:
                    if (!TryMix(token))
                    {
                        return false;
                    }

                    break;
            }
        }

        payloadLength = message.Length - _symmetric.Overhead;
        return payloadLength >= 0 && _symmetric.TryDecryptAndHash(message, payload);
    }

    private void MixPreMessage(ImmutableArray<NoiseToken> tokens, bool own)
    {
        Span<byte> bytes = stackalloc byte[Bytes32.Size];
        foreach (var token in tokens)
        {
            if (token != NoiseToken.S)
            {
                throw new NotSupportedException("Only static keys are known beforehand.");
            }

            var key = own ? Required(_static).PublicKey : RequiredRemote(_progress.RemoteStatic);
            key.CopyTo(bytes);
            _symmetric.MixHash(bytes);
        }
    }

    private void MixEphemeral(ReadOnlySpan<byte> publicKey)
    {
        _symmetric.MixHash(publicKey);
        if (_pattern.UsesPsk)
        {
            _symmetric.MixKey(publicKey);
        }
    }

    private bool TryMix(NoiseToken token) => token switch
    {
        NoiseToken.EE => TryAgree(_ephemeral, _progress.RemoteEphemeral),
        NoiseToken.ES when _initiator => TryAgree(_ephemeral, _progress.RemoteStatic),
        NoiseToken.ES => TryAgree(_static, _progress.RemoteEphemeral),
        NoiseToken.SE when _initiator => TryAgree(_static, _progress.RemoteEphemeral),
        NoiseToken.SE => TryAgree(_ephemeral, _progress.RemoteStatic),
        NoiseToken.SS => TryAgree(_static, _progress.RemoteStatic),
        _ => MixPsk(),
    };

    private bool TryAgree(X25519KeyPair? own, Bytes32? remote)
    {
        Span<byte> secret = stackalloc byte[X25519KeyPair.Size];
        var agreed = Required(own).TryAgree(RequiredRemote(remote), secret);
        if (agreed)
        {
            _symmetric.MixKey(secret);
        }

        CryptographicOperations.ZeroMemory(secret);
        return agreed;
    }

    private bool MixPsk()
    {
        _symmetric.MixKeyAndHash(_psks.Bytes.Slice(_progress.PsksDone * Bytes32.Size, Bytes32.Size));
        _progress.PsksDone++;
        return true;
    }

    /// <summary>What a message that does not verify must not change.</summary>
    private struct Progress
    {
        public int MessagesDone;
        public int PsksDone;
        public Bytes32? RemoteStatic;
        public Bytes32? RemoteEphemeral;
    }
}
