using System;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Session;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>One session of a tunnel: its keys, its connection ids, and what both sides proved.</summary>
internal sealed class TunnelSession : IDisposable
{
    public required PacketProtection Protection { get; init; }

    /// <summary>Digest of message 1: names the handshake.</summary>
    public required Bytes32 Attempt { get; init; }

    /// <summary>What the peer writes: chosen here.</summary>
    public required ulong LocalConnectionId { get; init; }

    public required ulong OwnIncarnation { get; init; }

    public required ulong PeerIncarnation { get; init; }

    /// <summary>Whether this side dialled: it is the first to replace the session.</summary>
    public required bool InitiatedHere { get; init; }

    /// <summary>Decides between two sessions that both sides opened at once.</summary>
    public required bool InitiatedByLowerRoot { get; init; }

    /// <summary>The peer's certificate, checked in every respect.</summary>
    public required NodeCertificate Peer { get; init; }

    /// <summary>What the peer proved.</summary>
    public required TrustContext Context { get; init; }

    /// <summary>What packets are sealed with.</summary>
    public required CipherSuite Suite { get; init; }

    /// <summary>What both sides can do, as far as this version knows.</summary>
    public required TunnelFeatures Features { get; init; }

    /// <summary>Whether the peer took the early data of our message 1.</summary>
    public required bool EarlyDataTaken { get; init; }

    public required MonoTime EstablishedAt { get; init; }

    /// <summary>When the earlier of both certificates ends; no session outlives it.</summary>
    public required DateTimeOffset ValidUntil { get; init; }

    /// <summary>The session that a handshake ended with.</summary>
    /// <param name="result">Its keys are taken over.</param>
    /// <param name="own">Our certificate.</param>
    /// <param name="tunnel">To the peer; when it holds the state that the session names, packet numbers go on.</param>
    /// <param name="initiatedHere">Whether this side dialled.</param>
    /// <param name="localConnectionId">What the peer was told to write.</param>
    /// <param name="ownIncarnation">What the peer was told of our state.</param>
    /// <param name="now">The present.</param>
    public static TunnelSession Of(
        HandshakeResult result,
        NodeCertificate own,
        Tunnel tunnel,
        bool initiatedHere,
        ulong localConnectionId,
        ulong ownIncarnation,
        MonoTime now) =>
        new()
        {
            Protection = new PacketProtection(
                result.Keys,
                result.PeerConnectionId,
                tunnel.Incarnations.Names(ownIncarnation, result.PeerIncarnation) ? tunnel.Streams.NextExpected : 0,
                tunnel.Counters.Sessions & PacketHeader.MaxKeyPhase,
                limit: tunnel.Succession.MostPackets),
            Attempt = result.Attempt,
            LocalConnectionId = localConnectionId,
            OwnIncarnation = ownIncarnation,
            PeerIncarnation = result.PeerIncarnation,
            InitiatedHere = initiatedHere,
            InitiatedByLowerRoot = tunnel.LowerRoot == initiatedHere,
            Peer = result.Peer,
            Context = result.Context,
            EarlyDataTaken =
                initiatedHere && ((TunnelFeatures)result.PeerFeatures).HasFlag(TunnelFeatures.EarlyDataTaken),
            Suite = result.Keys.Send.Suite,
            Features = (TunnelFeatures)result.PeerFeatures & TunnelFeatures.Known,
            EstablishedAt = now,
            ValidUntil = own.ValidUntil < result.Peer.ValidUntil ? own.ValidUntil : result.Peer.ValidUntil,
        };

    /// <summary>Writes and seals the next packet of the streams; the session must still be able to seal.</summary>
    /// <param name="streams">What is to be sent.</param>
    /// <param name="destination">A whole datagram's room.</param>
    /// <param name="now">The present.</param>
    /// <returns>The packet's length, 0 when there is nothing to send now.</returns>
    public int Seal(StreamMux streams, Span<byte> destination, MonoTime now)
    {
        var room = destination[PacketHeader.Size..^(PacketProtection.Overhead - PacketHeader.Size)];
        var framesLength = streams.WritePacket(room, out var number, now);
        return framesLength == 0 ? 0 : Protection.Seal(destination, number, framesLength);
    }

    /// <summary>Writes and seals a packet of exactly the destination's size, that asks whether the path carries it.</summary>
    /// <returns>The packet's length, 0 when it may not be sent now.</returns>
    public int SealSizeProbe(StreamMux streams, Span<byte> destination, MonoTime now)
    {
        var room = destination[PacketHeader.Size..^(PacketProtection.Overhead - PacketHeader.Size)];
        var number = streams.Packets.NextNumber;
        var framesLength = streams.IsClosed ? 0 : streams.Packets.WriteSizeProbe(room, now);
        return framesLength == 0 ? 0 : Protection.Seal(destination, number, framesLength);
    }

    /// <summary>Seals frames beside those of the streams, padded to the destination's size.</summary>
    /// <returns>The packet's length, 0 when it may not be sent now.</returns>
    public int SealAside(StreamMux streams, ReadOnlySpan<byte> frames, Span<byte> destination, MonoTime now)
    {
        var room = destination[PacketHeader.Size..^(PacketProtection.Overhead - PacketHeader.Size)];
        var number = streams.Packets.NextNumber;
        var framesLength = streams.IsClosed || !Protection.CanSeal ? 0 : streams.Packets.WriteAside(frames, room, now);
        return framesLength == 0 ? 0 : Protection.Seal(destination, number, framesLength);
    }

    public void Dispose() => Protection.Dispose();
}
