namespace MeshActors.TestKit.Nat;

/// <summary>What a NAT does with a packet from inside to one of its own mappings (RFC 4787, section 6).</summary>
internal enum NatHairpin
{
    /// <summary>It is dropped.</summary>
    Off,

    /// <summary>It comes back, from the sender's mapping ("external source address and port").</summary>
    On,

    /// <summary>It comes back, from the sender's inside endpoint ("internal source address and port").</summary>
    InternalSource,
}
