using System;

namespace MeshActors.Transport.Wire;

/// <summary>Reads fields one after the other off bytes that may be anything.</summary>
internal ref struct FrameReader
{
    private ReadOnlySpan<byte> _rest;

    public FrameReader(ReadOnlySpan<byte> bytes)
    {
        _rest = bytes;
    }

    /// <summary>True when everything has been read.</summary>
    public readonly bool IsEmpty => _rest.IsEmpty;

    /// <summary>What has not been read.</summary>
    public readonly ReadOnlySpan<byte> Rest => _rest;

    /// <summary>False when the bytes end before the value does; nothing is consumed then.</summary>
    public bool TryReadVarInt(out ulong value)
    {
        if (!VarInt.TryRead(_rest, out value, out var size))
        {
            return false;
        }

        _rest = _rest[size..];
        return true;
    }

    /// <summary>False when fewer than <paramref name="length"/> bytes are left; nothing is consumed then.</summary>
    public bool TryReadBytes(ulong length, out ReadOnlySpan<byte> bytes)
    {
        if (length > (ulong)_rest.Length)
        {
            bytes = default;
            return false;
        }

        bytes = _rest[..(int)length];
        _rest = _rest[(int)length..];
        return true;
    }

    /// <summary>A varint length and that many bytes.</summary>
    public bool TryReadPrefixed(out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        return TryReadVarInt(out var length) && TryReadBytes(length, out bytes);
    }

    /// <summary>All that is left.</summary>
    public ReadOnlySpan<byte> ReadRest()
    {
        var bytes = _rest;
        _rest = default;
        return bytes;
    }
}
