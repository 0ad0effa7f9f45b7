using System.Collections.Generic;
using MeshActors.TestKit.Nat;

namespace MeshActors.TestKit.Mesh;

/// <summary>Where a node of a mesh is at home: its way to the internet, and who shares it.</summary>
internal sealed class MeshHome
{
    public MeshHome(NatNode node, NatKind kind, NatAccess access, IReadOnlyList<SimPlace> boxes)
    {
        Node = node;
        Settle(kind, access, boxes);
    }

    public NatNode Node { get; }

    public NatKind Kind { get; private set; } = NatKinds.Open;

    public NatAccess Access { get; private set; } = NatAccess.Open;

    /// <summary>The boxes that its packets pass, shared ones included.</summary>
    public IReadOnlyList<SimPlace> Boxes { get; private set; } = [];

    public int Site => Node.Host.Place.Site;

    public string Name => Node.Host.Place.Name;

    /// <summary>It lives behind these boxes from here on.</summary>
    public void Settle(NatKind kind, NatAccess access, IReadOnlyList<SimPlace> boxes)
    {
        Kind = kind;
        Access = access;
        Boxes = boxes;
    }

    /// <summary>How many boxes, counted from the internet, are the same for both.</summary>
    public int SharedWith(MeshHome other)
    {
        var shared = 0;
        while (shared < Boxes.Count && shared < other.Boxes.Count && Boxes[^(shared + 1)] == other.Boxes[^(shared + 1)])
        {
            shared++;
        }

        return shared;
    }

    public override string ToString() => $"{Name} ({Kind})";
}
