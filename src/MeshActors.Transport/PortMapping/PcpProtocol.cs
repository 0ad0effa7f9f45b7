using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;

namespace MeshActors.Transport.PortMapping;

/// <summary>The MAP request of the Port Control Protocol (RFC 6887, sections 7 and 11), for one UDP port.</summary>
/// <remarks>
/// <code>
/// request: version 2 | opcode 1 | zero (16) | lifetime (32) | client address (128)
/// answer:  version 2 | opcode 1 and 0x80 | zero (8) | result (8) | lifetime (32) | epoch (32) | zero (96)
/// both:    nonce (96) | protocol 17 (8) | zero (24) | internal port (16) | external port (16) | external address (128)
/// </code>
/// The nonce makes sure that who did not see the requests can neither answer nor take the mapping away.
/// </remarks>
internal sealed class PcpProtocol : IGatewayProtocol
{
    private const int Size = 60;
    private const int MapOffset = 24;
    private const int NonceSize = 12;
    private const int MaxSize = 1_100;
    private const byte Version = 2;
    private const byte MapOpcode = 1;
    private const byte AnswerBit = 0x80;
    private const byte Udp = 17;
    private const int UnsupportedVersion = 1;

    private readonly UdpEndpoint _internal;
    private readonly byte[] _nonce = new byte[NonceSize];
    private UdpEndpoint _external;

    /// <param name="internal">The node's socket, as the gateway sees it from inside.</param>
    /// <param name="random">Chance for the nonce.</param>
    public PcpProtocol(UdpEndpoint @internal, IRandomSource random)
    {
        _internal = @internal;
        _external = new UdpEndpoint(@internal.IsIPv4 ? UdpEndpoint.MappedPrefix : UInt128.Zero, @internal.Port);
        random.Fill(_nonce);
    }

    public int WriteRequest(Span<byte> destination, uint lifetimeSeconds)
    {
        destination = destination[..Size];
        destination.Clear();
        destination[0] = Version;
        destination[1] = MapOpcode;
        BinaryPrimitives.WriteUInt32BigEndian(destination[4..], lifetimeSeconds);
        BinaryPrimitives.WriteUInt128BigEndian(destination[8..], _internal.Bits);
        var map = destination[MapOffset..];
        _nonce.CopyTo(map);
        map[12] = Udp;
        BinaryPrimitives.WriteUInt16BigEndian(map[16..], _internal.Port);
        BinaryPrimitives.WriteUInt16BigEndian(map[18..], _external.Port);
        BinaryPrimitives.WriteUInt128BigEndian(map[20..], _external.Bits);
        return Size;
    }

    public GatewayVerdict HandleAnswer(ReadOnlySpan<byte> datagram, out GatewayAnswer answer)
    {
        answer = default;
        if (datagram.Length < 4)
        {
            return GatewayVerdict.NotOurs;
        }

        // A gateway of NAT-PMP alone answers in its own version (RFC 6886, section 3.5), one of a later PCP in its.
        if (datagram[0] != Version || datagram[3] == UnsupportedVersion)
        {
            return (datagram[1] & AnswerBit) != 0 ? GatewayVerdict.OtherVersion : GatewayVerdict.NotOurs;
        }

        if (datagram.Length is < Size or > MaxSize || datagram[1] != (MapOpcode | AnswerBit))
        {
            return GatewayVerdict.NotOurs;
        }

        var map = datagram[MapOffset..];
        if (!map[..NonceSize].SequenceEqual(_nonce)
            || map[12] != Udp
            || BinaryPrimitives.ReadUInt16BigEndian(map[16..]) != _internal.Port)
        {
            return GatewayVerdict.NotOurs;
        }

        var external = new UdpEndpoint(
            BinaryPrimitives.ReadUInt128BigEndian(map[20..]), BinaryPrimitives.ReadUInt16BigEndian(map[18..]));
        answer = new GatewayAnswer(external, BinaryPrimitives.ReadUInt32BigEndian(datagram[4..]), datagram[3]);
        if (answer.Code != 0)
        {
            return GatewayVerdict.Refused;
        }

        _external = answer.LifetimeSeconds == 0 ? _external : external;
        return GatewayVerdict.Granted;
    }
}
