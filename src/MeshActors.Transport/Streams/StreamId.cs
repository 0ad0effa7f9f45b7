using System;
using System.Globalization;

namespace MeshActors.Transport.Streams;

/// <summary>Names a stream in its tunnel: <c>number * 8 + lane * 2 + side</c> (docs/protocol.md, section 6.1).</summary>
/// <param name="Value">The id as it stands in frames.</param>
internal readonly record struct StreamId(ulong Value)
{
    /// <summary>Runs up from 0 in each lane and side.</summary>
    public long Number => (long)(Value >> 3);

    /// <summary>One of four values, of which the last is no lane: see <see cref="HasLane"/>.</summary>
    public StreamLane Lane => (StreamLane)((Value >> 1) & 3);

    /// <summary>False for an id that names a lane that does not exist.</summary>
    public bool HasLane => Lane <= StreamLane.Control;

    /// <summary>Which node opened the stream: 0 the one with the lower root key, 1 the other.</summary>
    public int Side => (int)(Value & 1);

    /// <param name="lane">The lane.</param>
    /// <param name="side">0 or 1.</param>
    /// <param name="number">0 to 2^59 - 1.</param>
    public static StreamId From(StreamLane lane, int side, long number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)side, 1u, nameof(side));
        return new StreamId(((ulong)number << 3) | ((ulong)lane << 1) | (uint)side);
    }

    /// <summary>As <c>streams/0:17</c>: lane, side, number.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{NameOf(Lane)}/{Side}:{Number}");

    private static string NameOf(StreamLane lane) => lane switch
    {
        StreamLane.Association => "association",
        StreamLane.Streams => "streams",
        StreamLane.Control => "control",
        _ => "none",
    };
}
