using System.IO;
using System.Net;
using System.Text;

namespace MeshActors.Host.Configuration;

/// <summary>The section <c>mesh.api</c>: where the local API listens.</summary>
/// <param name="Bind">Loopback address and TCP port, 0 for a free one; null when off.</param>
/// <param name="UnixSocket">Full path of the Unix socket.</param>
/// <param name="TokenFile">Full path of the file with the token of the TCP side.</param>
internal sealed record ApiSettings(IPEndPoint? Bind, string UnixSocket, string TokenFile)
{
    /// <summary>A Unix socket may have 103 bytes everywhere; while it is made it has a name 12 bytes longer.</summary>
    public const int LongestSocketPath = 90;

    /// <summary>Name of the socket in the identity directory.</summary>
    public const string SocketName = "api.sock";

    public static ApiSettings FromConfig(SectionReader section, ConfigurationPlaces places, string identityDirectory)
    {
        var socket = places.Resolve(section.Text("unix-socket"), Path.Combine(identityDirectory, SocketName));
        section.Require(
            "unix-socket",
            Encoding.UTF8.GetByteCount(socket) <= LongestSocketPath,
            $"makes the path {socket}, which is too long",
            $"a path of at most {LongestSocketPath} bytes");
        return new ApiSettings(
            section.Value<IPEndPoint?>("bind", "off, or a loopback IP:PORT, as 127.0.0.1:7480", TryBind),
            socket,
            places.Resolve(section.Text("token-file"), Path.Combine(identityDirectory, "api.token")));
    }

    private static bool TryBind(string text, out IPEndPoint? bind)
    {
        bind = null;
        if (text == "off")
        {
            return true;
        }

        var known = Endpoints.TryBind(text, out var endpoint) && IPAddress.IsLoopback(endpoint.Address);
        bind = known ? endpoint : null;
        return known;
    }
}
