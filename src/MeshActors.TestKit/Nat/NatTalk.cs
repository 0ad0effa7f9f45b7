using System;
using System.Buffers.Binary;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>Numbers said by one side of a tunnel, one message each, and those heard from the other.</summary>
internal sealed class NatTalk
{
    private StreamId? _stream;
    private MonoTime _nextAt;
    private bool _begun;
    private bool _early;

    public NatTalk(Tunnel tunnel)
    {
        Tunnel = tunnel;
    }

    public Tunnel Tunnel { get; }

    /// <summary>Between two numbers.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes of a message, at least 8.</summary>
    public int MessageBytes { get; set; } = 100;

    public bool IsPaused { get; set; }

    public long Said { get; private set; }

    public long Heard { get; private set; }

    /// <summary>When the tunnel was first open here.</summary>
    public MonoTime? OpenedAt { get; set; }

    public MonoTime? FirstHeardAt { get; private set; }

    public MonoTime LastHeardAt { get; private set; }

    /// <summary>The longest time between two numbers since <see cref="ForgetGaps"/>.</summary>
    public TimeSpan WorstGap { get; private set; }

    /// <summary>A number that came out of order, twice, or not at all; null while all is well.</summary>
    public string? Wrong { get; private set; }

    /// <summary>Says numbers from now on; the first ahead of the session when it may come twice.</summary>
    public void Begin(bool early, MonoTime now)
    {
        _begun = true;
        _early = early;
        _nextAt = now;
        TrySay(now);
    }

    /// <summary>When the next number is due, null while none is said.</summary>
    public MonoTime? NextAt => _begun && !IsPaused && Tunnel.State != TunnelState.Closed ? _nextAt : null;

    public void ForgetGaps(MonoTime now)
    {
        WorstGap = TimeSpan.Zero;
        LastHeardAt = now;
    }

    /// <summary>Says the next number when it is due.</summary>
    public bool TrySay(MonoTime now)
    {
        if (NextAt is not { } due || now < due)
        {
            return false;
        }

        _nextAt = now + Interval;
        if (_stream is null && Tunnel.Streams.TryOpen(StreamLane.Streams, out var opened, _early))
        {
            _stream = opened;
        }

        var message = new byte[MessageBytes];
        BinaryPrimitives.WriteInt64BigEndian(message, Said);
        if (_stream is not { } stream || Tunnel.Streams.Send(stream, message) != SendOutcome.Accepted)
        {
            return false;
        }

        Said++;
        return true;
    }

    public void Hear(in StreamEvent happened, MonoTime now)
    {
        var number = BinaryPrimitives.ReadInt64BigEndian(happened.Message.Span);
        Wrong ??= number == Heard ? null : $"heard {number} after {Heard - 1}";
        if (Heard++ > 0)
        {
            WorstGap = now - LastHeardAt > WorstGap ? now - LastHeardAt : WorstGap;
        }

        FirstHeardAt ??= now;
        LastHeardAt = now;
        Tunnel.Streams.Release(happened.Id, happened.Message.Length);
        if (!_begun)
        {
            Begin(early: false, now);
        }
    }
}
