namespace MeshActors.Transport.Stun;

/// <summary>How a NAT chooses public ports, with what is needed to guess the next one.</summary>
/// <param name="Pattern">The kind.</param>
/// <param name="Step">From one port to the next, 1 to 64 up or down; only of <see cref="PortPattern.Sequential"/>, else 0.</param>
/// <param name="BlockLow">Lowest port that the next one may be; only of <see cref="PortPattern.Random"/>, else 0.</param>
/// <param name="BlockHigh">Highest port that the next one may be; only of <see cref="PortPattern.Random"/>, else 0.</param>
internal readonly record struct NatPorts(PortPattern Pattern, int Step = 0, int BlockLow = 0, int BlockHigh = 0);
