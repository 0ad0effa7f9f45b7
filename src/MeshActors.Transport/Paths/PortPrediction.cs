using System;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Paths;

/// <summary>Guesses the ports that a sequential NAT in front of the peer gives out next, from those that two servers saw.</summary>
/// <remarks>
/// A NAT whose mapping depends on the destination shows every server another port of one address. When these ports are near each other it counts up by their
/// distance, and the next destinations get the next ports (RFC 5128, section 3.5.1: port prediction). A datagram sent to one of these
/// opens our own filter for what the peer sends from there; which of them it is shows when a challenge of the peer comes through.
/// </remarks>
internal static class PortPrediction
{
    /// <summary>Ports guessed.</summary>
    public const int Window = 16;

    /// <summary>Ports further apart were not given out one after the other.</summary>
    public const int LargestDistance = 16;

    /// <summary>Guesses ports.</summary>
    /// <param name="seen">Endpoints of the peer as servers saw them.</param>
    /// <param name="guesses">Room for <see cref="Window"/>.</param>
    /// <returns>How many there are, 0 when nothing speaks for a sequence.</returns>
    public static int Guess(ReadOnlySpan<UdpEndpoint> seen, Span<UdpEndpoint> guesses)
    {
        for (var first = 0; first < seen.Length; first++)
        {
            for (var second = first + 1; second < seen.Length; second++)
            {
                var distance = Math.Abs(seen[first].Port - seen[second].Port);
                if (seen[first].Bits == seen[second].Bits && distance is > 0 and <= LargestDistance)
                {
                    return Guess(seen[first].Port > seen[second].Port ? seen[first] : seen[second], distance, guesses);
                }
            }
        }

        return 0;
    }

    private static int Guess(UdpEndpoint last, int distance, Span<UdpEndpoint> guesses)
    {
        var count = 0;
        for (var step = 1; step <= Window; step++)
        {
            var port = last.Port + (step * distance);
            if (port <= ushort.MaxValue)
            {
                guesses[count++] = last with { Port = (ushort)port };
            }
        }

        return count;
    }
}
