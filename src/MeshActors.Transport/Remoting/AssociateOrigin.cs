using System;
using Akka.Actor;
using Google.Protobuf;

namespace MeshActors.Transport.Remoting;

/// <summary>The address that Akka's ASSOCIATE, the first payload from who dialled, claims to come from.</summary>
/// <remarks>
/// Akka.Remote's own message types are internal to it, so the four fields on the way are read here:
/// <c>AkkaProtocolMessage.instruction</c> (2) / <c>AkkaControlMessage.commandType</c> (1, ASSOCIATE is 1) and
/// <c>handshakeInfo</c> (2) / <c>AkkaHandshakeInfo.origin</c> (1) / <c>AddressData</c>: system (1), host name (2),
/// port (3).
/// </remarks>
internal static class AssociateOrigin
{
    private const int Associate = 1;

    /// <summary>True when the payload is an ASSOCIATE of that address, whatever its scheme.</summary>
    public static bool Is(ReadOnlyMemory<byte> payload, Address address)
    {
        try
        {
            return TryField(payload.Span, 2, out var instruction)
                && IsAssociate(instruction)
                && TryField(instruction, 2, out var handshake)
                && TryField(handshake, 1, out var origin)
                && IsAddress(origin, address);
        }
        catch (InvalidProtocolBufferException)
        {
            return false;
        }
    }

    private static bool IsAssociate(ReadOnlySpan<byte> instruction)
    {
        var input = Parse(instruction);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (WireFormat.GetTagFieldNumber(tag) == 1)
            {
                return input.ReadEnum() == Associate;
            }

            input.SkipLastField();
        }

        return false;
    }

    private static bool IsAddress(ReadOnlySpan<byte> origin, Address address)
    {
        var (system, host, port) = (string.Empty, string.Empty, 0u);
        var input = Parse(origin);
        while (input.ReadTag() is not 0 and var tag)
        {
            switch (WireFormat.GetTagFieldNumber(tag))
            {
                case 1:
                    system = input.ReadString();
                    break;
                case 2:
                    host = input.ReadString();
                    break;
                case 3:
                    port = input.ReadUInt32();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return system == address.System
            && string.Equals(host, address.Host, StringComparison.OrdinalIgnoreCase)
            && port == address.Port;
    }

    private static bool TryField(ReadOnlySpan<byte> message, int number, out ReadOnlySpan<byte> field)
    {
        var input = Parse(message);
        while (input.ReadTag() is not 0 and var tag)
        {
            if (tag == WireFormat.MakeTag(number, WireFormat.WireType.LengthDelimited))
            {
                field = input.ReadBytes().Span;
                return true;
            }

            input.SkipLastField();
        }

        field = default;
        return false;
    }

    private static CodedInputStream Parse(ReadOnlySpan<byte> message) => new(message.ToArray());
}
