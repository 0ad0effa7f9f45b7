using System.Collections.Generic;

namespace MeshActors.NatLab.Nodes;

/// <summary>What a node of the laboratory is told first, as one line of JSON.</summary>
/// <param name="SecretFile">Of the fleet.</param>
/// <param name="Bind">Where it listens.</param>
/// <param name="IsRelay">Whether it forwards for others.</param>
/// <param name="Relays">Those that it uses.</param>
/// <param name="ReconnectSeconds">How long it tries a silent peer again.</param>
internal sealed record NodeOrder(
    string SecretFile, string Bind, bool IsRelay, IReadOnlyList<PeerWords> Relays, double ReconnectSeconds);
