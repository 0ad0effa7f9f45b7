using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.PortMapping;

/// <summary>The requests of the NAT Port Mapping Protocol (RFC 6886, section 3), for one UDP port of IPv4.</summary>
/// <remarks>
/// <code>
/// address request: version 0 | opcode 0                  answer: 0 | 128 | result (16) | epoch (32) | address (32)
/// mapping request: 0 | 1 | zero (16) | internal port (16) | external port (16) | lifetime (32)
/// answer:          0 | 129 | result (16) | epoch (32) | internal port (16) | external port (16) | lifetime (32)
/// </code>
/// The public address is asked for before each mapping request, since it may have become another one.
/// </remarks>
internal sealed class NatPmpProtocol : IGatewayProtocol
{
    private const int AddressRequestSize = 2;
    private const int AddressAnswerSize = 12;
    private const int MapRequestSize = 12;
    private const int MapAnswerSize = 16;
    private const byte Version = 0;
    private const byte MapUdp = 1;
    private const byte AnswerBit = 0x80;
    private const int UnsupportedVersion = 1;

    private readonly ushort _port;
    private ushort _external;
    private uint? _address;

    /// <param name="port">Of the node's socket.</param>
    public NatPmpProtocol(ushort port)
    {
        _port = port;
        _external = port;
    }

    public int WriteRequest(Span<byte> destination, uint lifetimeSeconds)
    {
        destination[..MapRequestSize].Clear();
        destination[0] = Version;
        if (_address is null && lifetimeSeconds > 0)
        {
            return AddressRequestSize;
        }

        destination[1] = MapUdp;
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], _port);
        BinaryPrimitives.WriteUInt16BigEndian(destination[6..], lifetimeSeconds == 0 ? (ushort)0 : _external);
        BinaryPrimitives.WriteUInt32BigEndian(destination[8..], lifetimeSeconds);
        return MapRequestSize;
    }

    public GatewayVerdict HandleAnswer(ReadOnlySpan<byte> datagram, out GatewayAnswer answer)
    {
        answer = default;
        if (datagram.Length < 8 || datagram[0] != Version || (datagram[1] & AnswerBit) == 0)
        {
            return GatewayVerdict.NotOurs;
        }

        var code = BinaryPrimitives.ReadUInt16BigEndian(datagram[2..]);
        if (code != 0)
        {
            answer = new GatewayAnswer(default, 0, code);
            return code == UnsupportedVersion ? GatewayVerdict.OtherVersion : GatewayVerdict.Refused;
        }

        return datagram[1] switch
        {
            AnswerBit when datagram.Length >= AddressAnswerSize => TakeAddress(datagram),
            AnswerBit | MapUdp when datagram.Length >= MapAnswerSize => TakeMapping(datagram, out answer),
            _ => GatewayVerdict.NotOurs,
        };
    }

    private GatewayVerdict TakeAddress(ReadOnlySpan<byte> datagram)
    {
        if (_address is not null)
        {
            return GatewayVerdict.NotOurs;
        }

        _address = BinaryPrimitives.ReadUInt32BigEndian(datagram[8..]);
        return GatewayVerdict.GoOn;
    }

    private GatewayVerdict TakeMapping(ReadOnlySpan<byte> datagram, out GatewayAnswer answer)
    {
        answer = default;
        var lifetime = BinaryPrimitives.ReadUInt32BigEndian(datagram[12..]);
        if (BinaryPrimitives.ReadUInt16BigEndian(datagram[8..]) != _port || (_address is null && lifetime > 0))
        {
            return GatewayVerdict.NotOurs;
        }

        if (lifetime > 0)
        {
            _external = BinaryPrimitives.ReadUInt16BigEndian(datagram[10..]);
            answer = new GatewayAnswer(new UdpEndpoint(UdpEndpoint.MappedPrefix | _address!.Value, _external), lifetime, 0);
            _address = null;
        }

        return GatewayVerdict.Granted;
    }
}
