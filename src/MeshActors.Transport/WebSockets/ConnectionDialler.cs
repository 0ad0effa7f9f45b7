using System;
using System.IO;
using System.Net.Http;
using System.Net.Security;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Transport.WebSockets;

/// <summary>Opens connections to relays, through the system's HTTP proxy where it has one.</summary>
internal sealed class ConnectionDialler : IDisposable
{
    private readonly ConnectionSettings _settings;
    private readonly ConnectionCounters _counters;
    private readonly HttpMessageInvoker _http;

    public ConnectionDialler(ConnectionSettings settings, ConnectionCounters counters)
    {
        _settings = settings;
        _counters = counters;
        _http = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = settings.SetupTime,
            MaxResponseHeadersLength = UpgradeReader.MostBytes / 1024,
            SslOptions = new SslClientAuthenticationOptions
            {
                EnabledSslProtocols = SslProtocols.Tls13,
#pragma warning disable CA5359 // Relays make certificates for themselves; who they are is proved by Noise inside.
                RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
            },
        });
    }

    /// <summary>Opens a connection and carries datagrams over it until it ends.</summary>
    public async Task RunAsync(Uri target, DatagramConnection connection)
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol(UpgradeReader.Subprotocol);
        socket.Options.KeepAliveInterval = _settings.PingAfter;
        socket.Options.KeepAliveTimeout = _settings.PongTime;
        if (!await TryConnectAsync(socket, target, connection.Ending).ConfigureAwait(false))
        {
            _counters.Failed();
            connection.HandleFailed();
            return;
        }

        _counters.Opened(isAccepted: false);
        await connection.RunAsync(socket).ConfigureAwait(false);
        _counters.Closed();
    }

    public void Dispose() => _http.Dispose();

    private async Task<bool> TryConnectAsync(ClientWebSocket socket, Uri target, CancellationToken ending)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(ending);
        deadline.CancelAfter(_settings.SetupTime);
        try
        {
            await socket.ConnectAsync(target, _http, deadline.Token).ConfigureAwait(false);
            return socket.SubProtocol == UpgradeReader.Subprotocol;
        }
        catch (Exception failure) when (failure
            is WebSocketException or HttpRequestException or OperationCanceledException or IOException or SocketException
            or AuthenticationException or InvalidOperationException)
        {
            return false;
        }
    }
}
