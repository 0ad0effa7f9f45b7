namespace MeshActors.Transport.Streams;

/// <summary>What is known of marks on a path.</summary>
internal enum EcnState : byte
{
    /// <summary>The first packets are marked, and nothing is known yet.</summary>
    Testing,

    /// <summary>Marks arrive and are told: all packets are marked.</summary>
    Capable,

    /// <summary>Marks are lost, changed or not told: none is marked.</summary>
    Failed,
}
