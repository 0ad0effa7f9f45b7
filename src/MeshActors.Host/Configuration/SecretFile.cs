using System;
using System.IO;
using MeshActors.Transport.Identity;

namespace MeshActors.Host.Configuration;

/// <summary>Looks at the file of a fleet secret before the node starts.</summary>
internal static class SecretFile
{
    public const string Form = "a file of mode 0600 with one line, mesh-fleet-1-...";

    private const int Longest = 4096;
    private const UnixFileMode Others =
        UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>What is wrong with it, reading on after the path; null when it holds a secret only its owner can read.</summary>
    public static string? Problem(string path)
    {
        if (FileProblem.TryReadText(path, Longest, out var text) is { } problem)
        {
            return problem;
        }

        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & Others) != 0)
        {
            return "may be read by others";
        }

        try
        {
            FleetSecret.Parse(text.Trim()).Dispose();
            return null;
        }
        catch (FormatException)
        {
            return "holds no fleet secret";
        }
    }
}
