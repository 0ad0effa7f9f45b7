using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Sockets;

/// <summary>The sockets of one node as the driver loop uses them: datagrams in and out by runs, one wait, one wake-up.</summary>
/// <remarks>
/// A run is several datagrams of one length side by side, of which the last may be shorter, between the same two endpoints. It costs one call
/// to the system where that can split and join datagrams by itself. Nothing that a datagram meets throws: what the system does not
/// take counts as lost, as on the way. All members but <see cref="Wake"/> belong to one thread.
/// </remarks>
internal interface IDatagramSockets : IDisposable
{
    /// <summary>Most datagrams of a run that is sent.</summary>
    const int MostSegments = 64;

    /// <summary>Most bytes of a run that is sent, and of one datagram on every network.</summary>
    const int MostRunBytes = 65_000;

    /// <summary>Most datagrams that one call sends to many receivers.</summary>
    const int MostDatagrams = 32;

    /// <summary>As bound, port 0 resolved.</summary>
    ImmutableArray<UdpEndpoint> LocalEndpoints { get; }

    /// <summary>What they are and what the system granted them.</summary>
    SocketFacts Facts { get; }

    /// <summary>Hands out the next run of what came in.</summary>
    /// <param name="run">Valid until the next call.</param>
    /// <returns>False ends a round: each socket was asked once. More may wait; then <see cref="Wait"/> returns at once.</returns>
    bool TryReceive(out DatagramRun run);

    /// <summary>Sends a run by the first socket of the endpoint's family, or by the further socket that a <see cref="SocketEndpoint"/> names.</summary>
    /// <param name="run">1 byte to <see cref="MostRunBytes"/>.</param>
    /// <param name="segmentBytes">Length of each datagram but the last; they are at most <see cref="MostSegments"/>.</param>
    /// <param name="to">Where all of them go.</param>
    /// <param name="ecn">How they are marked, where the system lets them be.</param>
    /// <returns>Datagrams that the system took; the others are lost.</returns>
    int Send(ReadOnlySpan<byte> run, int segmentBytes, in UdpEndpoint to, EcnMark ecn);

    /// <summary>Sends datagrams for many receivers, each by the first socket of its family, by one call where the system can.</summary>
    /// <param name="bytes">The bytes of all.</param>
    /// <param name="each">At most <see cref="MostDatagrams"/>.</param>
    /// <returns>Datagrams that the system took; the others are lost.</returns>
    int SendMany(ReadOnlySpan<byte> bytes, ReadOnlySpan<OutboundDatagram> each)
    {
        var taken = 0;
        foreach (var datagram in each)
        {
            taken += Send(bytes.Slice(datagram.Start, datagram.Length), datagram.Length, datagram.To, EcnMark.NotCapable);
        }

        return taken;
    }

    /// <summary>Sends one datagram that shall pass few routers.</summary>
    /// <param name="datagram">1 byte to <see cref="MostRunBytes"/>.</param>
    /// <param name="to">Where it would go.</param>
    /// <param name="hops">Routers that it may pass, 1 to 255.</param>
    /// <returns>Datagrams that the system took; none where it cannot bound them.</returns>
    int SendShort(ReadOnlySpan<byte> datagram, in UdpEndpoint to, byte hops) => 0;

    /// <summary>Opens a further socket of IPv4, at any free port of the address of the first one of IPv4; between two rounds of <see cref="TryReceive"/> alone.</summary>
    /// <param name="number">Its number, by which <see cref="SocketEndpoint"/> and <see cref="DatagramRun.Side"/> name it; none that is open.</param>
    /// <param name="local">Where it is bound.</param>
    /// <returns>False when there is no socket of IPv4, the system has none left, or this kind of sockets has no further ones.</returns>
    bool TryOpenSide(int number, out UdpEndpoint local)
    {
        local = default;
        return false;
    }

    /// <summary>Closes a further socket; one that is not open is left as it is. Between two rounds of <see cref="TryReceive"/> alone.</summary>
    void CloseSide(int number)
    {
    }

    /// <summary>Waits until something came in, <see cref="Wake"/> was called, or the time is over.</summary>
    /// <param name="timeout">More than zero.</param>
    void Wait(TimeSpan timeout);

    /// <summary>Ends the wait under way, or the next one; from any thread, at any time, also after the end.</summary>
    void Wake();
}
