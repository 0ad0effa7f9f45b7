using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.PortMapping;

namespace MeshActors.Transport.Io;

/// <summary>Sends requests of UPnP to a gateway, one at a time: no redirections, no proxies, nothing kept, answers with a bound.</summary>
internal sealed class GatewayHttp : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(3);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        MaxConnectionsPerServer = 1,
        MaxResponseHeadersLength = 8,
    })
    {
        MaxResponseContentBufferSize = GatewayXml.MaxBytes,
        Timeout = Timeout,
    };

    private CancellationTokenSource _asking = new();

    /// <summary>Sends a request; one that has no answer yet is given up.</summary>
    /// <returns>Status and body; status 0 when there was no answer.</returns>
    public Task<(int Status, byte[] Body)> AskAsync(UpnpRequest request)
    {
        _asking.Cancel();
        _asking.Dispose();
        _asking = new CancellationTokenSource();
        return SendAsync(request, _asking.Token);
    }

    public void Dispose()
    {
        _asking.Cancel();
        _asking.Dispose();
        _client.Dispose();
    }

    private async Task<(int Status, byte[] Body)> SendAsync(UpnpRequest request, CancellationToken cancellation)
    {
        using var message = new HttpRequestMessage(request.Action is null ? HttpMethod.Get : HttpMethod.Post, request.Place);
        if (request.Action is not null)
        {
            message.Content = new ReadOnlyMemoryContent(request.Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("text/xml", "utf-8");
            message.Headers.TryAddWithoutValidation("SOAPACTION", request.Action);
        }

        try
        {
            using var response = await _client.SendAsync(message, cancellation).ConfigureAwait(false);
            return ((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(cancellation).ConfigureAwait(false));
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or ObjectDisposedException)
        {
            return (0, []);
        }
    }
}
