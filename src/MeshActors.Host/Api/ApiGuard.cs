using System;
using System.Threading.Tasks;
using MeshActors.Host.Cli;
using Microsoft.AspNetCore.Http;

namespace MeshActors.Host.Api;

/// <summary>Lets in who may use the API: on the Unix socket the node's user, on TCP who has the token; never a foreign web page.</summary>
/// <remarks>
/// The host named must be this machine's loopback, so that a name that was rebound to it is refused; an origin, which only
/// browsers send, must be the API's own. Health and readiness need no token.
/// </remarks>
internal sealed class ApiGuard
{
    private const string Scheme = "Bearer ";

    private readonly ApiToken? _token;
    private readonly RequestDelegate _next;

    /// <param name="token">The token of the TCP side; null when there is none.</param>
    /// <param name="next">What the guard stands before.</param>
    public ApiGuard(ApiToken? token, RequestDelegate next)
    {
        _token = token;
        _next = next;
    }

    public Task InvokeAsync(HttpContext context) =>
        Refusal(context.Request, context.Features.Get<LocalSocketMark>() is not null) is { } problem
            ? problem.WriteAsync(context)
            : _next(context);

    private static bool IsLoopbackName(string host) => host is "localhost" or "127.0.0.1" or "[::1]" or "::1";

    private static bool IsOwnOrigin(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttp
        && uri.Authority.Equals(host.Value, StringComparison.OrdinalIgnoreCase);

    private Problem? Refusal(HttpRequest request, bool isLocalSocket)
    {
        if (!IsLoopbackName(request.Host.Host))
        {
            return new Problem(
                StatusCodes.Status421MisdirectedRequest,
                ErrorCodes.Unauthorized,
                "The host named is not this machine's loopback.",
                "Use localhost, 127.0.0.1 or [::1].");
        }

        if (request.Headers.Origin is [{ } origin, ..] && !IsOwnOrigin(origin, request.Host))
        {
            return new Problem(
                StatusCodes.Status403Forbidden,
                ErrorCodes.Unauthorized,
                "Pages of other origins may not use this API.",
                "Call it from a program, not from a web page.");
        }

        if (isLocalSocket || request.Path == ApiPaths.Health || request.Path == ApiPaths.Ready || HasToken(request))
        {
            return null;
        }

        return new Problem(
            StatusCodes.Status401Unauthorized,
            ErrorCodes.Unauthorized,
            "The request has no valid token.",
            "Send authorization: Bearer TOKEN with the content of the file mesh.api.token-file, or use the Unix socket.");
    }

    private bool HasToken(HttpRequest request) =>
        _token is not null
        && request.Headers.Authorization is [{ } header]
        && header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
        && _token.Matches(header[Scheme.Length..].Trim());
}
