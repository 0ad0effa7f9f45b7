using System;
using System.IO;

namespace MeshActors.Host.Configuration;

/// <summary>Where relative paths start and where files lie that the configuration does not place.</summary>
internal sealed class ConfigurationPlaces
{
    private readonly string _start;

    /// <param name="start">Directory of the configuration file.</param>
    /// <param name="environment">Value of an environment variable, or null.</param>
    public ConfigurationPlaces(string start, Func<string, string?> environment)
    {
        _start = start;
        var state = environment("XDG_STATE_HOME");
        DefaultIdentityDirectory = Path.IsPathRooted(state)
            ? Path.Combine(state, "meshactors")
            : Path.Combine(environment("HOME") ?? start, ".local", "state", "meshactors");
    }

    /// <summary>Directory of the identity when none is given.</summary>
    public string DefaultIdentityDirectory { get; }

    /// <summary>The full path of what the user wrote, or of the default when that is empty.</summary>
    public string Resolve(string path, string byDefault) =>
        path.Contains('\0', StringComparison.Ordinal) || path.Length == 0 ? byDefault : Path.GetFullPath(path, _start);
}
