using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using MeshActors.Host.Cli;

namespace MeshActors.Host.Demo.Fleet;

/// <summary>How to start this very program another time.</summary>
internal static class SelfProgram
{
    private const string Library = "meshactors.dll";

    /// <summary>Start of a process of the same build with other arguments, its three standard streams led to the
    /// caller.</summary>
    public static ProcessStartInfo StartInfo(IEnumerable<string> arguments)
    {
        var running = Environment.ProcessPath
            ?? throw new CommandFailure(
                "no-program", "The path of the running program is unknown.", "Start it by its full path.");
        var start = new ProcessStartInfo(running)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };

        // `dotnet meshactors.dll` runs the shared host, which has to be told what to run.
        if (Path.GetFileNameWithoutExtension(running).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, Library));
        }

        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }
}
