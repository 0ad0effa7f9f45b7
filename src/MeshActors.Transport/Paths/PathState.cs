namespace MeshActors.Transport.Paths;

/// <summary>What is known of a path.</summary>
internal enum PathState : byte
{
    /// <summary>Challenges are under way, or about to be; nothing else may be sent there.</summary>
    Probing,

    /// <summary>The peer has answered a challenge that went there, or completed a handshake over it.</summary>
    Valid,

    /// <summary>Nothing came back; tried again later.</summary>
    Failed,
}
