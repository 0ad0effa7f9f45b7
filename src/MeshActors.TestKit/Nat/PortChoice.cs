namespace MeshActors.TestKit.Nat;

/// <summary>How a NAT chooses the outside port of a mapping (RFC 4787, section 4.2). No two mappings of an address share a port.</summary>
internal enum PortChoice
{
    /// <summary>The inside port where it is free, else the next free one above.</summary>
    Preserving,

    /// <summary>The port of the mapping before plus a step, or the next free one of that row.</summary>
    Sequential,

    /// <summary>Any free one.</summary>
    Random,

    /// <summary>Any free one of a contiguous block that the inside address has alone, as carriers do (RFC 7422).</summary>
    Block,
}
