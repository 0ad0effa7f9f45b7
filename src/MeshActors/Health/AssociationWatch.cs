using System;
using System.Collections.Generic;
using System.Threading;
using Akka.Actor;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Time;

namespace MeshActors.Health;

/// <summary>An ActorSystem's <see cref="AssociationRegister"/>, kept by what remoting publishes from the first call of <see cref="For"/> on.</summary>
internal sealed class AssociationWatch : IExtension
{
    private static readonly TimeSpan DefaultGate = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly AssociationRegister _register;
    private readonly Clock _clock;

    private AssociationWatch(ExtendedActorSystem system)
    {
        _clock = MeshTunnels.For(system).Clock;
        _register = new AssociationRegister(
            system.Settings.Config.GetTimeSpan("akka.remote.retry-gate-closed-for", DefaultGate));
        system.SystemActorOf(AssociationWatchActor.Props(this), AssociationWatchActor.Name);
    }

    /// <summary>The watch of an ActorSystem whose transport is the mesh transport.</summary>
    public static AssociationWatch For(ActorSystem system) => system.WithExtension<AssociationWatch, Provider>();

    /// <summary>Addresses that are gated, and those that are quarantined, now.</summary>
    public (IReadOnlyList<Address> Gated, IReadOnlyList<Address> Quarantined) Look()
    {
        lock (_lock)
        {
            return (_register.Gated(_clock.Now), _register.Quarantined);
        }
    }

    /// <summary>Tells the register what happened.</summary>
    public void Handle(Action<AssociationRegister, MonoTime> what)
    {
        lock (_lock)
        {
            what(_register, _clock.Now);
        }
    }

    private sealed class Provider : ExtensionIdProvider<AssociationWatch>
    {
        public override AssociationWatch CreateExtension(ExtendedActorSystem system) => new(system);
    }
}
