namespace MeshActors.Transport.Wire;

/// <summary>Consecutive packet numbers, both ends included.</summary>
internal readonly record struct AckRange(ulong Smallest, ulong Largest);
