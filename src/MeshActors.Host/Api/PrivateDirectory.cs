using System;
using System.IO;

namespace MeshActors.Host.Api;

/// <summary>Directories that only their owner may enter.</summary>
internal static class PrivateDirectory
{
    /// <summary>Makes it with mode 0700 when it is not there; leaves one that is as it is.</summary>
    public static void Create(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
