using System.Collections.Generic;

namespace MeshActors.RegionLab.Runs;

/// <summary>What a cut did.</summary>
/// <param name="Kind"><c>cut</c>.</param>
/// <param name="Region">Which was cut off.</param>
/// <param name="UnreachableMs">From the cut until a node of the others found one of them unreachable.</param>
/// <param name="EndedMs">From the cut until each node that ended with 75 first did so.</param>
/// <param name="RemovedMs">From the cut until the others alone were members, for all of them.</param>
/// <param name="Lost">Actors that ran in the region when it was cut off.</param>
/// <param name="WorksMs">From the cut until each of the others had answers of all entities and of the singleton within one second, the lost ones among them.</param>
/// <param name="WholeMs">From healing until all nodes saw all up.</param>
/// <param name="WorksAgainMs">From then until every node had answers of all.</param>
/// <param name="Twice">Actors that ran twice at the same time, and for how many milliseconds.</param>
/// <param name="Mismatch">What is not as it should be; null when nothing.</param>
internal sealed record CutLine(
    string Kind,
    string Region,
    double? UnreachableMs,
    IReadOnlyDictionary<string, double> EndedMs,
    double? RemovedMs,
    int Lost,
    double? WorksMs,
    double? WholeMs,
    double? WorksAgainMs,
    IReadOnlyList<string> Twice,
    string? Mismatch);
