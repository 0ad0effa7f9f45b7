using System.Net;

namespace MeshActors.Benchmarks.Children;

/// <summary>Where a child runs.</summary>
/// <param name="NetworkNamespace">Its network namespace; empty is that of the parent.</param>
/// <param name="Address">What it binds.</param>
/// <param name="Core">The core it is held to; null is none.</param>
internal sealed record ChildPlace(string NetworkNamespace, IPAddress Address, int? Core = null)
{
    /// <summary>Where the parent is, on its loopback interface.</summary>
    public static readonly ChildPlace Loopback = new(string.Empty, IPAddress.Loopback);
}
