using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using MeshActors.Host.Configuration;
using MeshActors.Transport.Chance;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace MeshActors.Host.Api;

/// <summary>The local API: HTTP on a Unix socket for the node's user, and on loopback TCP for who has the token.</summary>
/// <remarks>A part of the node, not a gate to the mesh: it never listens on an address others can reach.</remarks>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Largest body: a payload of 16 MiB and what is around it.</summary>
    private const long LargestBody = (16 * 1024 * 1024) + (64 * 1024);

    private const int MostConnections = 1_024;

    private readonly WebApplication _application;
    private readonly SocketPlace _socket;

    private ApiServer(WebApplication application, SocketPlace socket)
    {
        _application = application;
        _socket = socket;
    }

    /// <summary>Where the TCP side listens, port 0 resolved; null when it is off.</summary>
    public string? Url => _application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()?
        .Addresses.FirstOrDefault(address => !address.StartsWith("http://unix:", StringComparison.Ordinal));

    /// <summary>Starts listening.</summary>
    /// <exception cref="CommandFailure">A port or the socket is taken, or the token file cannot be used.</exception>
    public static async Task<ApiServer> StartAsync(
        ApiSettings settings, NodeView node, IRandomSource random, ILoggerFactory log, CancellationToken cancellationToken)
    {
        var token = settings.Bind is null ? null : ApiToken.LoadOrCreate(settings.TokenFile, random);
        var socket = SocketPlace.Prepare(settings.UnixSocket);
        var application = Build(settings, socket, log);
        application.Use(next => new ApiGuard(token, next).InvokeAsync);
        Map(application, node, random);
        try
        {
            await application.StartAsync(cancellationToken).ConfigureAwait(false);
            socket.Publish();
            return new ApiServer(application, socket);
        }
        catch (IOException exception) when (exception.InnerException is AddressInUseException)
        {
            await application.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            throw new CommandFailure(
                ErrorCodes.AddressInUse,
                $"The local API's port {settings.Bind} is taken.",
                "Set mesh.api.bind to another port, to port 0 for a free one, or to off; several nodes on one machine need one each.");
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync().ConfigureAwait(false);
        await _application.DisposeAsync().ConfigureAwait(false);
        _socket.Dispose();
    }

    private static WebApplication Build(ApiSettings settings, SocketPlace socket, ILoggerFactory log)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(log);
        builder.Services.AddRoutingCore();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Limits.MaxConcurrentConnections = MostConnections;
            kestrel.ListenUnixSocket(socket.BindPath, listen => listen.Use(next => connection =>
            {
                connection.Features.Set(LocalSocketMark.Instance);
                return next(connection);
            }));
            if (settings.Bind is { } bind)
            {
                kestrel.Listen(bind);
            }
        });
        return builder.Build();
    }

    private static void Map(WebApplication application, NodeView node, IRandomSource random)
    {
        var directory = new DirectoryEndpoint(node);
        var tasks = new TaskEndpoint(node, random);
        application.UseRouting();
        application.MapGet(ApiPaths.Status, context => StatusAsync(context, node));
        application.MapPost(ApiPaths.Query, directory.QueryAsync);
        application.MapPost(ApiPaths.Tasks, tasks.PostAsync);
        application.MapDelete(ApiPaths.Tasks + "/{id}", tasks.DeleteAsync);
        application.MapGet(ApiPaths.Health, context => context.Response.WriteAsync("ok\n", context.RequestAborted));
        application.MapGet(ApiPaths.Ready, context => ReadyAsync(context, node));
        application.MapFallback(context => new Problem(
            StatusCodes.Status404NotFound,
            ErrorCodes.NotFound,
            $"There is no {context.Request.Method} {context.Request.Path}.",
            $"There are {ApiPaths.Status}, {ApiPaths.Query}, {ApiPaths.Tasks}, {ApiPaths.Health}, {ApiPaths.Ready}.").WriteAsync(context));
    }

    private static async Task StatusAsync(HttpContext context, NodeView node) =>
        await JsonAnswer.WriteAsync(context, await node.StatusAsync().ConfigureAwait(false)).ConfigureAwait(false);

    private static async Task ReadyAsync(HttpContext context, NodeView node)
    {
        var ready = await node.IsReadyAsync().ConfigureAwait(false);
        context.Response.StatusCode = ready ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        await context.Response.WriteAsync(ready ? "ready\n" : "not ready\n", context.RequestAborted).ConfigureAwait(false);
    }
}
