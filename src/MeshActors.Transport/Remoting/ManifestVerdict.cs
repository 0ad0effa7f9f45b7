namespace MeshActors.Transport.Remoting;

/// <summary>What becomes of a payload where <c>allowed-manifests</c> is set.</summary>
internal enum ManifestVerdict
{
    /// <summary>It goes to Akka.</summary>
    Pass,

    /// <summary>A message for an actor, of a type that is not allowed: dropped, the association goes on.</summary>
    Drop,

    /// <summary>Nothing that is understood, or a system message of a type that is not allowed. The association ends: a gap in the sequence of system messages would be asked for until the peer is quarantined.</summary>
    End,
}
