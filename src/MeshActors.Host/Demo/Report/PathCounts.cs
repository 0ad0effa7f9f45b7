namespace MeshActors.Host.Demo.Report;

/// <summary>How many tunnels of the orchestrator to workers run on which kind of path.</summary>
/// <param name="Direct">The worker is reached at an endpoint it is bound to.</param>
/// <param name="Punched">It is reached at an endpoint that a NAT gave it.</param>
/// <param name="Relayed">A relay forwards.</param>
internal sealed record PathCounts(int Direct, int Punched, int Relayed);
