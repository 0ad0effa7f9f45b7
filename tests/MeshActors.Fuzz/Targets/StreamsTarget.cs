using System;
using System.Collections.Generic;
using MeshActors.Transport.Congestion;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>The streams of a tunnel at both its ends, over a network that the script is, with a peer that may lie.</summary>
/// <remarks>
/// While nobody lies every message arrives once and in order, no packet is a violation, and at the end, when all has been delivered and every stream
/// finished, nothing is held. Whatever is said: nothing is thrown, a violation is named, and no packet makes an end hold much.
/// </remarks>
internal sealed class StreamsTarget
{
    public static readonly FuzzTarget Target = new("streams", Run, Seeds);

    private const int MostPackets = 64;
    private const int MostOperations = 600;
    private const int MostBytes = 400_000;
    private const int MostSteps = 20_000;
    private const int PacketBytes = 1_171;

    /// <summary>Bytes that one packet may make an end allocate: all streams of a lane opened at once, and their events.</summary>
    private const long MostAllocated = 8 * 1024 * 1024;

    private static readonly byte[] Buffer = new byte[PacketBytes];

    private readonly StreamsEnd[] _ends;
    private readonly List<Packet> _flying = [];
    private MonoTime _now = new(0);
    private int _bytesLeft = MostBytes;

    private StreamsTarget(byte settings)
    {
        var controllers = Enum.GetValues<CongestionControl>();
        var limits = new StreamLimits
        {
            AssociationWindowBytes = (settings & 1) == 0 ? StreamLimits.InitialStreamCredit : 1024 * 1024,
            TunnelWindowBytes = (settings & 2) == 0 ? StreamLimits.InitialTunnelCredit : 8 * 1024 * 1024,
            Streams = (settings & 4) == 0 ? StreamLimits.InitialStreams : 1024,
            LargeMessageBytes = StreamLimits.MaxMessageBytes + 16,
            Pieces = (settings & 8) == 0 ? 16 : 16_384,
            PacketsInFlight = (settings & 16) == 0 ? 65_536 : 16,
            AckRanges = (settings & 32) == 0 ? 64 : 2,
            SendHighWaterBytes = (settings & 64) == 0 ? 1024 * 1024 : 2_000,
            Congestion = controllers[(settings >> 7) % controllers.Length],
        };
        _ends = [new StreamsEnd(0, limits, _now), new StreamsEnd(1, limits, _now)];
    }

    private bool IsDeceived => _ends[0].IsDeceived || _ends[1].IsDeceived;

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var target = new StreamsTarget(script.Byte());
        for (var operation = 0; operation < MostOperations && !script.IsOver; operation++)
        {
            target.Step(ref script);
            target._ends[0].HandleEvents(target._ends[1]);
            target._ends[1].HandleEvents(target._ends[0]);
        }

