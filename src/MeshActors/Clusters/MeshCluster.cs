using System;
using Akka.Actor;
using Akka.Cluster;

namespace MeshActors.Clusters;

/// <summary>What a program asks when its ActorSystem, a member of a cluster, has ended.</summary>
public static class MeshCluster
{
    /// <summary>Exit code by which a program asks its supervisor to start it again (EX_TEMPFAIL of sysexits.h).</summary>
    public const int StartAgainExitCode = 75;

    /// <summary>True when the system ended because the cluster took it out (it was downed, or was on the lost side of a cut), or because it could not join in time.</summary>
    /// <remarks>A member that was downed never comes back: a new process with a new system joins in its place.</remarks>
    /// <param name="system">One that has ended, or is about to.</param>
    public static bool IsToStartAgain(ActorSystem system)
    {
        ArgumentNullException.ThrowIfNull(system);
        return CoordinatedShutdown.Get(system).ShutdownReason
            is CoordinatedShutdown.ClusterDowningReason or CoordinatedShutdown.ClusterJoinUnsuccessfulReason;
    }

    /// <summary>True for a system that is a member of a cluster, or may become one.</summary>
    internal static bool IsIn(ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider is IClusterActorRefProvider;
}
