using System;

namespace MeshActors.Transport.Wire;

/// <summary>Says which packets have arrived, highest range first (RFC 9000, section 19.3).</summary>
/// <remarks>
/// <code>
/// type 0x02 | largest | delay, 8 us units | further ranges | first range | { gap | range } ...      all varints
/// type 0x03 | as above                                                                    | ECT(0) | ECT(1) | CE
/// </code>
/// A range on the wire is its count of numbers less one, a gap the count of missing numbers less one.
/// </remarks>
internal readonly ref struct AckFrame
{
    /// <summary>Microseconds in one unit of the delay field: 2 to the power of RFC 9000's default exponent, 3.</summary>
    public const int DelayUnitMicroseconds = 8;

    private readonly ReadOnlySpan<byte> _gapsAndRanges;
    private readonly ulong _firstRange;

    private AckFrame(
        ulong largest, ulong delayUnits, ulong firstRange, ReadOnlySpan<byte> gapsAndRanges, EcnCounts? marks)
    {
        Marks = marks;
        Largest = largest;
        DelayUnits = delayUnits;
        _firstRange = firstRange;
        _gapsAndRanges = gapsAndRanges;
    }

    /// <summary>Largest packet number that has arrived.</summary>
    public ulong Largest { get; }

    /// <summary>How long the receiver held the acknowledgement of <see cref="Largest"/>, in units of 8 microseconds.</summary>
    public ulong DelayUnits { get; }

    /// <summary>How packets arrived marked; null when the frame does not say.</summary>
    public EcnCounts? Marks { get; }

    /// <summary>Reads what follows the type.</summary>
    /// <param name="reader">Behind the type.</param>
    /// <param name="type">0x02 or 0x03.</param>
    /// <param name="frame">What was read.</param>
    /// <returns>False when it is cut short, or a range reaches below packet number 0.</returns>
    public static bool TryRead(ref FrameReader reader, ulong type, out AckFrame frame)
    {
        frame = default;
        if (!reader.TryReadVarInt(out var largest)
            || !reader.TryReadVarInt(out var delay)
            || !reader.TryReadVarInt(out var further)
            || !reader.TryReadVarInt(out var firstRange)
            || firstRange > largest)
        {
            return false;
        }

        var begin = reader.Rest;
        var smallest = largest - firstRange;
        for (var i = 0ul; i < further; i++)
        {
            if (!TryReadRange(ref reader, smallest, out var range))
            {
                return false;
            }

            smallest = range.Smallest;
        }

        var gapsAndRanges = begin[..(begin.Length - reader.Rest.Length)];
        EcnCounts? marks = null;
        if (type == FrameType.AckEcn)
        {
            if (!reader.TryReadVarInt(out var capable0)
                || !reader.TryReadVarInt(out var capable1)
                || !reader.TryReadVarInt(out var congested))
            {
                return false;
            }

            marks = new EcnCounts(capable0, capable1, congested);
        }

        frame = new AckFrame(largest, delay, firstRange, gapsAndRanges, marks);
        return true;
    }

    /// <summary>Writes as many ranges of a set that is not empty as fit, the highest first; with counts of marks when there are any.</summary>
    /// <returns>Bytes written; 0 when not even the highest range fits.</returns>
    public static int Write(Span<byte> destination, AckRanges ranges, ulong delayUnits, EcnCounts marks = default)
    {
        var top = ranges[ranges.Count - 1];
        var fixedSize = 1 + VarInt.Size(top.Largest) + VarInt.Size(delayUnits)
            + VarInt.Size((ulong)ranges.Count) + VarInt.Size(top.Largest - top.Smallest) + MarksSize(marks);
        if (destination.Length < fixedSize)
        {
            return 0;
        }

        var further = CountThatFits(ranges, destination.Length - fixedSize);
        var written = VarInt.Write(destination, marks == default ? FrameType.Ack : FrameType.AckEcn);
        written += VarInt.Write(destination[written..], top.Largest);
        written += VarInt.Write(destination[written..], delayUnits);
        written += VarInt.Write(destination[written..], (ulong)further);
        written += VarInt.Write(destination[written..], top.Largest - top.Smallest);
        for (var i = 1; i <= further; i++)
        {
            var range = ranges[ranges.Count - 1 - i];
            written += VarInt.Write(destination[written..], Gap(ranges, i));
            written += VarInt.Write(destination[written..], range.Largest - range.Smallest);
        }

        return written + WriteMarks(destination[written..], marks);
    }

    /// <summary>The ranges, highest first.</summary>
    public Enumerator GetEnumerator() => new(this);

    private static int MarksSize(EcnCounts marks) => marks == default
        ? 0
        : VarInt.Size(marks.Capable0) + VarInt.Size(marks.Capable1) + VarInt.Size(marks.CongestionExperienced);

    private static int WriteMarks(Span<byte> destination, EcnCounts marks)
    {
        if (marks == default)
        {
            return 0;
        }

        var written = VarInt.Write(destination, marks.Capable0);
        written += VarInt.Write(destination[written..], marks.Capable1);
        return written + VarInt.Write(destination[written..], marks.CongestionExperienced);
    }

    private static int CountThatFits(AckRanges ranges, int room)
    {
        var further = 0;
        while (further + 1 < ranges.Count)
        {
            var range = ranges[ranges.Count - 2 - further];
            room -= VarInt.Size(Gap(ranges, further + 1)) + VarInt.Size(range.Largest - range.Smallest);
            if (room < 0)
            {
                break;
            }

            further++;
        }

        return further;
    }

    /// <summary>The gap field between the range that is <paramref name="further"/> below the top and the one above it.</summary>
    private static ulong Gap(AckRanges ranges, int further)
    {
        var index = ranges.Count - 1 - further;
        return ranges[index + 1].Smallest - ranges[index].Largest - 2;
    }

    private static bool TryReadRange(ref FrameReader reader, ulong smallestAbove, out AckRange range)
    {
        range = default;
        if (!reader.TryReadVarInt(out var gap)
            || !reader.TryReadVarInt(out var length)
            || smallestAbove < gap + 2
            || smallestAbove - gap - 2 < length)
        {
            return false;
        }

        var largest = smallestAbove - gap - 2;
        range = new AckRange(largest - length, largest);
        return true;
    }

    /// <summary>Walks over the ranges of a frame that was read, so nothing can fail.</summary>
    public ref struct Enumerator
    {
        private FrameReader _reader;
        private AckRange _current;
        private bool _started;

        public Enumerator(AckFrame frame)
        {
            _reader = new FrameReader(frame._gapsAndRanges);
            _current = new AckRange(frame.Largest - frame._firstRange, frame.Largest);
        }

        public readonly AckRange Current => _current;

        public bool MoveNext()
        {
            if (!_started)
            {
                _started = true;
                return true;
            }

            return TryReadRange(ref _reader, _current.Smallest, out _current);
        }
    }
}
