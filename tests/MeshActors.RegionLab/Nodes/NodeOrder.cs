using System.Collections.Generic;

namespace MeshActors.RegionLab.Nodes;

/// <summary>What a node of the laboratory starts with, as one line of JSON on its standard input; it ends with that input.</summary>
/// <param name="Name">Of the node.</param>
/// <param name="Region">Where it is.</param>
/// <param name="Host">Its address at the start.</param>
/// <param name="Port">Its UDP port.</param>
/// <param name="SecretFile">The fleet's.</param>
/// <param name="IdentityFile">Its own; empty for an identity in memory.</param>
/// <param name="IsNamedByMeshAddress">Whether its Akka address is its mesh address.</param>
/// <param name="IsRelay">Whether it forwards for others.</param>
/// <param name="Relays">Where relays are, as <c>host:port</c>.</param>
/// <param name="Seeds">The cluster's seed nodes.</param>
/// <param name="LogFile">Takes what it logs; empty for nowhere.</param>
internal sealed record NodeOrder(
    string Name,
    string Region,
    string Host,
    int Port,
    string SecretFile,
    string IdentityFile,
    bool IsNamedByMeshAddress,
    bool IsRelay,
    IReadOnlyList<string> Relays,
    IReadOnlyList<string> Seeds,
    string LogFile);
