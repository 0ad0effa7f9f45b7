using System;
using System.Collections.Generic;
using System.Net;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Benchmarks.Tunnels;

/// <summary>The answering node: takes and checks one-way messages, sends echo messages back; all on the driver thread.</summary>
internal sealed class TunnelServer : ILoadSide, IStreamHandler
{
    private readonly IPAddress _address;
    private TunnelNode? _node;
    private MessagePattern _pattern = new(8);
    private LoadKind _load;
    private long _number;
    private LoadCounters _counters;

    public TunnelServer(IPAddress address)
    {
        _address = address;
    }

    public LoadCounters Counters
    {
        get
        {
            var counters = _counters;
            if (_node?.Tunnel is not { } tunnel)
            {
                return counters;
            }

            var statistics = tunnel.Statistics;
            return counters with
            {
                Packets = statistics.PacketsReceived,
                PacketBytes = statistics.BytesReceived,
                DriverAllocatedBytes = _node.DriverAllocatedBytes,
            };
        }
    }

    public ChildAnswer Open(ChildCommand command)
    {
        _node = new TunnelNode(_address, command.Secret, _ => this);
        return new ChildAnswer { Endpoint = _node.Endpoint, Certificate = _node.Certificate };
    }

    /// <summary>Says what the next stream carries; the client opens it after.</summary>
    public void Begin(ChildCommand command)
    {
        _pattern = new MessagePattern(command.Size);
        _load = command.Load;
        _number = 0;
    }

    public void End()
    {
        if (_node is { Fault.Length: > 0 } node)
        {
            throw new BenchException(node.Fault);
        }
    }

    /// <summary>What its node has dropped since its start, by reason.</summary>
    public IReadOnlyDictionary<string, long> Drops() => _node?.Drops() ?? new Dictionary<string, long>();

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (_load == LoadKind.Echo)
        {
            // The memory goes back on its way; only the credit is ours to give.
            stream.TrySend(message);
            stream.Release(message.Length);
            return;
        }

        _counters = _counters with
        {
            Bytes = _counters.Bytes + message.Length,
            Messages = _counters.Messages + 1,
            Faults = _counters.Faults + (_pattern.Matches(_number++, message.Span) ? 0 : 1),
        };
        stream.Release(message);
    }

    public void OnWritable(MeshStream stream)
    {
    }

    public void OnFinished(MeshStream stream) => stream.Finish();

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
    }

    public void Dispose() => _node?.Dispose();
}
