using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Sockets;

/// <summary>One of several datagrams that leave in one call, each for somebody else.</summary>
/// <param name="Start">Where it begins among the bytes of all.</param>
/// <param name="Length">Its bytes, at least 1.</param>
/// <param name="To">Where it goes.</param>
internal readonly record struct OutboundDatagram(int Start, int Length, UdpEndpoint To);
