using System.Collections.Generic;
using Akka.Actor;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>What the supervisor of the tunnels remembers of one.</summary>
internal sealed class TunnelChild
{
    public TunnelChild(IActorRef actor, ITunnelControl control)
    {
        Actor = actor;
        Control = control;
    }

    public IActorRef Actor { get; }

    public ITunnelControl Control { get; }

    /// <summary>When the tunnel was last asked for or opened.</summary>
    public MonoTime LastUsed { get; set; }

    /// <summary>True once the actor is to stop; its name is free when it has.</summary>
    public bool IsEnding { get; set; }

    /// <summary>What came for the peer since then.</summary>
    public List<(object Message, IActorRef Sender)> Held { get; } = [];
}
