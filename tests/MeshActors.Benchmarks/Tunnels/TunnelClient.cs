using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Benchmarks.Tunnels;

/// <summary>The asking node: a thread of the program sends, and waits when the stream is full.</summary>
internal sealed class TunnelClient : ILoadSide, IStreamHandler
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly IPAddress _address;
    private readonly SemaphoreSlim _writable = new(0);
    private readonly SemaphoreSlim _replied = new(0);
    private readonly ManualResetEventSlim _streamEnded = new();
    private TunnelNode? _node;
    private MeshTunnel? _tunnel;
    private Thread? _thread;
    private volatile bool _ending;
    private long _bytes;
    private long _messages;
    private Exception? _failure;

    public TunnelClient(IPAddress address)
    {
        _address = address;
    }

    public LoadCounters Counters
    {
        get
        {
            var statistics = _tunnel?.Statistics;
            return new LoadCounters(
                Volatile.Read(ref _bytes),
                Volatile.Read(ref _messages),
                statistics?.PacketsSent ?? 0,
                statistics?.BytesSent ?? 0,
                0,
                _node?.DriverAllocatedBytes ?? 0,
                _tunnel?.Machine?.Path?.Mtu.DatagramBytes ?? 0);
        }
    }

    public ChildAnswer Open(ChildCommand command)
    {
        _node = new TunnelNode(_address, command.Secret, _ => null);
        _tunnel = _node.Dial(command.Certificate, command.Target);
        return new ChildAnswer { Endpoint = _node.Endpoint, Suite = "AES-256-GCM" };
    }

    public void Begin(ChildCommand command)
    {
        _ending = false;
        _failure = null;
        _streamEnded.Reset();
        var stream = _tunnel!.OpenStream(StreamLane.Streams, this);
        _thread = new Thread(() => Send(stream, command)) { IsBackground = true };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _thread?.Join();
        _thread = null;
        if (_failure is not null || _node is { Fault.Length: > 0 })
        {
            throw new BenchException(_node!.Fault, _failure);
        }
    }

    public Latencies RoundTrips(ChildCommand command)
    {
        _streamEnded.Reset();
        var stream = _tunnel!.OpenStream(StreamLane.Streams, this);
        var message = new byte[command.Size];
        var latencies = LatencyRecord.Measure(command.Seconds, () =>
        {
            if (!stream.TrySend(message) || !_replied.Wait(Patience))
            {
                throw new BenchException($"A round trip failed. {_node!.Fault}");
            }
        });
        stream.Finish();
        WaitForEnd();
        return latencies;
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        // Who waits goes on; the memory can wait.
        _replied.Release();
        stream.Release(message);
    }

    public void OnWritable(MeshStream stream) => _writable.Release();

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
        _streamEnded.Set();
        _writable.Release();
    }

    public void Dispose()
    {
        End();
        _node?.Dispose();
        _writable.Dispose();
        _replied.Dispose();
        _streamEnded.Dispose();
    }

    private void Send(MeshStream stream, ChildCommand command)
    {
        try
        {
            var pattern = new MessagePattern(command.Size);
            var pace = new SendPace(command.BytesPerSecond);
            for (var number = 0L; !_ending; number++)
            {
                var message = pattern.Message(number);
                pace.WaitFor(message.Length);
                while (!stream.TrySend(message))
                {
                    if (stream.HasEnded || !_writable.Wait(Patience))
                    {
                        throw new BenchException($"The stream took nothing for {Patience}, or has ended. {_node!.Fault}");
                    }
                }

                Volatile.Write(ref _bytes, _bytes + message.Length);
                Volatile.Write(ref _messages, _messages + 1);
            }

            stream.Finish();
            WaitForEnd();
        }
        catch (BenchException failure)
        {
            _failure = failure;
        }
    }

    /// <summary>What was taken is delivered before the stream ends; nothing of this load is left for the next.</summary>
    private void WaitForEnd()
    {
        if (!_streamEnded.Wait(Patience))
        {
            throw new BenchException($"The stream did not end. {_node!.Fault}");
        }
    }
}
