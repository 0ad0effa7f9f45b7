using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab.Nodes;

/// <summary>One side counts aloud, fifty numbers a second; the other holds what it hears against that.</summary>
internal sealed class NodeTalk
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(20);
    private static readonly byte[] Ask = [1];

    private readonly PeerTunnel _tunnel;
    private readonly Action<NodeEvent> _tell;
    private readonly Lock _lock = new();
    private long _heard;
    private long _wrong;
    private TimeSpan _worstGap;
    private MonoTime _lastAt;

    public NodeTalk(PeerTunnel tunnel, Action<NodeEvent> tell)
    {
        _tunnel = tunnel;
        _tell = tell;
    }

    /// <summary>Counts, for whoever asks, until he has heard enough.</summary>
    public static async IAsyncEnumerable<ReadOnlyMemory<byte>> CountAsync(
        TunnelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        _ = request;
        for (var number = 0L; ; number++)
        {
            var bytes = new byte[sizeof(long)];
            BinaryPrimitives.WriteInt64BigEndian(bytes, number);
            yield return bytes;
            await Task.Delay(Interval, Clock.System.Provider, cancellation);
        }
    }

    /// <summary>Hears the peer count until the tunnel ends.</summary>
    public async Task ListenAsync(CancellationToken cancellation)
    {
        var options = new RequestOptions { Timeout = Timeout.InfiniteTimeSpan, Idempotent = true };
        try
        {
            await foreach (var part in _tunnel.StreamAsync(Ask, options, cancellation))
            {
                Hear(BinaryPrimitives.ReadInt64BigEndian(part.Span), Clock.System.Now);
            }
        }
        catch (PeerTunnelException failure)
        {
            _tell(new NodeEvent(NodeEvent.Failed, Clock.System.Provider.GetTimestamp()) { Error = failure.Message });
        }
    }

    /// <summary>What was heard since the last call.</summary>
    public NodeEvent Report()
    {
        lock (_lock)
        {
            var now = Clock.System.Now;
            var silence = now - _lastAt;
            var worst = _heard > 0 && silence > _worstGap ? silence : _worstGap;
            _worstGap = TimeSpan.Zero;
            return new NodeEvent(NodeEvent.Figures, Clock.System.Provider.GetTimestamp()) { Heard = _heard, Wrong = _wrong, WorstGapMs = worst.TotalMilliseconds };
        }
    }

    private void Hear(long number, MonoTime now)
    {
        lock (_lock)
        {
            _wrong += number == _heard ? 0 : 1;
            if (_heard++ == 0)
            {
                _tell(new NodeEvent(NodeEvent.First, Clock.System.Provider.GetTimestamp()));
            }
            else if (now - _lastAt > _worstGap)
            {
                _worstGap = now - _lastAt;
            }

            _lastAt = now;
        }
    }
}
