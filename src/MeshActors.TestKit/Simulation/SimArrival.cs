using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Simulation;

/// <summary>A packet that reached its receiver.</summary>
/// <param name="From">Where it was sent.</param>
/// <param name="To">Where it arrived.</param>
/// <param name="Packet">What it is.</param>
internal readonly record struct SimArrival<TPacket>(UdpEndpoint From, UdpEndpoint To, TPacket Packet);
