using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Congestion;

/// <summary>A packet on its way.</summary>
/// <param name="At">When it arrives.</param>
/// <param name="Flow">Whose it is.</param>
/// <param name="Number">Its number.</param>
/// <param name="Bytes">A buffer that goes back to the bottleneck.</param>
/// <param name="Length">How much of it is used.</param>
/// <param name="Mark">How it arrives marked.</param>
internal readonly record struct SimPacket(MonoTime At, int Flow, ulong Number, byte[] Bytes, int Length, EcnMark Mark);
