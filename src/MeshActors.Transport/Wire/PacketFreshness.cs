namespace MeshActors.Transport.Wire;

/// <summary>How new a packet of the peer was when it arrived.</summary>
/// <remarks>Numbers are common to all paths, so what asks for no acknowledgement may overtake content over a faster path, and says nothing about the way that content takes.</remarks>
internal enum PacketFreshness : byte
{
    /// <summary>A newer one had arrived.</summary>
    Late,

    /// <summary>Its number is the highest so far.</summary>
    Newest,

    /// <summary>It asks for an acknowledgement, and its number is the highest so far of those that do.</summary>
    NewestContent,
}
