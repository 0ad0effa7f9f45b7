namespace MeshActors.Discovery;

/// <summary>A record that fits a question.</summary>
/// <param name="Record">Holds only the capabilities that were asked for.</param>
/// <param name="Uptime">Beats the directory saw over those it expected, 0 to 1.</param>
internal sealed record RecordMatch(NodeRecord Record, double Uptime);
