using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>Something that happened to a packet, for traces.</summary>
/// <param name="At">When.</param>
/// <param name="Place">At which host or box.</param>
/// <param name="Fate">What.</param>
/// <param name="Packet">The packet, with the endpoints that it has afterwards.</param>
internal readonly record struct SimPacketEvent(MonoTime At, SimPlace Place, SimFate Fate, SimPacket Packet);
