using System;
using System.Text;
using Akka.Actor;

namespace MeshActors.Transport.Remoting;

/// <summary>The address that Akka's ASSOCIATE, the first payload from who dialled, claims to come from.</summary>
/// <remarks>
/// Akka.Remote's own message types are internal to it, so the four fields on the way are read here:
/// <c>AkkaProtocolMessage.instruction</c> (2) / <c>AkkaControlMessage.commandType</c> (1, ASSOCIATE is 1) and
/// <c>handshakeInfo</c> (2) / <c>AkkaHandshakeInfo.origin</c> (1) / <c>AddressData</c>: system (1), host name (2),
/// port (3). Protobuf merges what comes twice, the later over the earlier, so anything that comes twice is refused: Akka would read another address than was looked at here.
/// </remarks>
internal static class AssociateOrigin
{
    private const ulong Associate = 1;

    /// <summary>True when the payload is an ASSOCIATE of that address, whatever its scheme.</summary>
    public static bool Is(ReadOnlyMemory<byte> payload, Address address) =>
        TryContent(payload.Span, 2, out var instruction)
        && TryOne(instruction, TagOfNumber(1), out var command, out _)
        && command == Associate
        && TryContent(instruction, 2, out var handshake)
        && TryContent(handshake, 1, out var origin)
        && IsAddress(origin, address);

    private static bool IsAddress(ReadOnlySpan<byte> origin, Address address) =>
        TryContent(origin, 1, out var system)
        && TryContent(origin, 2, out var host)
        && TryOne(origin, TagOfNumber(3), out var port, out _)
        && Encoding.UTF8.GetString(system) == address.System
        && string.Equals(Encoding.UTF8.GetString(host), address.Host, StringComparison.OrdinalIgnoreCase)
        && port == (ulong?)address.Port;

    private static uint TagOfNumber(uint number) => number << 3;

    private static bool TryContent(ReadOnlySpan<byte> message, uint number, out ReadOnlySpan<byte> content) =>
        TryOne(message, (number << 3) | 2, out _, out content);

    /// <summary>The one field with a tag.</summary>
    /// <returns>False when there is none, or more than one, or the message is malformed.</returns>
    private static bool TryOne(ReadOnlySpan<byte> message, uint tag, out ulong value, out ReadOnlySpan<byte> content)
    {
        value = 0;
        content = default;
        var found = 0;
        var fields = new ProtobufFields(message);
        while (fields.Read())
        {
            if (fields.Tag == tag)
            {
                found++;
                value = fields.Value;
                content = fields.Content;
            }
        }

        return found == 1 && !fields.IsBroken;
    }
}
