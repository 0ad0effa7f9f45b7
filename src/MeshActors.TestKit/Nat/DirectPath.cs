namespace MeshActors.TestKit.Nat;

/// <summary>Whether two hosts can come to talk without a relay.</summary>
internal enum DirectPath
{
    /// <summary>Not, or by luck only: nobody is to count on it.</summary>
    No,

    /// <summary>With a probability of at least 95 %, by trying ports that nobody can foretell.</summary>
    Likely,

    /// <summary>Always: all ports that are needed can be observed or foretold.</summary>
    Yes,
}
