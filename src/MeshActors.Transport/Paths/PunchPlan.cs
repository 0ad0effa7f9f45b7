using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Paths;

/// <summary>What two nodes do to meet, from what both say of their public ports: who sends from how many sockets to which endpoints.</summary>
/// <remarks>
/// <para>A NAT keeps the mapping of a socket and a destination. So who counts sends from a socket that has sent to nobody but the relay that told its last port; who has one mapping for all sends
/// from its first socket, where that mapping is.</para>
/// <para>Both count: let the proposer's i-th datagram go to the answerer's i-th next port, and the answerer's j-th to the proposer's port j + (j − 1) mod 8. When others have moved the two counters
/// by d ports together since they were read, datagrams with (j − 1) mod 8 = d and i = j + (the answerer's part of d) meet: some do for each d from 0 to 7.</para>
/// <para>Birthday: with s sockets open behind n ports, g different guesses all miss with (1 − g / n)^s: 64 sockets, 2,048 ports and 300 guesses miss one time in 25,000; 256 sockets, 64,512 ports and
/// 2,000 guesses one time in 3,000.</para>
/// </remarks>
internal static class PunchPlan
{
    /// <summary>Ports aimed at above the last one of a counter.</summary>
    public const int Window = 16;

    /// <summary>Ports tried at random, at most.</summary>
    public const int MostGuesses = 2_000;

    /// <summary>Ports tried at random by a side of which one relay alone has told where it is seen.</summary>
    /// <remarks>
    /// It takes itself for one with the same port for all. Where it is not, each port that it tries takes one of its own NAT, for as long as that keeps mappings, and carriers give subscribers 1,000 or
    /// 2,000. Against 64 sockets in a block of 2,048 it still misses one time in ten million, against 256 sockets behind any ports one time in eight.
    /// </remarks>
    public const int MostGuessesUnproven = 512;

    /// <summary>Which part of its own ports such a side may use up, where they were seen to be some of a block.</summary>
    public const int UnprovenShare = 4;

    /// <summary>Sockets opened before ports are tried at random in a block of at most <see cref="KnownBlock"/>.</summary>
    public const int FewSockets = 64;

    /// <summary>Sockets opened where the block is larger.</summary>
    public const int ManySockets = 256;

    /// <summary>Ports of a block that few sockets are enough for.</summary>
    public const int KnownBlock = 4_096;

    /// <summary>Largest block of two sides that both have any port of theirs.</summary>
    public const int SmallBlock = 512;

    /// <summary>Lowest port that NATs give out (RFC 4787, section 4.2.1); above the highest they go on there.</summary>
    public const int LowestPort = 1_024;

    /// <summary>Ports above the last one of a counter, when others move it too.</summary>
    private const int CountingBlock = 256;

    private const int Shifts = 8;

    /// <summary>What may bring both together; null when nothing does, or they need nothing.</summary>
    public static PunchTechnique? TechniqueFor(in PunchPorts own, in PunchPorts peer) => (own.Pattern, peer.Pattern) switch
    {
        (PunchPattern.Fixed or PunchPattern.Counting, PunchPattern.Counting) => PunchTechnique.Predicted,
        (PunchPattern.Counting, PunchPattern.Fixed) => PunchTechnique.Predicted,
        (PunchPattern.Fixed, PunchPattern.Scattered) or (PunchPattern.Scattered, PunchPattern.Fixed) => PunchTechnique.Birthday,
        (PunchPattern.Scattered, PunchPattern.Scattered) when own.Block <= SmallBlock && peer.Block <= SmallBlock =>
            PunchTechnique.BothRandom,
        _ => null,
    };

    /// <summary>What a counter that was just read is when others move it too: a block above.</summary>
    public static PunchPorts AsBlock(in PunchPorts counter)
    {
        var reach = CountingBlock * counter.Step;
        var last = counter.Endpoint.Port;
        return reach > 0
            ? new(PunchPattern.Scattered, counter.Endpoint, Low: Math.Min(last + 1, ushort.MaxValue), High: Math.Min(last + reach, ushort.MaxValue))
            : new(PunchPattern.Scattered, counter.Endpoint, Low: Math.Max(1, last + reach), High: Math.Max(1, last - 1));
    }

    /// <summary>Nothing is known of the ports at an address.</summary>
    public static PunchPorts AnyPort(UdpEndpoint seen) => new(PunchPattern.Scattered, seen, Low: LowestPort, High: ushort.MaxValue);

    /// <summary>Sockets that a side opens to be met behind one of their ports; 0 when it sends from its first one, or from that which looked.</summary>
    /// <param name="technique">What is tried.</param>
    /// <param name="own">Of that side.</param>
    public static int SocketsFor(PunchTechnique technique, in PunchPorts own) =>
        technique != PunchTechnique.Birthday || own.Pattern != PunchPattern.Scattered ? 0
        : own.Block <= KnownBlock ? Math.Min(FewSockets, own.Block)
        : ManySockets;

    /// <summary>How many ports of a side the other one tries at random at most.</summary>
    public static int Guesses(PunchTechnique technique, in PunchPorts ports) =>
        ports.Pattern != PunchPattern.Scattered ? 0
        : technique == PunchTechnique.BothRandom ? Math.Max(1, ports.Block / 2)
        : Math.Min(MostGuesses, ports.Block);

    /// <summary>Where datagrams go, in this order.</summary>
    /// <param name="technique">What is tried.</param>
    /// <param name="own">Of this node.</param>
    /// <param name="peer">Of the peer.</param>
    /// <param name="isProposer">Whether this node proposed it.</param>
    /// <param name="random">The order of ports that nothing is known of.</param>
    public static UdpEndpoint[] Targets(
        PunchTechnique technique, in PunchPorts own, in PunchPorts peer, bool isProposer, IRandomSource random)
    {
        switch (peer.Pattern)
        {
            case PunchPattern.Counting:
                var shifts = own.Pattern == PunchPattern.Counting && !isProposer ? Shifts : 1;
                var next = new UdpEndpoint[Window];
                for (var i = 0; i < Window; i++)
                {
                    next[i] = Ahead(peer, 1 + i + (i % shifts));
                }

                return next;
            case PunchPattern.Scattered:
                return AnyOf(peer, Math.Min(Guesses(technique, peer), own.MostTries ?? MostGuesses), random);
            default:
                return [peer.Endpoint];
        }
    }

    /// <summary>The port that a counter gives out after some others.</summary>
    private static UdpEndpoint Ahead(in PunchPorts counter, int steps)
    {
        const int Ports = ushort.MaxValue + 1 - LowestPort;
        var port = counter.Endpoint.Port + (steps * counter.Step);
        port = port > ushort.MaxValue ? port - Ports : port < LowestPort ? port + Ports : port;
        return counter.Endpoint with { Port = (ushort)port };
    }

    /// <summary>Different ports of a block (Fisher and Yates).</summary>
    private static UdpEndpoint[] AnyOf(in PunchPorts block, int count, IRandomSource random)
    {
        var ports = new ushort[block.Block];
        for (var i = 0; i < ports.Length; i++)
        {
            ports[i] = (ushort)(block.Low + i);
        }

        var chosen = new UdpEndpoint[count];
        for (var i = 0; i < count; i++)
        {
            var other = i + random.Below(ports.Length - i);
            (ports[i], ports[other]) = (ports[other], ports[i]);
            chosen[i] = block.Endpoint with { Port = ports[i] };
        }

        return chosen;
    }
}
