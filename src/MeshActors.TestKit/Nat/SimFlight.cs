namespace MeshActors.TestKit.Nat;

/// <summary>A packet between two places.</summary>
/// <param name="To">The place it comes to.</param>
/// <param name="IsOutbound">Whether it comes to a box from inside.</param>
/// <param name="Packet">The packet.</param>
internal readonly record struct SimFlight(SimPlace To, bool IsOutbound, SimPacket Packet);
