using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>A STUN message that was read off a datagram (RFC 8489, section 5), its attributes still in place.</summary>
/// <remarks>
/// <code>
///  0                   1                   2                   3
///  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
/// +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
/// |0 0|     STUN Message Type     |         Message Length        |
/// |                         Magic Cookie                          |
/// |                     Transaction ID (96 bits)                  |
/// |  attributes: type (16) | length (16) | value, padded to 32 bits
/// </code>
/// </remarks>
internal readonly ref struct StunMessage
{
    public const int HeaderSize = 20;
    public const uint MagicCookie = 0x2112_A442;

    /// <summary>Largest message over a path whose MTU is not known: 576 less the IPv4 and UDP headers (RFC 8489, section 6.1).</summary>
    public const int MaxSize = 548;

    /// <summary>A message with more attributes is no message: the largest of the RFCs has eight.</summary>
    public const int MaxAttributes = 16;

    /// <summary>RFC 7983, section 7: first bytes 0 to 3 are STUN, the methods up to 0xFF of RFC 8489.</summary>
    private const byte LargestFirstByte = 3;

    private readonly ReadOnlySpan<byte> _bytes;

    private StunMessage(ReadOnlySpan<byte> bytes)
    {
        _bytes = bytes;
    }

    /// <summary>One of <see cref="StunMessageType"/>, or another method's.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_bytes);

    public TransactionId Id => TransactionId.Read(_bytes[8..]);

    /// <summary>Bytes of the whole message.</summary>
    public int Size => _bytes.Length;

    /// <summary>Tells STUN from everything else that comes to a node's socket, by first byte, length and cookie.</summary>
    public static bool IsStun(ReadOnlySpan<byte> datagram) =>
        datagram.Length >= HeaderSize
        && datagram[0] <= LargestFirstByte
        && BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]) == MagicCookie;

    /// <summary>Reads a datagram that may be anything.</summary>
    /// <returns>False when it is not STUN, not as long as its fields say, or beyond <see cref="MaxSize"/> or <see cref="MaxAttributes"/>.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, out StunMessage message)
    {
        message = default;
        if (!IsStun(datagram)
            || datagram.Length > MaxSize
            || datagram.Length % 4 != 0
            || datagram.Length != HeaderSize + BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]))
        {
            return false;
        }

        var count = 0;
        for (var offset = HeaderSize; offset < datagram.Length; count++)
        {
            var end = offset + 4 + BinaryPrimitives.ReadUInt16BigEndian(datagram[(offset + 2)..]);
            if (end > datagram.Length || count == MaxAttributes)
            {
                return false;
            }

            offset = (end + 3) & ~3;
        }

        message = new StunMessage(datagram);
        return true;
    }

    /// <summary>All attributes, in order; those the RFC has a receiver ignore included.</summary>
    public Enumerator GetEnumerator() => new(_bytes);

    /// <summary>Finds the first attribute of a type.</summary>
    /// <remarks>Behind an integrity attribute only FINGERPRINT and MESSAGE-INTEGRITY-SHA256 count (RFC 8489, section 14.5).</remarks>
    public bool TryFind(ushort type, out StunAttribute attribute)
    {
        var isSealed = false;
        foreach (var candidate in this)
        {
            if (candidate.Type == type
                && (!isSealed || type is StunAttributeType.Fingerprint or StunAttributeType.MessageIntegritySha256))
            {
                attribute = candidate;
                return true;
            }

            isSealed |= candidate.Type is StunAttributeType.MessageIntegrity or StunAttributeType.MessageIntegritySha256;
        }

        attribute = default;
        return false;
    }

    /// <summary>Reads the endpoint in an attribute of a type; XOR-MAPPED-ADDRESS is XORed, all others are not.</summary>
    public bool TryReadEndpoint(ushort type, out UdpEndpoint endpoint)
    {
        endpoint = default;
        return TryFind(type, out var attribute)
            && StunAddress.TryRead(attribute.Value, type == StunAttributeType.XorMappedAddress, Id, out endpoint);
    }

    /// <summary>Reads the number of ERROR-CODE, 300 to 699 (RFC 8489, section 14.8).</summary>
    public bool TryReadErrorCode(out int code)
    {
        code = 0;
        if (!TryFind(StunAttributeType.ErrorCode, out var attribute) || attribute.Value.Length < 4)
        {
            return false;
        }

        var hundreds = attribute.Value[2] & 0b111;
        code = (hundreds * 100) + attribute.Value[3];
        return hundreds is >= 3 and <= 6 && attribute.Value[3] <= 99;
    }

    /// <summary>Reads the flags of CHANGE-REQUEST; false when there is none or its length is not 4.</summary>
    public bool TryReadChange(out StunChange change)
    {
        change = StunChange.None;
        if (!TryFind(StunAttributeType.ChangeRequest, out var attribute) || attribute.Value.Length != 4)
        {
            return false;
        }

        change = (StunChange)BinaryPrimitives.ReadUInt32BigEndian(attribute.Value) & (StunChange.Address | StunChange.Port);
        return true;
    }

    /// <summary>Reads RESPONSE-PORT; false when there is none, its length is not 4, or the port is 0.</summary>
    public bool TryReadResponsePort(out ushort port)
    {
        port = 0;
        if (TryFind(StunAttributeType.ResponsePort, out var attribute) && attribute.Value.Length == 4)
        {
            port = BinaryPrimitives.ReadUInt16BigEndian(attribute.Value);
        }

        return port != 0;
    }

    /// <summary>False when there is a FINGERPRINT and it is wrong, or not the last attribute: then the message is not STUN.</summary>
    public bool IsFingerprintRightOrAbsent() =>
        !TryFind(StunAttributeType.Fingerprint, out var attribute)
        || (attribute.Value.Length == StunFingerprint.Size
            && attribute.Offset + 4 + StunFingerprint.Size == _bytes.Length
            && BinaryPrimitives.ReadUInt32BigEndian(attribute.Value) == StunFingerprint.Compute(_bytes[..attribute.Offset]));

    /// <summary>True when there is an integrity attribute of this type and its checksum verifies under the key.</summary>
    /// <param name="type">MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256.</param>
    /// <param name="key">As RFC 8489, section 9, makes it of the credentials.</param>
    public bool VerifyIntegrity(ushort type, ReadOnlySpan<byte> key) =>
        TryFind(type, out var attribute) && StunIntegrity.Verify(_bytes, attribute, key);

    /// <summary>Walks over attributes that were checked, so nothing can fail.</summary>
    public ref struct Enumerator
    {
        private readonly ReadOnlySpan<byte> _message;
        private int _next;
        private int _offset;

        public Enumerator(ReadOnlySpan<byte> message)
        {
            _message = message;
            _next = HeaderSize;
        }

        public readonly StunAttribute Current => new(
            BinaryPrimitives.ReadUInt16BigEndian(_message[_offset..]), _offset, _message.Slice(_offset + 4, LengthAt(_offset)));

        public bool MoveNext()
        {
            if (_next >= _message.Length)
            {
                return false;
            }

            _offset = _next;
            _next = (_offset + 4 + LengthAt(_offset) + 3) & ~3;
            return true;
        }

        private readonly int LengthAt(int offset) => BinaryPrimitives.ReadUInt16BigEndian(_message[(offset + 2)..]);
    }
}
