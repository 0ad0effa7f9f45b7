namespace MeshActors.NatLab.Nodes;

/// <summary>What a node of the laboratory is asked to do later on, as one line of JSON.</summary>
/// <param name="Do">One of the constants.</param>
/// <param name="Peer">Whom to talk to.</param>
internal sealed record NodeWish(string Do, PeerWords? Peer = null)
{
    /// <summary>Tells how it is reached, as soon as it has leases at all its relays.</summary>
    public const string Describe = "describe";

    /// <summary>Opens a tunnel, and lets both sides count aloud in it.</summary>
    public const string Talk = "talk";

    /// <summary>Tells what was heard since the last time.</summary>
    public const string Report = "report";
}
