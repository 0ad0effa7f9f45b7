using System;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Telemetry;

namespace MeshActors.Host.Api;

/// <summary>Asks a running node over the Unix socket of its local API.</summary>
internal sealed class LocalApiClient : IDisposable
{
    private const int LargestAnswer = 64 * 1024 * 1024;

    private readonly string _socket;
    private readonly HttpClient _client;

    public LocalApiClient(string socket)
    {
        _socket = socket;
        _client = new HttpClient(new SocketsHttpHandler { ConnectCallback = (_, cancellation) => ConnectAsync(socket, cancellation) })
        {
            BaseAddress = new Uri("http://localhost"),
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = LargestAnswer,
        };
    }

    public Task<JsonObject> GetAsync(string path, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellationToken);

    /// <summary>Posts JSON and returns the JSON of the answer.</summary>
    /// <exception cref="CommandFailure">The node refused or failed: its code and hint.</exception>
    public Task<JsonObject> PostAsync(string path, JsonObject body, string? traceId, CancellationToken cancellationToken)
    {
        var content = new StringContent(body.ToJsonString(), Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        if (traceId is not null)
        {
            request.Headers.TryAddWithoutValidation(MeshTelemetry.CorrelationHeader, traceId);
        }

        return SendAsync(request, cancellationToken);
    }

    public void Dispose() => _client.Dispose();

    private static async ValueTask<System.IO.Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static JsonObject Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    private async Task<JsonObject> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            using (request)
            using (var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false))
            {
                var answer = Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false));
                return response.IsSuccessStatusCode
                    ? answer
                    : throw new CommandFailure(
                        answer["code"]?.ToString() ?? ErrorCodes.Unexpected,
                        answer["detail"]?.ToString() ?? $"The node answered {(int)response.StatusCode}.",
                        answer["hint"]?.ToString() ?? "Look at the node's log.");
            }
        }
        catch (HttpRequestException exception)
        {
            throw new CommandFailure(
                ErrorCodes.NodeNotRunning,
                $"No node answers on {_socket}.",
                "Start one with meshactors run --config FILE, or name its socket with --socket or its file with --config.",
                inner: exception);
        }
    }
}
