using System;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Reads one frame of any type, writes what was read, and reads that again.</summary>
internal static class FrameChecks
{
    private const int Room = 2_048;

    /// <returns>False when the frame cannot be read: the rest of the packet means nothing.</returns>
    public static bool TryCheck(ulong type, ref FrameReader reader)
    {
        switch (type)
        {
            case FrameType.Padding or FrameType.Ping:
                return true;
            case FrameType.Ack or FrameType.AckEcn:
                return TryCheckAck(type, ref reader);
            case >= FrameType.Stream and <= FrameType.StreamLast:
                return TryCheckStream(type, ref reader);
            case FrameType.Datagram or FrameType.DatagramLast:
                return TryCheckDatagram(type, ref reader);
            case FrameType.ResetStream:
                return ResetStreamFrame.TryRead(ref reader, out var reset)
                    && Same(reset, Write(reset.Size, reset.Write), ResetStreamFrame.TryRead);
            case FrameType.StopSending:
                return StopSendingFrame.TryRead(ref reader, out var stop)
                    && Same(stop, Write(stop.Size, stop.Write), StopSendingFrame.TryRead);
            case FrameType.MaxData:
                return MaxDataFrame.TryRead(ref reader, out var data)
                    && Same(data, Write(data.Size, data.Write), MaxDataFrame.TryRead);
            case FrameType.MaxStreamData:
                return MaxStreamDataFrame.TryRead(ref reader, out var credit)
                    && Same(credit, Write(credit.Size, credit.Write), MaxStreamDataFrame.TryRead);
            case FrameType.MaxStreams:
                return MaxStreamsFrame.TryRead(ref reader, out var streams)
                    && Same(streams, Write(streams.Size, streams.Write), MaxStreamsFrame.TryRead);
            case FrameType.Close:
                return TryCheckClose(ref reader);
            default:
                return reader.TryReadPrefixed(out _);
        }
    }

    private delegate int Writer(Span<byte> destination);

    private delegate bool Reader<T>(ref FrameReader reader, out T frame);

    private static byte[] Write(int size, Writer write)
    {
        var written = new byte[size];
        Finding.Unless(write(written) == size, "a frame takes the bytes it says");
        return written;
    }

    private static bool Same<T>(T frame, byte[] written, Reader<T> tryRead)
        where T : struct
    {
        var reader = new FrameReader(written);
        Finding.Unless(reader.TryReadVarInt(out _), "a written frame has a type");
        Finding.Unless(tryRead(ref reader, out var again) && again.Equals(frame), "a frame is read as it was written");
        Finding.Unless(reader.IsEmpty, "nothing follows a written frame");
        return true;
    }

    private static bool TryCheckAck(ulong type, ref FrameReader reader)
    {
        if (!AckFrame.TryRead(ref reader, type, out var ack))
        {
            return false;
        }

        var next = ack.Largest + 1;
        var count = 0;
        foreach (var range in ack)
        {
            Finding.Unless(range.Smallest <= range.Largest, "a range is not empty");
            Finding.Unless(count == 0 ? range.Largest == ack.Largest : range.Largest + 1 < next, "ranges fall and leave gaps");
            next = range.Smallest;
            count++;
        }

        Finding.Unless(count > 0, "an acknowledgement names a packet");
        return true;
    }

    private static bool TryCheckStream(ulong type, ref FrameReader reader)
    {
        if (!StreamFrame.TryRead(type, ref reader, out var frame))
        {
            return false;
        }

        Finding.Unless(
            frame.Offset >= 0 && (ulong)frame.Offset + (ulong)frame.Bytes.Length <= VarInt.MaxValue, "offsets have 62 bits");
        var header = new byte[StreamFrame.HeaderSize(frame.StreamId, frame.Offset, frame.Bytes.Length)];
        var written = StreamFrame.WriteHeader(header, frame.StreamId, frame.Offset, frame.Bytes.Length, frame.Fin);
        var again = new FrameReader([.. header.AsSpan(0, written), .. frame.Bytes]);
        Finding.Unless(again.TryReadVarInt(out var typeAgain), "a written frame has a type");
        Finding.Unless(StreamFrame.TryRead(typeAgain, ref again, out var same) && again.IsEmpty, "a written frame can be read");
        Finding.Unless(
            same.StreamId == frame.StreamId && same.Offset == frame.Offset && same.Fin == frame.Fin && same.Bytes.SequenceEqual(frame.Bytes),
            "a frame is read as it was written");
        return true;
    }

    private static bool TryCheckDatagram(ulong type, ref FrameReader reader)
    {
        if (!DatagramFrame.TryRead(type, ref reader, out var bytes))
        {
            return false;
        }

        var written = new byte[DatagramFrame.Size(bytes.Length)];
        var again = new FrameReader(written.AsSpan(0, DatagramFrame.Write(written, bytes)));
        Finding.Unless(again.TryReadVarInt(out var typeAgain), "a written frame has a type");
        Finding.Unless(
            DatagramFrame.TryRead(typeAgain, ref again, out var same) && again.IsEmpty && same.SequenceEqual(bytes),
            "a datagram is read as it was written");
        return true;
    }

    private static bool TryCheckClose(ref FrameReader reader)
    {
        if (!CloseFrame.TryRead(ref reader, out var close))
        {
            return false;
        }

        Finding.Unless(close.ReasonUtf8.Length <= CloseFrame.MaxReasonBytes, "a reason is bounded");
        Span<byte> room = stackalloc byte[Room];
        var written = CloseFrame.Write(room, close.Code, close.ReasonUtf8);
        Finding.Unless(written == CloseFrame.Size(close.Code, close.ReasonUtf8), "a frame takes the bytes it says");
        return true;
    }
}
