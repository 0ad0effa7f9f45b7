using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Nat;

/// <summary>A UDP datagram on its way.</summary>
/// <param name="From">Where it seems to come from.</param>
/// <param name="To">Where it is to go.</param>
/// <param name="Bytes">What it carries.</param>
/// <param name="HopsLeft">It is dropped by what would make it less than 0.</param>
/// <param name="Number">The how-manieth packet of its internet it is, by which traces follow it.</param>
internal readonly record struct SimPacket(
    UdpEndpoint From, UdpEndpoint To, ReadOnlyMemory<byte> Bytes, int HopsLeft, long Number = 0);
