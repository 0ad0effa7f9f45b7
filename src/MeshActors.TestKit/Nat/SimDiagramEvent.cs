using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>One line of a <see cref="SimDiagram"/>.</summary>
/// <param name="At">When.</param>
/// <param name="From">Where it came from.</param>
/// <param name="To">Where it came to.</param>
/// <param name="What">What it is.</param>
/// <param name="IsLost">Whether it went no further.</param>
/// <param name="IsNote">Whether nothing travelled: a note at <paramref name="From"/>.</param>
internal readonly record struct SimDiagramEvent(
    MonoTime At, string From, string To, string What, bool IsLost = false, bool IsNote = false);
