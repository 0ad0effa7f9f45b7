using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.TestKit.Simulation;

namespace MeshActors.TestKit.Nat;

/// <summary>Builds the boxes of an access and puts hosts behind them, with addresses as they are there.</summary>
internal sealed class SimNeighbourhood
{
    private readonly SimInternet _internet;
    private readonly SimRandom _random;

    public SimNeighbourhood(SimInternet internet, SimRandom random)
    {
        _internet = internet;
        _random = random;
    }

    public SimAddresses Addresses { get; } = new();

    /// <summary>A host with boxes of its own at its site.</summary>
    public SimHost Connect(string name, int site, NatAccess access) =>
        Put(name, site, access, Build(name, site, access.Boxes, _internet.Public));

    /// <summary>A host in a segment that the boxes of its access have been built around.</summary>
    public SimHost Put(string name, int site, NatAccess access, SimSegment segment)
    {
        var host = _internet.AddHost(name, site, translatesIPv4: access.HasIPv6);
        Attach(host, segment, access.HasIPv6);
        return host;
    }

    /// <summary>Builds boxes within a segment.</summary>
    /// <param name="name">What traces call them: with the number of boxes still outside of each, when there are several.</param>
    /// <param name="site">Where they are.</param>
    /// <param name="boxes">The innermost first.</param>
    /// <param name="outside">Where they get their outside addresses.</param>
    /// <returns>The inside of the innermost.</returns>
    public SimSegment Build(string name, int site, IReadOnlyList<IBoxSettings> boxes, SimSegment outside)
    {
        var segment = outside;
        for (var left = boxes.Count - 1; left >= 0; left--)
        {
            var addresses = new UInt128[boxes[left].OutsideAddresses];
            for (var i = 0; i < addresses.Length; i++)
            {
                addresses[i] = IsPublic(segment) ? Addresses.NextPublic() : Addresses.NextCarrier();
            }

            var label = boxes.Count == 1 ? $"{name}-box" : $"{name}-box{boxes.Count - left}";
            segment = _internet.AddBox(label, site, boxes[left].Build(addresses, _random.Split()), segment).Inside!;
        }

        return segment;
    }

    /// <summary>Gives a host an address in a segment.</summary>
    public void Attach(SimHost host, SimSegment segment, bool ipv6 = false) => host.Attach(
        ipv6 ? Addresses.NextIPv6() : IsPublic(segment) ? Addresses.NextPublic() : SimAddresses.NextHome(segment), segment);

    /// <summary>Whether addresses of the segment are seen on the public internet as they are.</summary>
    private static bool IsPublic(SimSegment segment)
    {
        for (var gate = segment.Gate; gate is not null; gate = gate.Outside!.Gate)
        {
            if (gate.Box!.OutsideAddresses.Any())
            {
                return false;
            }
        }

        return true;
    }
}
