using System;

namespace MeshActors.Transport.Stun;

/// <summary>One attribute of a STUN message that was read.</summary>
internal readonly ref struct StunAttribute
{
    public StunAttribute(ushort type, int offset, ReadOnlySpan<byte> value)
    {
        Type = type;
        Offset = offset;
        Value = value;
    }

    /// <summary>One of <see cref="StunAttributeType"/>, or one that is not known.</summary>
    public ushort Type { get; }

    /// <summary>Where the attribute begins in the message, in bytes.</summary>
    public int Offset { get; }

    /// <summary>The value without its padding.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
