using System;
using System.IO;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.WebSockets;

/// <summary>Takes connections of clients of a relay: TCP, TLS 1.3, the upgrade of HTTP/1.1, and from then on datagrams.</summary>
/// <remarks>Nothing that comes in throws to the outside, and everything has a bound: places, bytes, time.</remarks>
internal sealed class ConnectionListener : IAsyncDisposable
{
    private const int Backlog = 512;

    /// <summary>After the system would not hand out a connection, because there are no handles say.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly ConnectionSettings _settings;
    private readonly ConnectionCounters _counters;
    private readonly Func<UdpEndpoint, DatagramConnection> _accept;
    private readonly Clock _clock;
    private readonly SslServerAuthenticationOptions _tls;
    private readonly NetworkPlaces _places;
    private readonly TcpListener _listener;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _all;

    /// <param name="bind">Where; port 0 picks a free port.</param>
    /// <param name="certificate">What clients are shown; stays the caller's.</param>
    /// <param name="settings">Bounds.</param>
    /// <param name="counters">Counts what passes.</param>
    /// <param name="accept">Called for each connection once it is set up, from any thread.</param>
    /// <param name="clock">Time.</param>
    /// <exception cref="SocketException">The endpoint is taken or is none of this machine's.</exception>
    public ConnectionListener(
        IPEndPoint bind,
        X509Certificate2 certificate,
        ConnectionSettings settings,
        ConnectionCounters counters,
        Func<UdpEndpoint, DatagramConnection> accept,
        Clock clock)
    {
        _settings = settings;
        _counters = counters;
        _accept = accept;
        _clock = clock;
        _places = new NetworkPlaces(settings);
        _tls = new SslServerAuthenticationOptions { ServerCertificate = certificate, EnabledSslProtocols = SslProtocols.Tls13 };
        _listener = new TcpListener(bind);
        _listener.Start(Backlog);
        LocalEndpoint = (IPEndPoint)_listener.LocalEndpoint;
        _all = Task.Run(AcceptAllAsync);
    }

    /// <summary>As bound, port 0 resolved.</summary>
    public IPEndPoint LocalEndpoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        _listener.Dispose();
        await _all.ConfigureAwait(false);
    }

    private async Task AcceptAllAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                var socket = await _listener.AcceptSocketAsync(_ending.Token).ConfigureAwait(false);
                _ = Task.Run(() => ServeAsync(socket));
            }
            catch (Exception failure) when (failure is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                await Task.Delay(Pause, _clock.Provider, _ending.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        using (socket)
        {
            if (socket.RemoteEndPoint is not IPEndPoint remote)
            {
                return;
            }

            var network = ConnectionEndpoint.SourceOf(UdpEndpoint.From(remote));
            if (!_places.TryTake(network))
            {
                _counters.Refused();
                return;
            }

            try
            {
                await ServeAsync(socket, UdpEndpoint.From(remote)).ConfigureAwait(false);
            }
            catch (Exception failure) when (IsOfTheNetwork(failure))
            {
                _counters.Failed();
            }
            finally
            {
                _places.Return(network);
            }
        }
    }

    private async Task ServeAsync(Socket socket, UdpEndpoint remote)
    {
        socket.NoDelay = true;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(_ending.Token);
        deadline.CancelAfter(_settings.SetupTime);
        await using var tls = new SslStream(new NetworkStream(socket, ownsSocket: true));
        await tls.AuthenticateAsServerAsync(_tls, deadline.Token).ConfigureAwait(false);
        if (!await UpgradeAsync(tls, deadline.Token).ConfigureAwait(false))
        {
            _counters.Failed();
            return;
        }

        using var socketOfMessages = WebSocket.CreateFromStream(tls, new WebSocketCreationOptions
        {
            IsServer = true,
            SubProtocol = UpgradeReader.Subprotocol,
            KeepAliveInterval = _settings.PingAfter,
            KeepAliveTimeout = _settings.PongTime,
        });
        var connection = _accept(remote);
        _counters.Opened(isAccepted: true);
        try
        {
            using var stopping = _ending.Token.Register(connection.End);
            await connection.RunAsync(socketOfMessages).ConfigureAwait(false);
        }
        finally
        {
            _counters.Closed();
        }
    }

    private static async Task<bool> UpgradeAsync(SslStream stream, CancellationToken deadline)
    {
        var head = new byte[UpgradeReader.MostBytes + 1];
        var key = new byte[UpgradeReader.KeySize];
        var length = 0;
        while (true)
        {
            var received = await stream.ReadAsync(head.AsMemory(length), deadline).ConfigureAwait(false);
            length += received;
            var outcome = UpgradeReader.Read(head.AsSpan(0, length), key);
            if (outcome == UpgradeOutcome.Incomplete && received > 0)
            {
                continue;
            }

            if (outcome == UpgradeOutcome.Accepted)
            {
                await stream.WriteAsync(UpgradeReply.Accept(key), deadline).ConfigureAwait(false);
                return true;
            }

            await stream.WriteAsync(UpgradeReply.Refuse(outcome), deadline).ConfigureAwait(false);
            await stream.ShutdownAsync().WaitAsync(deadline).ConfigureAwait(false);
            return false;
        }
    }

    private static bool IsOfTheNetwork(Exception failure) => failure
        is IOException or SocketException or AuthenticationException or OperationCanceledException or WebSocketException
        or ObjectDisposedException or InvalidOperationException;
}
