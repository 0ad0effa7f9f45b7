namespace MeshActors.Host.Roles;

/// <summary>Why a node ends.</summary>
internal enum NodeEnd
{
    /// <summary>It was asked to.</summary>
    Stopped,

    /// <summary>Another root key holds its address.</summary>
    AddressTaken,

    /// <summary>Its certificate has counted for the rotation interval.</summary>
    CertificateDue,

    /// <summary>The cluster took it out: it was downed, or could not join in time.</summary>
    Downed,

    /// <summary>Its ActorSystem ended by itself.</summary>
    Died,
}
