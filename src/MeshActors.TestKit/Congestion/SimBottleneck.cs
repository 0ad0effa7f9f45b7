using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.TestKit.Congestion;

/// <summary>One direction of a path that several flows share: chance, then a queue with an end or a policer, then the way.</summary>
internal sealed class SimBottleneck
{
    private readonly SimPath _path;
    private readonly SimRandom _random;
    private readonly Queue<SimPacket> _onTheWay = new();
    private readonly Stack<byte[]> _free = new();
    private readonly double _ticksPerByte;
    private MonoTime _freeAt = new(0);
    private MonoTime _lastArrival = new(0);
    private double _tokens;

    public SimBottleneck(SimPath path, SimRandom random)
    {
        _path = path;
        _random = random;
        _ticksPerByte = TimeSpan.TicksPerSecond / path.BytesPerSecond;
        _tokens = path.BufferBytes;
    }

    public QueueDelays Delays { get; } = new();

    public MonoTime? NextArrival => _onTheWay.TryPeek(out var first) ? first.At : null;

    /// <summary>How long a packet that is sent now would wait.</summary>
    public TimeSpan Waiting(MonoTime now) => _path.IsPolicer || _freeAt < now ? TimeSpan.Zero : _freeAt - now;

    public void Send(int flow, ulong number, ReadOnlySpan<byte> frames, int bytes, bool mayMark, MonoTime now)
    {
        if ((mayMark && _path.DropsMarked) || _random.Chance(_path.LossPercent) || !TryPass(bytes, now, out var leavesAt, out var waits))
        {
            return;
        }

        Delays.Add(waits);
        var buffer = _free.TryPop(out var used) && used.Length >= frames.Length ? used : new byte[_path.DatagramBytes];
        frames.CopyTo(buffer);
        var jitter = _path.Jitter > TimeSpan.Zero ? _random.Between(TimeSpan.Zero, _path.Jitter) : TimeSpan.Zero;
        _lastArrival = MonoTime.Latest(_lastArrival, leavesAt + (_path.RoundTrip / 2) + jitter);
        var mark = !mayMark || _path.Bleaches ? EcnMark.NotCapable
            : waits > _path.MarksAbove ? EcnMark.CongestionExperienced
            : EcnMark.Capable0;
        _onTheWay.Enqueue(new SimPacket(_lastArrival, flow, number, buffer, frames.Length, mark));
    }

    public bool TryReceive(MonoTime now, out SimPacket packet) =>
        _onTheWay.TryPeek(out packet) && packet.At <= now && _onTheWay.TryDequeue(out packet);

    /// <summary>The packet's bytes are not looked at any more.</summary>
    public void Recycle(in SimPacket packet) => _free.Push(packet.Bytes);

    private bool TryPass(int bytes, MonoTime now, out MonoTime leavesAt, out TimeSpan waits)
    {
        waits = TimeSpan.Zero;
        leavesAt = now;
        if (_path.IsPolicer)
        {
            _tokens = Math.Min(_path.BufferBytes, _tokens + ((now - _freeAt).Ticks / _ticksPerByte));
            _freeAt = now;
            if (_tokens < bytes)
            {
                return false;
            }

            _tokens -= bytes;
            return true;
        }

        waits = Waiting(now);
        if ((waits.Ticks / _ticksPerByte) + bytes > _path.BufferBytes)
        {
            return false;
        }

        leavesAt = now + waits + TimeSpan.FromTicks((long)Math.Round(bytes * _ticksPerByte));
        _freeAt = leavesAt;
        return true;
    }
}
