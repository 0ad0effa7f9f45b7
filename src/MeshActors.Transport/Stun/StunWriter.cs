using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>Writes a STUN message attribute by attribute (RFC 8489, section 5); its length field is right after each.</summary>
/// <remarks>FINGERPRINT, when there is one, is added last, an integrity attribute before it.</remarks>
internal ref struct StunWriter
{
    private readonly Span<byte> _buffer;
    private readonly TransactionId _id;

    /// <param name="buffer">Owned by the caller; 548 bytes are enough for whatever may be sent.</param>
    /// <param name="type">One of <see cref="StunMessageType"/>.</param>
    /// <param name="id">Of the question, in an answer too.</param>
    public StunWriter(Span<byte> buffer, ushort type, TransactionId id)
    {
        _buffer = buffer;
        _id = id;
        BinaryPrimitives.WriteUInt16BigEndian(buffer, type);
        BinaryPrimitives.WriteUInt16BigEndian(buffer[2..], 0);
        BinaryPrimitives.WriteUInt32BigEndian(buffer[4..], StunMessage.MagicCookie);
        id.Write(buffer[8..]);
        Length = StunMessage.HeaderSize;
    }

    /// <summary>Bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Adds an attribute with any value, and its padding of zeros.</summary>
    public void Add(ushort type, scoped ReadOnlySpan<byte> value) => value.CopyTo(Begin(type, value.Length));

    /// <summary>Adds an endpoint; XORed in XOR-MAPPED-ADDRESS, else in clear.</summary>
    public void AddEndpoint(ushort type, UdpEndpoint endpoint) => StunAddress.Write(
        Begin(type, StunAddress.Size(endpoint)), endpoint, type == StunAttributeType.XorMappedAddress, _id);

    /// <summary>Adds CHANGE-REQUEST.</summary>
    public void AddChange(StunChange change) =>
        BinaryPrimitives.WriteUInt32BigEndian(Begin(StunAttributeType.ChangeRequest, 4), (uint)change);

    /// <summary>Adds RESPONSE-PORT (RFC 5780, section 7.5).</summary>
    public void AddResponsePort(ushort port)
    {
        var value = Begin(StunAttributeType.ResponsePort, 4);
        BinaryPrimitives.WriteUInt16BigEndian(value, port);
        value[2..].Clear();
    }

    /// <summary>Adds ERROR-CODE.</summary>
    /// <param name="code">300 to 699.</param>
    /// <param name="reason">UTF-8, at most 127 characters.</param>
    public void AddError(int code, scoped ReadOnlySpan<byte> reason)
    {
        var value = Begin(StunAttributeType.ErrorCode, 4 + reason.Length);
        value[..2].Clear();
        value[2] = (byte)(code / 100);
        value[3] = (byte)(code % 100);
        reason.CopyTo(value[4..]);
    }

    /// <summary>Adds UNKNOWN-ATTRIBUTES.</summary>
    public void AddUnknown(scoped ReadOnlySpan<ushort> types)
    {
        var value = Begin(StunAttributeType.UnknownAttributes, types.Length * 2);
        foreach (var type in types)
        {
            BinaryPrimitives.WriteUInt16BigEndian(value, type);
            value = value[2..];
        }
    }

    /// <summary>Adds PADDING: a length of zeros (RFC 5780, section 7.6).</summary>
    public void AddPadding(int length) => Begin(StunAttributeType.Padding, length).Clear();

    /// <summary>Adds MESSAGE-INTEGRITY or MESSAGE-INTEGRITY-SHA256 over what was written.</summary>
    public void AddIntegrity(ushort type, scoped ReadOnlySpan<byte> key)
    {
        var isSha256 = type == StunAttributeType.MessageIntegritySha256;
        var size = isSha256 ? StunIntegrity.Sha256Size : StunIntegrity.Sha1Size;
        var offset = Length;
        StunIntegrity.Compute(_buffer, offset, key, size, isSha256, Begin(type, size));
    }

    /// <summary>Adds FINGERPRINT over what was written.</summary>
    public void AddFingerprint()
    {
        var offset = Length;
        var value = Begin(StunAttributeType.Fingerprint, StunFingerprint.Size);
        BinaryPrimitives.WriteUInt32BigEndian(value, StunFingerprint.Compute(_buffer[..offset]));
    }

    /// <summary>Writes type, length and padding, counts them in the header, and gives out where the value goes.</summary>
    private Span<byte> Begin(ushort type, int size)
    {
        var offset = Length;
        var padded = (size + 3) & ~3;
        Length = offset + 4 + padded;
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[offset..], type);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[(offset + 2)..], (ushort)size);
        BinaryPrimitives.WriteUInt16BigEndian(_buffer[2..], (ushort)(Length - StunMessage.HeaderSize));
        _buffer[(offset + 4 + size)..Length].Clear();
        return _buffer.Slice(offset + 4, size);
    }
}
