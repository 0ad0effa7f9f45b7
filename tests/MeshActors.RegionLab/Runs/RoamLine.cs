using System.Collections.Generic;

namespace MeshActors.RegionLab.Runs;

/// <summary>What a node's change of address did.</summary>
/// <param name="Kind"><c>roam</c>.</param>
/// <param name="Node">Which changed it.</param>
/// <param name="From">Its address before.</param>
/// <param name="To">Its address after.</param>
/// <param name="UnreachableFor">Milliseconds for which it was unreachable to others, or they to it, in all.</param>
/// <param name="WorksMs">From the change until every node had answers of all entities and of the singleton within one second.</param>
/// <param name="Twice">Actors that ran twice at the same time, and for how many milliseconds.</param>
/// <param name="Mismatch">What is not as it should be; null when nothing.</param>
internal sealed record RoamLine(
    string Kind,
    string Node,
    string From,
    string To,
    double UnreachableFor,
    double? WorksMs,
    IReadOnlyList<string> Twice,
    string? Mismatch);
