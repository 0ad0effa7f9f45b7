
namespace MeshActors.TestKit.Nat;

/// <summary>What is played for a seed.</summary>
/// <param name="A">The NAT of who dials.</param>
/// <param name="B">The NAT of who is dialled.</param>
/// <param name="Harm">What dies.</param>
/// <param name="Early">Whether the first message may go ahead of the session.</param>
internal sealed record NatPairScenario(NatKind A, NatKind B, NatHarm Harm, bool Early)
{
    private static readonly NatKind[] Kinds = [.. NatKinds.Matrix];

    private const int Harms = 7;

    /// <summary>Pairs there are.</summary>
    public static int Pairs => Kinds.Length * Kinds.Length;

    /// <summary>Every pair in turn, with another harm each time round.</summary>
    public static NatPairScenario FromSeed(ulong seed)
    {
        var pair = (int)(seed % (ulong)Pairs);
        var round = seed / (ulong)Pairs;
        return new NatPairScenario(
            Kinds[pair / Kinds.Length], Kinds[pair % Kinds.Length], (NatHarm)(round % Harms), round / Harms % 2 == 1);
    }

    /// <summary>Two kinds, with another harm for each seed.</summary>
    public static NatPairScenario Of(NatKind a, NatKind b, ulong seed) =>
        new(a, b, (NatHarm)(seed % Harms), seed / Harms % 2 == 1);
}
