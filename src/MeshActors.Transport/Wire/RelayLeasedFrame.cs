using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Wire;

/// <summary>A relay grants a lease, prolongs it, or says why it does not (docs/protocol.md, section 10.1).</summary>
/// <remarks>
/// <code>
/// type 0x49 | length | version 1 | refusal 1 | attempt 4, and when granted
/// lease 4 | key to relay 32 | key from relay 32 | lifetime s 2 | attested endpoint 16 + 2 | count 1 | relays: index 2, address 8
/// </code>
/// Holds keys, so it looks into the content and copies nothing. Bytes after it are ignored.
/// </remarks>
internal readonly ref struct RelayLeasedFrame
{
    /// <summary>Bytes of a key.</summary>
    public const int KeySize = 32;

    /// <summary>Relays that one relay forwards to at most.</summary>
    public const int MaxRelays = 32;

    /// <summary>Bytes of the longest content.</summary>
    public const int MaxContentSize = RelaysOffset + (MaxRelays * RelaySize);

    /// <summary>Bytes of the content of a refusal.</summary>
    public const int RefusalSize = 6;

    private const byte Version = 1;
    private const int AttemptOffset = 2;
    private const int LeaseOffset = RefusalSize;
    private const int KeysOffset = LeaseOffset + sizeof(uint);
    private const int LifetimeOffset = KeysOffset + (2 * KeySize);
    private const int EndpointOffset = LifetimeOffset + sizeof(ushort);
    private const int PortOffset = EndpointOffset + 16;
    private const int CountOffset = PortOffset + sizeof(ushort);
    private const int RelaysOffset = CountOffset + 1;
    private const int RelaySize = sizeof(ushort) + MeshAddress.Size;

    private readonly ReadOnlySpan<byte> _content;

    private RelayLeasedFrame(ReadOnlySpan<byte> content)
    {
        _content = content;
    }

    /// <summary>Which request this answers.</summary>
    public uint Attempt => BinaryPrimitives.ReadUInt32BigEndian(_content[AttemptOffset..]);

    /// <summary>None when there is a lease; everything below is only there then.</summary>
    public RelayRefusal Refusal => (RelayRefusal)_content[1];

    public uint Lease => BinaryPrimitives.ReadUInt32BigEndian(_content[LeaseOffset..]);

    /// <summary>The key of frames to the relay.</summary>
    public ReadOnlySpan<byte> KeyToRelay => _content.Slice(KeysOffset, KeySize);

    /// <summary>The key of frames from the relay.</summary>
    public ReadOnlySpan<byte> KeyFromRelay => _content.Slice(KeysOffset + KeySize, KeySize);

    /// <summary>How long the lease counts after the last frame that verified; 1 s to 65,535 s.</summary>
    public TimeSpan Lifetime => TimeSpan.FromSeconds(BinaryPrimitives.ReadUInt16BigEndian(_content[LifetimeOffset..]));

    /// <summary>Where the relay saw the client.</summary>
    public UdpEndpoint Attested => new(
        BinaryPrimitives.ReadUInt128BigEndian(_content[EndpointOffset..]),
        BinaryPrimitives.ReadUInt16BigEndian(_content[PortOffset..]));

    /// <summary>How many relays this one forwards to, 0 to <see cref="MaxRelays"/>.</summary>
    public int RelayCount => _content[CountOffset];

    /// <summary>Reads the content of the frame; false when it is cut short, of another version, or has a field that means nothing.</summary>
    public static bool TryRead(ReadOnlySpan<byte> content, out RelayLeasedFrame frame)
    {
        frame = new RelayLeasedFrame(content);
        if (content.Length < RefusalSize || content[0] != Version)
        {
            return false;
        }

        return frame.Refusal != RelayRefusal.None
            || (content.Length >= RelaysOffset
                && frame.RelayCount <= MaxRelays
                && content.Length >= RelaysOffset + (frame.RelayCount * RelaySize)
                && frame.Lifetime > TimeSpan.Zero
                && frame.HasRelays());
    }

    /// <summary>One of the relays that this one forwards to, and its number there: 1 to <see cref="MaxRelays"/>.</summary>
    /// <param name="position">0 up to <see cref="RelayCount"/>.</param>
    public (ushort Index, MeshAddress Relay) RelayAt(int position)
    {
        var entry = _content[(RelaysOffset + (position * RelaySize))..];
        MeshAddress.TryRead(entry[sizeof(ushort)..], out var relay);
        return (BinaryPrimitives.ReadUInt16BigEndian(entry), relay);
    }

    /// <summary>Writes the content of a refusal.</summary>
    /// <returns>Bytes written.</returns>
    public static int WriteRefusal(Span<byte> content, uint attempt, RelayRefusal refusal)
    {
        content[0] = Version;
        content[1] = (byte)refusal;
        BinaryPrimitives.WriteUInt32BigEndian(content[AttemptOffset..], attempt);
        return RefusalSize;
    }

    /// <summary>Writes the content of a grant.</summary>
    /// <param name="content">At least <see cref="MaxContentSize"/> bytes.</param>
    /// <param name="attempt">Of the request.</param>
    /// <param name="lease">Its number.</param>
    /// <param name="keys">Key to the relay, key from the relay: <see cref="KeySize"/> bytes each.</param>
    /// <param name="lifetimeSeconds">1 to 65,535.</param>
    /// <param name="attested">Where the client was seen.</param>
    /// <param name="relays">At most <see cref="MaxRelays"/> that this one forwards to.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(
        Span<byte> content,
        uint attempt,
        uint lease,
        ReadOnlySpan<byte> keys,
        ushort lifetimeSeconds,
        in UdpEndpoint attested,
        ReadOnlySpan<(ushort Index, MeshAddress Relay)> relays)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(relays.Length, MaxRelays);
        ArgumentOutOfRangeException.ThrowIfNotEqual(keys.Length, 2 * KeySize);
        WriteRefusal(content, attempt, RelayRefusal.None);
        BinaryPrimitives.WriteUInt32BigEndian(content[LeaseOffset..], lease);
        keys.CopyTo(content[KeysOffset..]);
        BinaryPrimitives.WriteUInt16BigEndian(content[LifetimeOffset..], lifetimeSeconds);
        BinaryPrimitives.WriteUInt128BigEndian(content[EndpointOffset..], attested.Bits);
        BinaryPrimitives.WriteUInt16BigEndian(content[PortOffset..], attested.Port);
        content[CountOffset] = (byte)relays.Length;
        var end = RelaysOffset;
        foreach (var (index, relay) in relays)
        {
            BinaryPrimitives.WriteUInt16BigEndian(content[end..], index);
            relay.Write(content[(end + sizeof(ushort))..]);
            end += RelaySize;
        }

        return end;
    }

    private bool HasRelays()
    {
        for (var position = 0; position < RelayCount; position++)
        {
            if (RelayAt(position) is not { Index: >= 1 and <= MaxRelays, Relay.Value: > 0 })
            {
                return false;
            }
        }

        return true;
    }
}
