using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Tells the payloads that failure detectors live on: the protocol's own sign of life, and the heartbeats and answers of remoting and cluster.</summary>
/// <remarks>
/// They may overtake everything but the beginning of their association, so they go by the control lane. By recipient and manifest both: nothing that a program sends to another actor is meant, nor what else goes
/// to these. One that carries an acknowledgement of system messages is left out: acknowledgements keep their order, since one that comes late can make Akka quarantine the peer. System messages are never meant.
/// </remarks>
internal static class HeartbeatPayload
{
    /// <summary>A longer payload is none; names of systems and hosts are 255 bytes at most.</summary>
    public const int MostBytes = 4 * 1024;

    private static readonly ulong Watcher = PathHash.Of("/system/remote-watcher"u8);
    private static readonly ulong ClusterReceiver = PathHash.Of("/system/cluster/heartbeatReceiver"u8);
    private static readonly ulong ClusterSender = PathHash.Of("/system/cluster/core/daemon/heartbeatSender"u8);

    public static bool Is(ReadOnlySpan<byte> payload)
    {
        if (payload.Length > MostBytes)
        {
            return false;
        }

        var address = PayloadAddress.Read(payload);
        return address.Kind == PayloadKind.Heartbeat
            || (address is { Kind: PayloadKind.User, HasAcknowledgement: false }
                && RecipientOf(address.Manifest) is { } recipient
                && address.Hash == recipient);
    }

    /// <summary>Whom a message with that manifest is for when it is a heartbeat or its answer; null when it is neither.</summary>
    private static ulong? RecipientOf(ReadOnlySpan<byte> manifest) =>
        manifest.SequenceEqual("RWHB"u8) || manifest.SequenceEqual("RWHR"u8) ? Watcher
        : manifest.SequenceEqual("HB"u8) ? ClusterReceiver
        : manifest.SequenceEqual("HBR"u8) ? ClusterSender
        : null;
}
