using System;
using System.IO;
using System.Net.Sockets;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Api;

/// <summary>The path of a Unix socket that only its owner may connect to, from its first moment on.</summary>
/// <remarks>
/// The socket is bound in a directory of mode 0700, gets mode 0600, and only then moves to its place, where it replaces what
/// a node that was killed left behind.
/// </remarks>
internal sealed class SocketPlace : IDisposable
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    private readonly string _path;
    private readonly string _nursery;

    private SocketPlace(string path, string nursery)
    {
        _path = path;
        _nursery = nursery;
    }

    /// <summary>Where to bind the socket.</summary>
    public string BindPath => Path.Combine(_nursery, "s");

    /// <summary>Prepares the directories.</summary>
    /// <exception cref="CommandFailure">A node answers there, or the path cannot be used.</exception>
    public static SocketPlace Prepare(string path)
    {
        if (IsAnswered(path))
        {
            throw new CommandFailure(
                ErrorCodes.AddressInUse,
                $"Another node answers on {path}.",
                "Stop it, or set mesh.api.unix-socket and mesh.identity.path to places of this node's own.");
        }

        try
        {
            var directory = Path.GetDirectoryName(path)!;
            PrivateDirectory.Create(directory);
            var nursery = Path.Combine(directory, ".api");
            if (Directory.Exists(nursery))
            {
                Directory.Delete(nursery, recursive: true);
            }

            PrivateDirectory.Create(nursery);
            return new SocketPlace(path, nursery);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailure(
                ErrorCodes.AddressInUse,
                $"The socket {path} cannot be made: {exception.Message}",
                "Set mesh.api.unix-socket to a place this user can write.");
        }
    }

    /// <summary>Moves the bound socket to its place.</summary>
    public void Publish()
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(BindPath, Owner);
        }

        File.Move(BindPath, _path, overwrite: true);
    }

    public void Dispose()
    {
        File.Delete(_path);
        if (Directory.Exists(_nursery))
        {
            Directory.Delete(_nursery, recursive: true);
        }
    }

    private static bool IsAnswered(string path)
    {
        if (!File.Exists(path))
        {
            return false;
        }

        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
