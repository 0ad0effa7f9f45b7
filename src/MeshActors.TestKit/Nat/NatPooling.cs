namespace MeshActors.TestKit.Nat;

/// <summary>Which of several outside addresses a mapping gets (RFC 4787, section 4.1, "IP address pooling").</summary>
internal enum NatPooling
{
    /// <summary>All mappings of an inside address have the same.</summary>
    Paired,

    /// <summary>Any.</summary>
    Arbitrary,
}
