using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Loads;

namespace MeshActors.Benchmarks.Tcp;

/// <summary>The answering side of TCP and of TLS 1.3: one thread per connection, blocking calls.</summary>
/// <remarks>The first eight bytes of a connection say what it is for: the load and the size of its messages.</remarks>
internal sealed class TcpServer : ILoadSide
{
    private readonly TcpListener _listener;
    private readonly X509Certificate2? _certificate;
    private LoadCounters _counters;

    public TcpServer(IPAddress address, bool withTls)
    {
        _certificate = withTls ? MakeCertificate() : null;
        _listener = new TcpListener(address, 0);
        _listener.Start();
        new Thread(Accept) { IsBackground = true }.Start();
    }

    public LoadCounters Counters => _counters;

    public ChildAnswer Open(ChildCommand command) => new() { Endpoint = _listener.LocalEndpoint.ToString()! };

    public void Begin(ChildCommand command)
    {
    }

    public void End()
    {
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void Dispose()
    {
        _listener.Dispose();
        _certificate?.Dispose();
    }

    private static X509Certificate2 MakeCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=benchmark", key, HashAlgorithmName.SHA256);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));

        // Some systems only take keys that were loaded.
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                var socket = _listener.AcceptSocket();
                socket.NoDelay = true;
                new Thread(() => Serve(socket)) { IsBackground = true }.Start();
            }
        }
        catch (Exception failure) when (failure is SocketException or ObjectDisposedException)
        {
            // The listener was closed.
        }
    }

    private void Serve(Socket socket)
    {
        try
        {
            using var stream = Secure(new NetworkStream(socket, ownsSocket: true));
            var greeting = new byte[TcpClientSide.GreetingBytes];
            stream.ReadExactly(greeting);
            var load = (LoadKind)BitConverter.ToInt32(greeting);
            var size = BitConverter.ToInt32(greeting, sizeof(int));
            if (load == LoadKind.Echo)
            {
                Echo(stream, new byte[size]);
            }
            else
            {
                Take(stream, new byte[size], new MessagePattern(size));
            }
        }
        catch (IOException)
        {
            // The other side has gone: the load is over.
        }
    }

    private Stream Secure(NetworkStream plain)
    {
        if (_certificate is null)
        {
            return plain;
        }

        var secured = new SslStream(plain);
        secured.AuthenticateAsServer(new SslServerAuthenticationOptions
        {
            ServerCertificate = _certificate,
            EnabledSslProtocols = SslProtocols.Tls13,
        });
        return secured;
    }

    private static void Echo(Stream stream, byte[] message)
    {
        while (true)
        {
            stream.ReadExactly(message);
            stream.Write(message);
        }
    }

    private void Take(Stream stream, byte[] message, MessagePattern pattern)
    {
        for (var number = 0L; ; number++)
        {
            stream.ReadExactly(message);
            var faults = pattern.Matches(number, message) ? 0 : 1;
            _counters = _counters with
            {
                Bytes = _counters.Bytes + message.Length,
                Messages = _counters.Messages + 1,
                Faults = _counters.Faults + faults,
                DriverAllocatedBytes = GC.GetAllocatedBytesForCurrentThread(),
            };
        }
    }
}
