using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Nat;

/// <summary>A datagram that reached a port of a host.</summary>
/// <param name="Host">Which host.</param>
/// <param name="At">At which of its endpoints.</param>
/// <param name="From">Where it seems to come from.</param>
/// <param name="Bytes">What it carries.</param>
internal readonly record struct SimDatagram(SimHost Host, UdpEndpoint At, UdpEndpoint From, ReadOnlyMemory<byte> Bytes);
