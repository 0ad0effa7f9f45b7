using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace MeshActors.Transport.Addressing;

/// <summary>The permanent name of a node: a realm and 48 bits derived from its root key, as <c>0:A91F.0000.7C2E</c>.</summary>
/// <remarks>
/// It says who, never where: it stays through restarts, roaming and key rotation. Ordered by realm, then by the 48 bits.
/// On the wire: realm (2 bytes), then 48 bits (6 bytes), network byte order.
/// </remarks>
public readonly record struct MeshAddress : IComparable<MeshAddress>, ISpanParsable<MeshAddress>
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 8;

    /// <summary>Largest realm: its Akka port, realm + 1, must be at most 65,534.</summary>
    public const ushort MaxRealm = 65_533;

    /// <summary>Largest value of the 48 bits.</summary>
    public const ulong MaxValue = (1ul << 48) - 1;

    private const int GroupLength = 4;
    private const int HostLength = 14;

    /// <summary>Names a node.</summary>
    /// <param name="realm">Address space, 0 (the default realm) to <see cref="MaxRealm"/>.</param>
    /// <param name="value">The 48 bits, 1 to <see cref="MaxValue"/>; 0 names no node.</param>
    public MeshAddress(ushort realm, ulong value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(realm, MaxRealm);
        ArgumentOutOfRangeException.ThrowIfZero(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, MaxValue);
        Realm = realm;
        Value = value;
    }

    /// <summary>The address space, 0 to <see cref="MaxRealm"/>.</summary>
    public ushort Realm { get; }

    /// <summary>The 48 bits.</summary>
    public ulong Value { get; }

    /// <summary>The host part of an Akka address in mesh mode: <c>a91f.0000.7c2e</c>.</summary>
    public string AkkaHost => string.Create(
        CultureInfo.InvariantCulture, $"{(Value >> 32) & 0xFFFF:x4}.{(Value >> 16) & 0xFFFF:x4}.{Value & 0xFFFF:x4}");

    /// <summary>The port part of an Akka address in mesh mode: the realm plus one.</summary>
    public int AkkaPort => Realm + 1;

    /// <summary>True when <paramref name="left"/> sorts before <paramref name="right"/>.</summary>
    public static bool operator <(MeshAddress left, MeshAddress right) => left.CompareTo(right) < 0;

    /// <summary>True when <paramref name="left"/> sorts after <paramref name="right"/>.</summary>
    public static bool operator >(MeshAddress left, MeshAddress right) => left.CompareTo(right) > 0;

    /// <summary>True when <paramref name="left"/> does not sort after <paramref name="right"/>.</summary>
    public static bool operator <=(MeshAddress left, MeshAddress right) => left.CompareTo(right) <= 0;

    /// <summary>True when <paramref name="left"/> does not sort before <paramref name="right"/>.</summary>
    public static bool operator >=(MeshAddress left, MeshAddress right) => left.CompareTo(right) >= 0;

    /// <summary>Reads <c>REALM:XXXX.XXXX.XXXX</c>, or <c>XXXX.XXXX.XXXX</c> in realm 0; hex digits of either case.</summary>
    /// <exception cref="FormatException">The text is not of that form; the message names text and form.</exception>
    public static MeshAddress Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc cref="Parse(string, IFormatProvider?)"/>
    public static MeshAddress Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var address)
            ? address
            : throw new FormatException(
                $"'{s}' is not a mesh address: write REALM:XXXX.XXXX.XXXX with a realm of 0 to {MaxRealm} and twelve "
                + "hex digits that are not all zero, as in 0:A91F.0000.7C2E.");

    /// <summary>As <see cref="Parse(string, IFormatProvider?)"/>, with false in place of the exception.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out MeshAddress result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <inheritdoc cref="TryParse(string?, IFormatProvider?, out MeshAddress)"/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out MeshAddress result)
    {
        result = default;
        ushort realm = 0;
        var colon = s.IndexOf(':');

        // The framework takes numbers with zero characters behind them, so each must end with a digit.
        if (colon >= 0
            && (colon == 0
                || !char.IsAsciiDigit(s[colon - 1])
                || !ushort.TryParse(s[..colon], NumberStyles.None, CultureInfo.InvariantCulture, out realm)
                || realm > MaxRealm))
        {
            return false;
        }

        return TryParseHost(s[(colon + 1)..], realm, out result);
    }

    /// <summary>Reads host and port of an Akka address in mesh mode.</summary>
    /// <returns>False when they name no mesh address: then it is a host name or an IP address.</returns>
    public static bool TryParseAkka(string? host, int? port, out MeshAddress address)
    {
        address = default;
        return port is >= 1 and <= MaxRealm + 1 && TryParseHost(host, (ushort)(port.Value - 1), out address);
    }

    /// <summary>Reads <see cref="Size"/> bytes; false when they name no node.</summary>
    public static bool TryRead(ReadOnlySpan<byte> source, out MeshAddress address)
    {
        address = default;
        if (source.Length < Size)
        {
            return false;
        }

        var realm = BinaryPrimitives.ReadUInt16BigEndian(source);
        var value = BinaryPrimitives.ReadUInt64BigEndian(source) & MaxValue;
        if (realm > MaxRealm || value == 0)
        {
            return false;
        }

        address = new MeshAddress(realm, value);
        return true;
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination) =>
        BinaryPrimitives.WriteUInt64BigEndian(destination, ((ulong)Realm << 48) | Value);

    /// <inheritdoc/>
    public int CompareTo(MeshAddress other)
    {
        var byRealm = Realm.CompareTo(other.Realm);
        return byRealm != 0 ? byRealm : Value.CompareTo(other.Value);
    }

    /// <summary><c>0:A91F.0000.7C2E</c>.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{Realm}:{(Value >> 32) & 0xFFFF:X4}.{(Value >> 16) & 0xFFFF:X4}.{Value & 0xFFFF:X4}");

    private static bool TryParseHost(ReadOnlySpan<char> host, ushort realm, out MeshAddress address)
    {
        address = default;
        if (host.Length != HostLength)
        {
            return false;
        }

        var value = 0ul;
        for (var group = 0; group < 3; group++)
        {
            var start = group * (GroupLength + 1);
            if ((group > 0 && host[start - 1] != '.')
                || !char.IsAsciiHexDigit(host[start + GroupLength - 1])
                || !ushort.TryParse(
                    host.Slice(start, GroupLength),
                    NumberStyles.AllowHexSpecifier,
                    CultureInfo.InvariantCulture,
                    out var bits))
            {
                return false;
            }

            value = (value << 16) | bits;
        }

        if (value == 0)
        {
            return false;
        }

        address = new MeshAddress(realm, value);
        return true;
    }
}
