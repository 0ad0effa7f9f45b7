using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Remoting;

/// <summary>Reads the fields of one Protobuf message one after the other, in memory that it is given, without copies.</summary>
/// <remarks>Source: the Protobuf encoding. Anything malformed ends the reading, see <see cref="IsBroken"/>; groups are malformed, Akka has none.</remarks>
internal ref struct ProtobufFields
{
    private const int Varint = 0;
    private const int Fixed64 = 1;
    private const int Bytes = 2;
    private const int Fixed32 = 5;
    private const int LongestVarint = 10;

    private ReadOnlySpan<byte> _rest;

    public ProtobufFields(ReadOnlySpan<byte> message)
    {
        _rest = message;
    }

    /// <summary>Number of the field that was read, times 8, and how it is written: what Protobuf goes by, for which the same number written in another way is another field.</summary>
    public uint Tag { get; private set; }

    /// <summary>Number of the field that was read.</summary>
    public readonly int Number => (int)(Tag >> 3);

    /// <summary>Its value when it is a number.</summary>
    public ulong Value { get; private set; }

    /// <summary>Its content when it is bytes, text or a message; else empty.</summary>
    public ReadOnlySpan<byte> Content { get; private set; }

    /// <summary>True when the reading ended because of what cannot be.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Reads the next field.</summary>
    /// <returns>False at the end.</returns>
    public bool Read()
    {
        Content = default;
        Value = 0;
        if (_rest.IsEmpty)
        {
            return false;
        }

        if (!TryVarint(out var tag) || tag is < 8 or > uint.MaxValue)
        {
            return Break();
        }

        Tag = (uint)tag;
        switch ((int)(tag & 7))
        {
            case Varint:
                if (!TryVarint(out var value))
                {
                    return Break();
                }

                Value = value;
                return true;
            case Bytes:
                if (!TryVarint(out var length) || length > (ulong)_rest.Length)
                {
                    return Break();
                }

                Content = _rest[..(int)length];
                _rest = _rest[(int)length..];
                return true;
            case Fixed64 when _rest.Length >= sizeof(ulong):
                Value = BinaryPrimitives.ReadUInt64LittleEndian(_rest);
                _rest = _rest[sizeof(ulong)..];
                return true;
            case Fixed32 when _rest.Length >= sizeof(uint):
                Value = BinaryPrimitives.ReadUInt32LittleEndian(_rest);
                _rest = _rest[sizeof(uint)..];
                return true;
            default:
                return Break();
        }
    }

    /// <summary>Finds the content of the one field with a tag; empty when there is none.</summary>
    /// <returns>False when it cannot be read, or comes twice: Protobuf would merge them.</returns>
    public static bool TryFindOnce(ReadOnlySpan<byte> message, uint tag, out ReadOnlySpan<byte> content)
    {
        var fields = new ProtobufFields(message);
        var isFound = false;
        content = default;
        while (fields.Read())
        {
            if (fields.Tag != tag)
            {
                continue;
            }

            if (isFound)
            {
                return false;
            }

            isFound = true;
            content = fields.Content;
        }

        return !fields.IsBroken;
    }

    private bool TryVarint(out ulong value)
    {
        value = 0;
        for (var i = 0; i < Math.Min(LongestVarint, _rest.Length); i++)
        {
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] < 0x80)
            {
                _rest = _rest[(i + 1)..];
                return true;
            }
        }

        return false;
    }

    private bool Break()
    {
        IsBroken = true;
        _rest = default;
        return false;
    }
}
