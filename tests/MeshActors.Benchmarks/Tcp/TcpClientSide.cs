using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Tcp;

/// <summary>The asking side of TCP and of TLS 1.3: a connection for each load, blocking calls.</summary>
internal sealed class TcpClientSide : ILoadSide
{
    /// <summary>Load and message size, 4 bytes each.</summary>
    public const int GreetingBytes = 8;

    private readonly bool _withTls;
    private IPEndPoint _target = new(IPAddress.None, 0);
    private Thread? _thread;
    private volatile bool _ending;
    private LoadCounters _counters;

    public TcpClientSide(bool withTls)
    {
        _withTls = withTls;
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command)
    {
        _target = IPEndPoint.Parse(command.Target);
        using var stream = Connect(LoadKind.Echo, 1);
        return new ChildAnswer
        {
            Suite = stream is SslStream secured ? $"{secured.SslProtocol} {secured.NegotiatedCipherSuite}" : string.Empty,
        };
    }

    public void Begin(ChildCommand command)
    {
        _ending = false;
        var stream = Connect(LoadKind.OneWay, command.Size);
        _thread = new Thread(() => Send(stream, new MessagePattern(command.Size))) { IsBackground = true };
        _thread.Start();
    }

    public void End()
    {
        _ending = true;
        _thread?.Join();
        _thread = null;
    }

    public Latencies RoundTrips(ChildCommand command)
    {
        using var stream = Connect(LoadKind.Echo, command.Size);
        var message = new byte[command.Size];
        return LatencyRecord.Measure(command.Seconds, () =>
        {
            stream.Write(message);
            stream.ReadExactly(message);
        });
    }

    public void Dispose() => End();

    private Stream Connect(LoadKind load, int size)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        socket.Connect(_target);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        if (_withTls)
        {
            var secured = new SslStream(stream);
            secured.AuthenticateAsClient(new SslClientAuthenticationOptions
            {
                TargetHost = "benchmark",
                EnabledSslProtocols = SslProtocols.Tls13,
#pragma warning disable CA5359 // The certificate is made for this run and known to nobody; what is measured is the record layer.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            });
            stream = secured;
        }

        stream.Write([.. BitConverter.GetBytes((int)load), .. BitConverter.GetBytes(size)]);
        return stream;
    }

    private void Send(Stream stream, MessagePattern pattern)
    {
        using (stream)
        {
            for (var number = 0L; !_ending; number++)
            {
                var message = pattern.Message(number);
                stream.Write(message);
                _counters = _counters with
                {
                    Bytes = _counters.Bytes + message.Length,
                    Messages = _counters.Messages + 1,
                    DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread(),
                };
            }
        }
    }
}
