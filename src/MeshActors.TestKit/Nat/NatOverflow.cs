namespace MeshActors.TestKit.Nat;

/// <summary>What a NAT with as many mappings as it holds does with a packet that needs another one.</summary>
internal enum NatOverflow
{
    /// <summary>The mapping that was refreshed the longest time ago goes.</summary>
    OldestGoes,

    /// <summary>The packet is dropped.</summary>
    NewRefused,
}
