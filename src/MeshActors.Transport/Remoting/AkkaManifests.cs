using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Messages of Akka itself that remoting, clusters and singletons cannot do without, and whose bytes choose no type.</summary>
/// <remarks>Exact, for Akka.NET 1.5.7x: what is not here (messages with exceptions, remote deployment, router pools, sharding, Distributed Data, publish and subscribe, which carry
/// payloads of any type) passes where <c>allowed-manifests</c> names it. Source: the serializers' own manifests; a test holds them to the packages.</remarks>
internal static class AkkaManifests
{
    /// <summary>Identify and ActorIdentity have a payload of any type as their first field.</summary>
    public const int Misc = 16;

    /// <summary>Strings and whole numbers.</summary>
    public const int Primitive = 17;

    private const int System = 22;
    private const int Cluster = 5;
    private const int Singleton = 14;

    /// <summary>Whether a message that is none of a system message's sequence may come from any peer.</summary>
    public static bool AreSafe(int serializer, ReadOnlySpan<byte> manifest) => serializer switch
    {
        Misc => manifest.SequenceEqual("RWHB"u8) || manifest.SequenceEqual("RWHR"u8),
        Cluster => IsOfCluster(manifest),
        Singleton => manifest.Length == 1 && manifest[0] is >= (byte)'A' and <= (byte)'D',
        _ => false,
    };

    /// <summary>Whether a system message may come from any peer: those that name actors and nothing else.</summary>
    public static bool AreSafeForSystem(int serializer, ReadOnlySpan<byte> manifest) => serializer == System
        && (manifest.SequenceEqual("Akka.Dispatch.SysMsg.Watch, Akka"u8)
            || manifest.SequenceEqual("Akka.Dispatch.SysMsg.Unwatch, Akka"u8)
            || manifest.SequenceEqual("Akka.Dispatch.SysMsg.DeathWatchNotification, Akka"u8)
            || manifest.SequenceEqual("Akka.Dispatch.SysMsg.Supervise, Akka"u8)
            || manifest.SequenceEqual("Akka.Dispatch.SysMsg.Suspend, Akka"u8)
            || manifest.SequenceEqual("Akka.Dispatch.SysMsg.Terminate, Akka"u8));

    /// <summary>Whether a message's payload, its first field, is of any type.</summary>
    public static bool AsksWhoIsThere(int serializer, ReadOnlySpan<byte> manifest) =>
        serializer == Misc && (manifest.SequenceEqual("ID"u8) || manifest.SequenceEqual("AID"u8));

    private static bool IsOfCluster(ReadOnlySpan<byte> manifest) =>
        manifest.SequenceEqual("HB"u8)
        || manifest.SequenceEqual("HBR"u8)
        || manifest.SequenceEqual("Akka.Cluster.GossipStatus, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.GossipEnvelope, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.ClusterHeartbeatSender+Heartbeat, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.ClusterHeartbeatSender+HeartbeatRsp, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+Join, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+Welcome, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+InitJoin, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+InitJoinAck, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+InitJoinNack, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.InternalClusterAction+ExitingConfirmed, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.ClusterUserAction+Leave, Akka.Cluster"u8)
        || manifest.SequenceEqual("Akka.Cluster.ClusterUserAction+Down, Akka.Cluster"u8);
}
