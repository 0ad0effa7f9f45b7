using System.Collections.Generic;
using Akka.Actor;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Switching;

namespace MeshActors.Transport.Remoting;

/// <summary>What the supervisor of the relays knows over its own restarts: which there are, how the engine stands with them, and who waits for one. Touched by that actor alone.</summary>
internal sealed class RelayMemory
{
    /// <summary>The relays to be used, by the names of their actors, in the order of the configuration.</summary>
    public List<(string Name, RelaySetting Setting)> Relays { get; } = [];

    /// <summary>What the engine told last of each; it tells changes alone.</summary>
    public Dictionary<MeshAddress, RelayChange> Changes { get; } = [];

    /// <summary>Who is told when there is a lease.</summary>
    public List<IActorRef> Waiting { get; } = [];
}