        target.Heal();
    }

    private static IEnumerable<byte[]> Seeds()
    {
        // Open, say two messages, finish; hear, release, finish.
        yield return [0, 0x00, 1, 0x01, 0, 0, 9, 0x01, 0, 8, 0, 0x02, 0, 0x04, 0x05, 0, 0x05, 0, 0x14, 0x05, 0, 0x09, 0x08, 3, 0x12, 0];

        // All lanes, both sides, packets lost, doubled and out of order, time passes.
        yield return
        [
            0xFF, 0x00, 0, 0x00, 1, 0x00, 2, 0x10, 2, 0x01, 0, 20, 0, 0x01, 1, 40, 0, 0x01, 2, 4, 0, 0x11, 0, 8, 0, 0x04, 0x14, 0x06, 0, 0x07, 2, 0x05, 1,
            0x08, 200, 0x04, 0x14, 0x05, 9, 0x05, 3, 0x08, 255, 0x02, 0, 0x03, 1, 0x12, 0, 0x04, 0x05, 0, 0x0C,
        ];

        // A peer that says whatever it likes, in good form.
        foreach (var frames in FrameSeeds.All())
        {
            yield return [0, 0x00, 1, 0x01, 0, 0, 9, 0x04, 0x05, 0, 0x0A, 1, (byte)frames.Length, .. frames, 0x14, 0x05, 0, 0x08, 50];
        }

        // Datagrams, and packets of other sizes.
        yield return [0, 0x0E, 0, 9, 50, 0x1E, 4, 0, 1, 0x0F, 10, 0x04, 0x05, 0, 0x08, 2, 0x14, 0x05, 0, 0x00, 1, 0x01, 0, 0xF0, 0, 0x04, 0x05, 0];

        // Reset, close, ask for a sign of life, reopen.
        yield return [0x18, 0x00, 0, 0x10, 1, 0x01, 0, 255, 255, 0x04, 0x03, 0, 0x0B, 0x1B, 0x04, 0x0C, 0x08, 9, 0x0D, 1, 0x04];
    }

    /// <summary>The low four bits of an operation say what, the next one at which end.</summary>
    private void Step(ref Script script)
    {
        var operation = script.Byte();
        var end = _ends[(operation >> 4) & 1];
        switch (operation & 0xF)
        {
            case 0:
                end.Open((StreamLane)script.Below(3));
                break;
            case 1 when TryPick(ref script, end, out var id):
                Send(end, id, script.UInt16());
                break;
            case 2 when TryPick(ref script, end, out var id):
                end.Mux.Finish(id);
                break;
            case 3 when TryPick(ref script, end, out var id):
                end.Mux.Reset(id, code: 7);
                break;
            case 4:
                Write(end);
                break;
            case 5 when TryPick(ref script, out var at):
                Deliver(_flying[at], (EcnMark)(operation >> 6));
                _flying.RemoveAt(at);
                break;
            case 6 when TryPick(ref script, out var at):
                _flying.RemoveAt(at);
                break;
            case 7 when TryPick(ref script, out var at):
                Deliver(_flying[at], EcnMark.NotCapable);
                break;
            case 8:
                Pass(TimeSpan.FromMilliseconds(script.Byte()));
                break;
            case 9:
                end.Release();
                break;
            case 10:
                var number = script.Byte();
                Deceive(end, number < 250 ? end.Mux.NextExpected + number : script.UInt64() >> 2, script.Take(script.Byte()));
                break;
            case 11:
                end.Mux.Ping();
                break;
            case 12:
                end.Mux.HandleReopened(_now);
                break;
            case 13 when script.Byte() > 200:
                end.Mux.Close(3, "enough");
                break;
            case 14:
                end.SendDatagram(script.UInt16(), _now + TimeSpan.FromMilliseconds(script.Byte()));
                break;
            case 15:
                Probe(end, 1_200 + (script.Byte() * 40));
                break;
            default:
                break;
        }
    }

    private static bool TryPick(ref Script script, StreamsEnd end, out StreamId id)
    {
        var pick = script.Byte();
        id = end.Streams.Count > 0 ? end.Streams[pick % end.Streams.Count] : default;
        return end.Streams.Count > 0;
    }

    private bool TryPick(ref Script script, out int at)
    {
        var pick = script.Byte();
        at = _flying.Count > 0 ? pick % _flying.Count : 0;
        return _flying.Count > 0;
    }

    /// <summary>Short messages as they are said, long ones seldom: the bytes of a run are bounded.</summary>
    private void Send(StreamsEnd end, StreamId id, int length)
    {
        length = length < 0xF000 ? 1 + (length >> 4) : length + ((length - 0xF000) * 32);
        if (length <= _bytesLeft)
        {
            _bytesLeft -= length;
            end.Send(id, length);
        }
    }

    private void Write(StreamsEnd end)
    {
        int written;
        while (_flying.Count < MostPackets && (written = end.Mux.WritePacket(Buffer, out var number, _now)) > 0)
        {
            _flying.Add(new Packet(1 - end.Side, number, Buffer.AsSpan(0, written).ToArray()));
        }
    }

    /// <summary>A packet that asks whether the path carries its size; from then on datagrams are as large.</summary>
    private void Probe(StreamsEnd end, int size)
    {
        var probe = new byte[size - StreamMux.PacketOverheadBytes];
        var number = end.Mux.Packets.NextNumber;
        var written = end.Mux.IsClosed ? 0 : end.Mux.Packets.WriteSizeProbe(probe, _now);
        Finding.Unless(written == 0 || written == probe.Length, "a probe fills what it was given");
        if (written > 0)
        {
            _flying.Add(new Packet(1 - end.Side, number, probe));
            end.Mux.Paths.Active.HandleDatagramSize(size);
        }
    }

    private void Deliver(Packet packet, EcnMark mark)
    {
        var end = _ends[packet.To];
        var outcome = end.Mux.HandlePacket(packet.Number, currentSession: true, mark, packet.Frames, _now);
        Finding.Unless(IsDeceived || !outcome.IsViolation(), $"an honest packet is none of {outcome}");
        if (outcome.IsViolation())
        {
            end.Mux.Close((ulong)outcome, string.Empty);
        }
    }

    private void Deceive(StreamsEnd end, ulong number, ReadOnlySpan<byte> frames)
    {
        if (frames.IsEmpty || number > VarInt.MaxValue)
        {
            return;
        }

        end.IsDeceived = true;
        var before = GC.GetAllocatedBytesForCurrentThread();
        Deliver(new Packet(end.Side, number, frames.ToArray()), EcnMark.NotCapable);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        Finding.Unless(allocated < MostAllocated, $"{frames.Length} bytes of a peer take {allocated} bytes of memory");
    }

    private void Pass(TimeSpan time)
    {
        _now += time;
        _ends[0].Mux.HandleTimeout(_now);
        _ends[1].Mux.HandleTimeout(_now);
    }

    /// <summary>From here on nothing is lost, everything is taken and every stream finished: it must come to an end, with nothing left.</summary>
    private void Heal()
    {
        var isHonest = !IsDeceived && !_ends[0].Mux.IsClosed && !_ends[1].Mux.IsClosed;
        for (var step = 0; step < (isHonest ? MostSteps : 50); step++)
        {
            foreach (var end in _ends)
            {
                end.HandleEvents(_ends[1 - end.Side]);
                end.Streams.ForEach(end.Mux.Finish);
                while (end.Held.Count > 0)
                {
                    end.Release();
                }

                Write(end);
            }

            if (_flying.Count == 0 && !TryPassToNextTimeout())
            {
                break;
            }

            foreach (var packet in _flying)
            {
                Deliver(packet, EcnMark.NotCapable);
            }

            _flying.Clear();
        }

        if (isHonest)
        {
            Finding.Unless(_ends[0].Mux.IsIdle && _ends[1].Mux.IsIdle, "a run comes to an end when nothing is lost any more");
            _ends[0].CheckNothingLeft();
            _ends[1].CheckNothingLeft();
        }
    }

    private bool TryPassToNextTimeout()
    {
        if (MonoTime.Earliest(_ends[0].Mux.NextTimeout, _ends[1].Mux.NextTimeout) is not { } next)
        {
            return false;
        }

        Pass(next > _now ? next - _now : TimeSpan.Zero);
        return true;
    }

    private readonly record struct Packet(int To, ulong Number, byte[] Frames);
}
