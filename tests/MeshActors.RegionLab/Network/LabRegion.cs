using System;
using System.Collections.Generic;
using System.Linq;

namespace MeshActors.RegionLab.Network;

/// <summary>A region of the laboratory: its name, how far it is from the middle, how many nodes it has.</summary>
/// <param name="Name">Kebab-case, at most 12 characters.</param>
/// <param name="Number">The second number of its addresses.</param>
/// <param name="Delay">From the middle, one way.</param>
/// <param name="Nodes">How many.</param>
internal sealed record LabRegion(string Name, int Number, TimeSpan Delay, int Nodes)
{
    /// <summary>Three regions; round trips are 60 ms between the first two, 90 and 140 ms to the third. No region has half of the nodes.</summary>
    public static IReadOnlyList<LabRegion> All { get; } =
    [
        new("eu-west", 1, TimeSpan.FromMilliseconds(2.5), 2),
        new("us-east", 2, TimeSpan.FromMilliseconds(27.5), 2),
        new("ap-south", 3, TimeSpan.FromMilliseconds(42.5), 1),
    ];

    public static LabRegion? Find(string name) => All.FirstOrDefault(region => region.Name == name);

    /// <summary>The address of one of its hosts.</summary>
    public string Host(int number) => $"10.{Number}.0.{number}";
}
