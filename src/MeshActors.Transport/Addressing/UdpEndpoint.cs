using System;
using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace MeshActors.Transport.Addressing;

/// <summary>An IP address and a UDP port, as a value: where a node may be reached now.</summary>
/// <remarks>
/// IPv4 is held in its IPv4-mapped IPv6 form (RFC 4291, section 2.5.5.2), so one layout serves both families and an
/// endpoint seen through a dual-stack socket equals the same one seen through an IPv4 socket.
/// </remarks>
/// <param name="Bits">The 128 bits of the address, IPv4 mapped.</param>
/// <param name="Port">UDP port, 1 to 65,535; 0 only in <c>default</c>.</param>
/// <param name="ScopeId">Zone of a link-local IPv6 address, else 0.</param>
internal readonly record struct UdpEndpoint(UInt128 Bits, ushort Port, uint ScopeId = 0)
{
    /// <summary>What stands before the 32 bits of an IPv4 address.</summary>
    public static readonly UInt128 MappedPrefix = new(0, 0xFFFF_0000_0000);

    /// <summary>True for an IPv4 address.</summary>
    public bool IsIPv4 => Bits >> 32 == MappedPrefix >> 32;

    /// <summary>True for an address of this machine alone: 127.0.0.0/8 or ::1.</summary>
    public bool IsLoopback => IsIPv4 ? (uint)(Bits & uint.MaxValue) >> 24 == 127 : Bits == UInt128.One;

    public static UdpEndpoint From(IPEndPoint endpoint) => From(endpoint.Address, (ushort)endpoint.Port);

    public static UdpEndpoint From(IPAddress address, ushort port)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            address.TryWriteBytes(bytes, out _);
            return new UdpEndpoint(MappedPrefix | BinaryPrimitives.ReadUInt32BigEndian(bytes), port);
        }

        address.TryWriteBytes(bytes, out _);
        return new UdpEndpoint(
            BinaryPrimitives.ReadUInt128BigEndian(bytes),
            port,
            address.IsIPv6LinkLocal ? (uint)address.ScopeId : 0);
    }

    /// <summary>Reads <c>192.0.2.1:7400</c> or <c>[2001:db8::1]:7400</c>; a port is needed.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out UdpEndpoint endpoint)
    {
        endpoint = default;
        if (!IPEndPoint.TryParse(text ?? string.Empty, out var parsed) || parsed.Port == 0)
        {
            return false;
        }

        endpoint = From(parsed);
        return true;
    }

    public IPAddress ToIPAddress()
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, Bits);
        return IsIPv4 ? new IPAddress(bytes[12..]) : new IPAddress(bytes, ScopeId);
    }

    public IPEndPoint ToIPEndPoint() => new(ToIPAddress(), Port);

    /// <summary><c>192.0.2.1:7400</c> or <c>[2001:db8::1]:7400</c>.</summary>
    public override string ToString() => ToIPEndPoint().ToString();
}
