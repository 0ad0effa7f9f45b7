using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>A way that packets of a tunnel take: the peer's endpoint, how large datagrams may be there, and what is on the way.</summary>
/// <remarks>Replaced as a whole when the endpoint changes, so that other threads never read half of one.</remarks>
internal sealed class TunnelPath
{
    /// <summary>Longest round trip that timers of a path begin with: a challenge may have waited in the tunnel to a relay until that was open again, which says nothing of the path.</summary>
    private static readonly TimeSpan LongestFirstRoundTrip = TimeSpan.FromSeconds(1);

    private int _toldBytes;

    public TunnelPath(PeerPath path, PathRecovery recovery, int mostDatagramBytes, MonoTime now)
    {
        Path = path;
        Recovery = recovery;
        Mtu = new PathMtu(mostDatagramBytes, Endpoint.IsLoopback, now);
    }

    /// <summary>What is known of it.</summary>
    public PeerPath Path { get; }

    /// <summary>The sending side.</summary>
    public PathRecovery Recovery { get; }

    /// <summary>Where packets go.</summary>
    public UdpEndpoint Endpoint => Path.Endpoint;

    public PathMtu Mtu { get; }

    /// <summary>What timers of a path begin with, until packets on it were acknowledged.</summary>
    public static TimeSpan FirstRoundTrip(PeerPath path)
    {
        var measured = path.RoundTrip ?? RoundTripEstimator.Initial;
        return measured < LongestFirstRoundTrip ? measured : LongestFirstRoundTrip;
    }

    /// <summary>Writes and seals the next packet: a probe for a larger datagram when one is due, else what the streams have.</summary>
    /// <param name="session">It must still be able to seal.</param>
    /// <param name="streams">What is to be sent.</param>
    /// <param name="destination">Room for the largest datagram.</param>
    /// <param name="isProbe">True when it must travel alone: it may be too large for the path.</param>
    /// <param name="now">The present.</param>
    /// <returns>The packet's length, 0 when there is nothing to send now.</returns>
    public int PollTransmit(
        TunnelSession session, StreamMux streams, Span<byte> destination, out bool isProbe, MonoTime now)
    {
        HandleEvidence(streams, now);
        isProbe = false;
        if (session.Protection.Opened > 0 && Mtu.PollProbe(now) is > 0 and var size)
        {
            var probe = session.SealSizeProbe(streams, destination[..size], now);
            if (probe > 0)
            {
                isProbe = true;
                Mtu.HandleProbeSent();
                return probe;
            }
        }

        var length = session.Seal(streams, destination[..Mtu.DatagramBytes], now);
        Mtu.HandleSent(length);
        return length;
    }

    private void HandleEvidence(StreamMux streams, MonoTime now)
    {
        if (Recovery.Sizes.TryTakeFate(out var arrived))
        {
            if (arrived)
            {
                Mtu.HandleProbeArrived();
            }
            else
            {
                Mtu.HandleProbeLost(now);
            }
        }

        if (_toldBytes == 0)
        {
            // What the streams know is of the path before.
            Recovery.Sizes.Clear();
        }
        else if (Recovery.Sizes.IsBlackHole)
        {
            Mtu.HandleBlackHole(now);
            streams.HandleReopened(now);
        }

        if (_toldBytes != Mtu.DatagramBytes)
        {
            _toldBytes = Mtu.DatagramBytes;
            Recovery.HandleDatagramSize(_toldBytes);
        }
    }
}
