using System.CommandLine;
using System.IO;
using MeshActors.Host.Api;
using MeshActors.Host.Configuration;

namespace MeshActors.Host.Cli;

/// <summary>How a verb that asks a running node finds it: <c>--socket</c>, else <c>--config</c>, else the default place.</summary>
internal sealed class ConnectionOptions
{
    private readonly Option<string?> _socket = new("--socket")
    {
        Description = "Unix socket of the node's local API.",
        HelpName = "PATH",
    };

    private readonly Option<string?> _config = new("--config")
    {
        Description = "The node's configuration file, which names the socket.",
        HelpName = "FILE",
    };

    public void AddTo(Command command)
    {
        command.Options.Add(_socket);
        command.Options.Add(_config);
    }

    /// <summary>Null when the configuration is wrong, which was reported then.</summary>
    public LocalApiClient? Open(ParseResult result, HostEnvironment environment, CommandOutput output)
    {
        if (result.GetValue(_socket) is { } socket)
        {
            return new LocalApiClient(Path.GetFullPath(socket));
        }

        if (result.GetValue(_config) is { } file)
        {
            return RunCommand.Load(file, environment, output) is { } configuration
                ? new LocalApiClient(configuration.Mesh.Api.UnixSocket)
                : null;
        }

        var places = new ConfigurationPlaces(Path.GetFullPath("."), environment.Variable);
        return new LocalApiClient(Path.Combine(places.DefaultIdentityDirectory, ApiSettings.SocketName));
    }
}
