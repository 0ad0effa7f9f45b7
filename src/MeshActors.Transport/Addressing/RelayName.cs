using System;
using System.Buffers.Binary;

namespace MeshActors.Transport.Addressing;

/// <summary>A relay's mesh address where an endpoint is expected, as candidates name relays: eight zero bytes, realm and address, port 1.</summary>
internal static class RelayName
{
    private const ushort Port = 1;

    public static UdpEndpoint Of(MeshAddress relay) => new(((ulong)relay.Realm << 48) | relay.Value, Port);

    /// <summary>False when the endpoint names no relay.</summary>
    public static bool TryRead(UdpEndpoint endpoint, out MeshAddress relay)
    {
        relay = default;
        if (endpoint.Bits >> 64 != UInt128.Zero || endpoint.Port != Port)
        {
            return false;
        }

        Span<byte> bytes = stackalloc byte[MeshAddress.Size];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, (ulong)(endpoint.Bits & ulong.MaxValue));
        return MeshAddress.TryRead(bytes, out relay);
    }
}
