using System;
using System.Buffers.Binary;
using System.Text;
using Akka.Actor;

namespace MeshActors.Transport.Remoting;

/// <summary>First message each way of an association's stream: the sender's Akka address (docs/protocol.md, section 7).</summary>
/// <remarks>
/// <code>
/// +-------------+-------------------+--------+-----------------+------+----------+------------+
/// | version (1) | system length (1) | system | host length (1) | host | port (2) | number (4) |
/// +-------------+-------------------+--------+-----------------+------+----------+------------+
/// </code>
/// Names are UTF-8 of 1 to 255 bytes, the port is 1 to 65,535. The number is left out by who takes no companions. Bytes behind it are for later versions and
/// are skipped.
/// </remarks>
/// <param name="Address">The sender's address, as the receiver shall see it.</param>
/// <param name="Number">What companions of this association shall call it in their hello, 0 for none.</param>
internal sealed record AssociationHello(Address Address, uint Number = 0)
{
    /// <summary>The only version there is; another one is refused.</summary>
    public const byte Version = 1;

    /// <summary>Longest hello that is read.</summary>
    public const int MaxSize = 2 * 1024;

    private const int MaxNameBytes = byte.MaxValue;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Reads a hello that may be anything.</summary>
    /// <returns>False when it is none, or of another version.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out AssociationHello hello)
    {
        hello = null!;
        if (message.Length is 0 or > MaxSize
            || message[0] != Version
            || !TryReadName(message[1..], out var system, out var rest)
            || !TryReadName(rest, out var host, out rest)
            || rest.Length < sizeof(ushort)
            || BinaryPrimitives.ReadUInt16BigEndian(rest) is not (> 0 and var port))
        {
            return false;
        }

        rest = rest[sizeof(ushort)..];
        hello = new AssociationHello(
            new Address(MeshTransport.Scheme, system, host, port),
            rest.Length < sizeof(uint) ? 0 : BinaryPrimitives.ReadUInt32BigEndian(rest));
        return true;
    }

    /// <summary>The hello as bytes.</summary>
    public byte[] ToBytes()
    {
        var system = Utf8.GetBytes(Address.System);
        var host = Utf8.GetBytes(Address.Host);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(system.Length, MaxNameBytes, nameof(Address));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(host.Length, MaxNameBytes, nameof(Address));
        var size = 1 + 1 + system.Length + 1 + host.Length + sizeof(ushort);
        var message = new byte[size + (Number == 0 ? 0 : sizeof(uint))];
        message[0] = Version;
        message[1] = (byte)system.Length;
        system.CopyTo(message.AsSpan(2));
        message[2 + system.Length] = (byte)host.Length;
        host.CopyTo(message.AsSpan(3 + system.Length));
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(size - sizeof(ushort)), (ushort)Address.Port!.Value);
        if (Number != 0)
        {
            BinaryPrimitives.WriteUInt32BigEndian(message.AsSpan(size), Number);
        }

        return message;
    }

    private static bool TryReadName(ReadOnlySpan<byte> source, out string name, out ReadOnlySpan<byte> rest)
    {
        name = string.Empty;
        rest = default;
        if (source.Length < 1 || source[0] == 0 || source.Length < 1 + source[0])
        {
            return false;
        }

        var bytes = source.Slice(1, source[0]);
        rest = source[(1 + source[0])..];
        if (!System.Text.Unicode.Utf8.IsValid(bytes))
        {
            return false;
        }

        name = Utf8.GetString(bytes);
        foreach (var character in name)
        {
            if (char.IsControl(character) || char.IsWhiteSpace(character) || "/@#?".Contains(character, StringComparison.Ordinal))
            {
                return false;
            }
        }

        return true;
    }
}
