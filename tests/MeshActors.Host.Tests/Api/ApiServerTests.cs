using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Api;
using MeshActors.Host.Cli;
using MeshActors.Host.Configuration;
using MeshActors.Tasks;
using MeshActors.Transport.Chance;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace MeshActors.Host.Tests.Api;

public sealed class ApiServerTests : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ScriptedMesh _mesh = new();
    private readonly HttpClient _tcp = new(new SocketsHttpHandler { Expect100ContinueTimeout = TimeSpan.FromSeconds(30) });
    private LocalApiClient _local = null!;
    private ApiServer _server = null!;
    private bool _ready = true;

    private string Socket => Path.Combine(_directory.Root, "api.sock");

    private string Token => Path.Combine(_directory.Root, "token");

    public async Task InitializeAsync()
    {
        _server = await StartAsync(new ApiSettings(new IPEndPoint(IPAddress.Loopback, 0), Socket, Token));
        _local = new LocalApiClient(Socket);
        _tcp.BaseAddress = new Uri(_server.Url!);
        _tcp.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", File.ReadAllText(Token).Trim());
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    public void Dispose()
    {
        _local.Dispose();
        _tcp.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task The_unix_socket_needs_no_token_and_is_its_owners_alone()
    {
        var status = await _local.GetAsync(ApiPaths.Status, CancellationToken.None);

        Assert.Equal("here", status["node"]!.ToString());
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Socket));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Token));
        }
    }

    [Fact]
    public async Task Tcp_needs_the_token_but_for_health_and_readiness()
    {
        Assert.Equal(HttpStatusCode.OK, (await _tcp.GetAsync(ApiPaths.Status)).StatusCode);

        _tcp.DefaultRequestHeaders.Authorization = null;
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthorized", new HttpRequestMessage(HttpMethod.Get, ApiPaths.Status));
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthorized", new HttpRequestMessage(HttpMethod.Get, "/v1/nowhere"));
        Assert.Equal(HttpStatusCode.OK, (await _tcp.GetAsync(ApiPaths.Health)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await _tcp.GetAsync(ApiPaths.Ready)).StatusCode);
        _ready = false;
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await _tcp.GetAsync(ApiPaths.Ready)).StatusCode);

        _tcp.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", new string('0', 64));
        await RefusedAsync(HttpStatusCode.Unauthorized, "unauthorized", new HttpRequestMessage(HttpMethod.Get, ApiPaths.Status));
    }

    [Fact]
    public async Task Foreign_hosts_and_origins_are_refused_even_with_the_token()
    {
        using var rebound = new HttpRequestMessage(HttpMethod.Get, ApiPaths.Status) { Headers = { Host = "evil.example" } };
        await RefusedAsync(HttpStatusCode.MisdirectedRequest, "unauthorized", rebound);
        using var page = new HttpRequestMessage(HttpMethod.Get, ApiPaths.Status);
        page.Headers.Add("Origin", "http://evil.example");
        await RefusedAsync(HttpStatusCode.Forbidden, "unauthorized", page);
        using var health = new HttpRequestMessage(HttpMethod.Get, ApiPaths.Health);
        health.Headers.Add("Origin", "null");
        await RefusedAsync(HttpStatusCode.Forbidden, "unauthorized", health);
        using var own = new HttpRequestMessage(HttpMethod.Get, ApiPaths.Status);
        own.Headers.Add("Origin", _server.Url);
        Assert.Equal(HttpStatusCode.OK, (await _tcp.SendAsync(own)).StatusCode);
    }

    [Theory]
    [InlineData("{", "The body is not JSON: line 1, byte 2.")]
    [InlineData("[]", "The body is not a JSON object.")]
    [InlineData("{\"capability\":\"echo\"}", "The field payload is missing or wrong.")]
    [InlineData("{\"payload\":1}", "The field capability is missing or wrong.")]
    [InlineData("{\"capability\":7,\"payload\":1}", "The field capability is missing or wrong.")]
    [InlineData("{\"capability\":\"echo\",\"payload\":1,\"timeoutMs\":0}", "The field timeoutMs is missing or wrong.")]
    [InlineData("{\"capability\":\"echo\",\"payload\":1,\"idempotent\":1}", "The field idempotent is missing or wrong.")]
    [InlineData("{\"capability\":\"echo\",\"payload\":1,\"id\":\"a b\"}", "The field id is missing or wrong.")]
    [InlineData("{\"capability\":\"echo\",\"paylod\":1}", "The field paylod is not known.")]
    public async Task A_malformed_task_is_a_problem_that_says_what_is_wrong(string body, string detail)
    {
        var answer = await PostAsync(ApiPaths.Tasks, body);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal("bad-request", problem["code"]!.ToString());
        Assert.Equal(detail, problem["detail"]!.ToString());
        Assert.NotEmpty(problem["hint"]!.ToString());
    }

    [Fact]
    public async Task A_body_over_the_bound_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiPaths.Tasks)
        {
            Content = Json("{\"capability\":\"echo\",\"payload\":\"" + new string('x', 17_000_000) + "\"}"),
            Headers = { ExpectContinue = true },
        };

        using var answer = await _tcp.SendAsync(request);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
    }

    [Fact]
    public async Task A_task_carries_its_options_and_correlation_id_in_and_its_result_out()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, ApiPaths.Tasks)
        {
            Content = Json("{\"capability\":\"echo\",\"payload\":{\"a\":[1]},\"timeoutMs\":250,\"idempotent\":true,\"id\":\"mine\"}"),
        };
        request.Headers.Add("x-mesh-trace-id", "trace-7");

        using var answer = await _tcp.SendAsync(request);

        Assert.Equal("trace-7", Assert.Single(answer.Headers.GetValues("x-mesh-trace-id")));
        Assert.Equal("mine", Assert.Single(answer.Headers.GetValues("x-mesh-task-id")));
        Assert.Equal(
            "{\"taskId\":\"mine\",\"traceId\":\"trace-7\",\"result\":{\"a\":[1]}}", await answer.Content.ReadAsStringAsync());
        Assert.Equal((TimeSpan.FromMilliseconds(250), true, "trace-7"), (
            _mesh.Options!.Deadline, _mesh.Options.Idempotent, _mesh.Options.TraceId));
    }

    [Fact]
    public async Task Failures_of_tasks_keep_their_codes_and_hints()
    {
        foreach (var code in Enum.GetValues<MeshErrorCode>())
        {
            var failure = await Assert.ThrowsAsync<CommandFailure>(() => _local.PostAsync(
                ApiPaths.Tasks, new JsonObject { ["capability"] = code.ToName(), ["payload"] = 1 }, null, CancellationToken.None));

            Assert.Equal((code.ToName(), "It failed.", "Do something."), (failure.Code, failure.Message, failure.Hint));
        }
    }

    [Fact]
    public async Task Parts_of_a_result_are_events_and_so_is_their_end()
    {
        var whole = await PostAsync(ApiPaths.Tasks, "{\"capability\":\"echo\",\"payload\":2,\"stream\":true}");
        var broken = await PostAsync(ApiPaths.Tasks, "{\"capability\":\"agent-failed\",\"payload\":1,\"stream\":true}");

        Assert.Equal("text/event-stream", whole.Content.Headers.ContentType!.MediaType);
        Assert.Equal(
            "event: part\ndata: 2\n\nevent: part\ndata: 1\n\nevent: end\ndata: {\"parts\":2}\n\n",
            await whole.Content.ReadAsStringAsync());
        Assert.StartsWith(
            "event: part\ndata: 1\n\nevent: error\ndata: {\"status\":502,\"title\":\"agent-failed\"",
            await broken.Content.ReadAsStringAsync(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_ends_when_it_is_deleted_and_when_its_caller_goes_away()
    {
        var waiting = PostAsync(ApiPaths.Tasks, "{\"capability\":\"wait\",\"payload\":1,\"id\":\"w\"}");
        await _mesh.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(HttpStatusCode.Accepted, (await _tcp.DeleteAsync("/v1/tasks/w")).StatusCode);

        Assert.Equal(HttpStatusCode.Conflict, (await waiting).StatusCode);
        await _mesh.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(HttpStatusCode.NotFound, (await _tcp.DeleteAsync("/v1/tasks/w")).StatusCode);
    }

    [Fact]
    public async Task A_caller_that_goes_away_cancels_its_task()
    {
        using var gone = new CancellationTokenSource();
        var call = _local.PostAsync(
            ApiPaths.Tasks, new JsonObject { ["capability"] = "wait", ["payload"] = 1 }, null, gone.Token);
        await _mesh.Waiting.Task.WaitAsync(TimeSpan.FromSeconds(30));

        await gone.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await _mesh.Cancelled.Task.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task A_query_hands_its_filter_on_and_shows_what_matches()
    {
        var answer = await PostAsync(
            ApiPaths.Query, "{\"capability\":\"fx-pricing\",\"tags\":[\"finance\"],\"region\":\"eu-west\",\"minUptimePercent\":99.5,\"version\":\"1.2\"}");
        var wrong = await PostAsync(ApiPaths.Query, "{\"capability\":\"fx\",\"region\":\"EU West\"}");

        var match = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["matches"]![0]!;
        Assert.Equal(("0:A91F.0000.7C2E", "fx-pricing", "99.5"), (
            match["address"]!.ToString(), match["capability"]!.ToString(), match["uptimePercent"]!.ToString()));
        Assert.Equal("finance", Assert.Single(_mesh.Filter!.Tags));
        Assert.Equal(0.995, _mesh.Filter.MinUptime, 6);
        Assert.Equal(HttpStatusCode.BadRequest, wrong.StatusCode);
    }

    [Fact]
    public async Task A_taken_port_and_a_taken_socket_are_failures_with_a_hint()
    {
        var port = new Uri(_server.Url!).Port;
        var other = Path.Combine(_directory.Root, "b.sock");

        var samePort = await Assert.ThrowsAsync<CommandFailure>(
            () => StartAsync(new ApiSettings(new IPEndPoint(IPAddress.Loopback, port), other, Token)));
        var sameSocket = await Assert.ThrowsAsync<CommandFailure>(() => StartAsync(new ApiSettings(null, Socket, Token)));

        Assert.Equal(("address-in-use", "address-in-use"), (samePort.Code, sameSocket.Code));
        Assert.Contains("mesh.api.bind", samePort.Hint, StringComparison.Ordinal);
        Assert.Contains("mesh.api.unix-socket", sameSocket.Hint, StringComparison.Ordinal);
        Assert.Equal("here", (await _local.GetAsync(ApiPaths.Status, CancellationToken.None))["node"]!.ToString());
    }

    [Fact]
    public async Task A_socket_that_a_killed_node_left_behind_is_replaced_and_none_is_left_after_a_stop()
    {
        var path = Path.Combine(_directory.Root, "c.sock");
        using (var dead = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Unspecified))
        {
            dead.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(path));
        }

        await using (await StartAsync(new ApiSettings(null, path, Token)))
        {
            using var client = new LocalApiClient(path);
            Assert.Equal("here", (await client.GetAsync(ApiPaths.Status, CancellationToken.None))["node"]!.ToString());
        }

        Assert.Equal(["api.sock", "token"], Directory.EnumerateFiles(_directory.Root).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task A_token_file_others_may_read_is_refused()
    {
        var open = _directory.Write("open-token", new string('a', 64));
        TemporaryDirectory.Restrict(open, UnixFileMode.UserRead | UnixFileMode.GroupRead);

        var failure = await Assert.ThrowsAsync<CommandFailure>(() => StartAsync(
            new ApiSettings(new IPEndPoint(IPAddress.Loopback, 0), Path.Combine(_directory.Root, "d.sock"), open)));

        Assert.Contains("may use it (mode 0440", failure.Message, StringComparison.Ordinal);
    }

    private static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    private Task<ApiServer> StartAsync(ApiSettings settings) => ApiServer.StartAsync(
        settings,
        new NodeView(_mesh, () => Task.FromResult(new JsonObject { ["node"] = "here" }), () => Task.FromResult(_ready)),
        SystemRandomSource.Instance,
        NullLoggerFactory.Instance,
        CancellationToken.None);

    private Task<HttpResponseMessage> PostAsync(string path, string body) => _tcp.PostAsync(path, Json(body));

    private async Task RefusedAsync(HttpStatusCode status, string code, HttpRequestMessage request)
    {
        using var answer = await _tcp.SendAsync(request);
        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(code, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]!.ToString());
    }
}
