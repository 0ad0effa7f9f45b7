using System;
using System.Buffers.Binary;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.TestKit.Nat;

/// <summary>Numbers said by one side of a tunnel, one message each, and those heard from the other.</summary>
/// <remarks>Numbers are said in lines, one for the life of a stream: each begins at 0, and is heard once and in order, as far as it comes.</remarks>
internal sealed class NatTalk
{
    /// <summary>Bytes of a message at least: line and number.</summary>
    private const int LeastBytes = 16;

    private readonly NatLines _lines;
    private StreamId? _stream;
    private NatLine? _line;
    private MonoTime _nextAt;
    private bool _begun;
    private bool _early;

    /// <param name="tunnel">Where it is said.</param>
    /// <param name="lines">Of the node.</param>
    public NatTalk(Tunnel tunnel, NatLines lines)
    {
        Tunnel = tunnel;
        _lines = lines;
    }

    public Tunnel Tunnel { get; }

    /// <summary>Between two numbers.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromMilliseconds(20);

    /// <summary>Bytes of a message, at least 16.</summary>
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

    /// <summary>When the next number is due, null while none is said.</summary>
    public MonoTime? NextAt => _begun && !IsPaused && Tunnel.State != TunnelState.Closed ? _nextAt : null;

    /// <summary>Says numbers from now on; the first ahead of the session when it may come twice.</summary>
    public void Begin(bool early, MonoTime now)
    {
        if (_begun)
        {
            return;
        }

        _begun = true;
        _early = early;
        _nextAt = now;
        TrySay(now);
    }

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
            _line = _lines.Begin();
        }

        if (_stream is not { } stream || _line is not { } line)
        {
            return false;
        }

        var message = new byte[Math.Max(MessageBytes, LeastBytes)];
        BinaryPrimitives.WriteInt64BigEndian(message, line.Id);
        BinaryPrimitives.WriteInt64BigEndian(message.AsSpan(sizeof(long)), line.Said);
        if (Tunnel.Streams.Send(stream, message) is not (SendOutcome.Accepted or SendOutcome.AboveHighWater))
        {
            return false;
        }

        line.Said++;
        Said++;
        return true;
    }

    public void Hear(in StreamEvent happened, MonoTime now)
    {
        _lines.Hear(
            BinaryPrimitives.ReadInt64BigEndian(happened.Message.Span),
            BinaryPrimitives.ReadInt64BigEndian(happened.Message.Span[sizeof(long)..]));
        if (Heard++ > 0)
        {
            WorstGap = now - LastHeardAt > WorstGap ? now - LastHeardAt : WorstGap;
        }

        FirstHeardAt ??= now;
        LastHeardAt = now;
        Tunnel.Streams.Release(happened.Id, happened.Message.Length);
        Begin(early: false, now);
    }

    /// <summary>A stream has ended: what is said from here on is another line.</summary>
    public void HandleEnded(StreamId stream)
    {
        if (stream == _stream)
        {
            EndLine();
        }
    }

    /// <summary>The tunnel is over.</summary>
    public void HandleClosed() => EndLine();

    private void EndLine()
    {
        _stream = null;
        _line?.IsOver = true;
        _line = null;
    }
}
