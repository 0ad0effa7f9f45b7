using System.Collections.Immutable;

namespace MeshActors.TestKit.Nat;

/// <summary>How a host comes to the internet.</summary>
/// <param name="Boxes">The boxes between, the one next to the host first; empty for a host with a public address.</param>
/// <param name="HasIPv6">Whether the host has an IPv6 address, and then no IPv4 address.</param>
internal sealed record NatAccess(ImmutableArray<IBoxSettings> Boxes, bool HasIPv6 = false)
{
    /// <summary>A public IPv4 address and nothing between.</summary>
    public static readonly NatAccess Open = new([]);

    public static NatAccess Behind(params ImmutableArray<IBoxSettings> boxes) => new(boxes);

    /// <summary>What all boxes together do.</summary>
    /// <param name="overIPv4">Whether packets are IPv4 on the public internet.</param>
    /// <returns>Null when no such packets get there.</returns>
    public BoxBehaviour? Behaviour(bool overIPv4)
    {
        // A host has addresses of one family; only a box that translates brings it to the other.
        var gets = overIPv4 != HasIPv6;
        var all = BoxBehaviour.Open;
        foreach (var box in Boxes)
        {
            if (box.Behaviour(overIPv4) is not { } next)
            {
                return null;
            }

            gets |= box is Nat64Settings;
            all = all.Behind(next);
        }

        return gets ? all : null;
    }
}
