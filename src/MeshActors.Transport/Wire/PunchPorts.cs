using System;
using System.Buffers.Binary;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Wire;

/// <summary>What a node knows of its own public ports, as far as a peer needs it to aim (docs/protocol.md, section 6.9).</summary>
/// <remarks>
/// <code>
/// 0: pattern | 1: step, signed | 2, 3: lowest port | 4, 5: highest port | 6 to 23: endpoint
/// </code>
/// </remarks>
/// <param name="Pattern">Which of the following count.</param>
/// <param name="Endpoint">Of IPv4: the one for all peers, the last one seen of a counter, or any of those that relays saw.</param>
/// <param name="Step">From one port to the next, 1 to <see cref="MostStep"/> up or down; only of <see cref="PunchPattern.Counting"/>.</param>
/// <param name="Low">Lowest port of the block, at least 1; only of <see cref="PunchPattern.Scattered"/>.</param>
/// <param name="High">Highest port of the block; only of <see cref="PunchPattern.Scattered"/>.</param>
internal readonly record struct PunchPorts(PunchPattern Pattern, UdpEndpoint Endpoint, int Step = 0, int Low = 0, int High = 0)
{
    /// <summary>Bytes on the wire.</summary>
    public const int Size = 6 + WireEndpoint.Size;

    /// <summary>Largest step.</summary>
    public const int MostStep = 64;

    /// <summary>How many ports of a peer this node tries at most; null for as many as an attempt has. Not on the wire.</summary>
    public int? MostTries { get; init; }

    /// <summary>Ports of the block.</summary>
    public int Block => High - Low + 1;

    /// <summary>Reads the first <see cref="Size"/> bytes.</summary>
    /// <returns>False when there are fewer, or they contradict each other.</returns>
    public static bool TryRead(ReadOnlySpan<byte> source, out PunchPorts ports)
    {
        ports = default;
        if (source.Length < Size)
        {
            return false;
        }

        var endpoint = WireEndpoint.Read(source[6..]);
        var step = unchecked((sbyte)source[1]);
        var low = BinaryPrimitives.ReadUInt16BigEndian(source[2..]);
        var high = BinaryPrimitives.ReadUInt16BigEndian(source[4..]);
        ports = (PunchPattern)source[0] switch
        {
            PunchPattern.Fixed => new(PunchPattern.Fixed, endpoint),
            PunchPattern.Counting when Math.Abs((int)step) is >= 1 and <= MostStep => new(PunchPattern.Counting, endpoint, step),
            PunchPattern.Scattered when low >= 1 && low <= high => new(PunchPattern.Scattered, endpoint, Low: low, High: high),
            _ => default,
        };
        return ports.Pattern != PunchPattern.Unknown && endpoint is { IsIPv4: true, Port: not 0 };
    }

    /// <summary>Writes <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        destination[0] = (byte)Pattern;
        destination[1] = unchecked((byte)(sbyte)Step);
        BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)Low);
        BinaryPrimitives.WriteUInt16BigEndian(destination[4..], (ushort)High);
        WireEndpoint.Write(destination[6..], Endpoint);
    }
}
