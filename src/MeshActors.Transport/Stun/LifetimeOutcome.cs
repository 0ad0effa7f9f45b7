namespace MeshActors.Transport.Stun;

/// <summary>How a search for the lifetime of mappings ended.</summary>
internal enum LifetimeOutcome
{
    /// <summary>It goes on.</summary>
    Pending,

    /// <summary>A silence ended the mapping, or none of those tried did.</summary>
    Measured,

    /// <summary>The server refuses to answer to another port.</summary>
    Unsupported,

    /// <summary>The server does not answer.</summary>
    Unreachable,
}
