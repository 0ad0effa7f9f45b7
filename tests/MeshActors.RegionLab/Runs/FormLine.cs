using System.Collections.Generic;

namespace MeshActors.RegionLab.Runs;

/// <summary>How the cluster formed.</summary>
/// <param name="Kind"><c>form</c>.</param>
/// <param name="FormedMs">From the moment the last node listened until all saw all up.</param>
/// <param name="SinceStartMs">The same from the start of the first process.</param>
/// <param name="WorksMs">From then until every node had answers of all entities and of the singleton within one second.</param>
/// <param name="Health">Status of the checks of the nodes, each once.</param>
/// <param name="Mismatch">What is not as it should be; null when nothing.</param>
internal sealed record FormLine(
    string Kind,
    double? FormedMs,
    double? SinceStartMs,
    double? WorksMs,
    IReadOnlyList<string> Health,
    string? Mismatch);
