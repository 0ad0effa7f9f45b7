using System;
using System.IO;
using System.Threading;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Host.Cli;

/// <summary>What the program has of the world around it, chosen once by <c>Program</c>.</summary>
/// <param name="Out">Standard output.</param>
/// <param name="Error">Standard error.</param>
/// <param name="Variable">Value of an environment variable, or null.</param>
/// <param name="Clock">The time.</param>
/// <param name="Random">Chance.</param>
/// <param name="Stopped">Cancelled when the program is asked to end.</param>
internal sealed record HostEnvironment(
    TextWriter Out,
    TextWriter Error,
    Func<string, string?> Variable,
    Clock Clock,
    IRandomSource Random,
    CancellationToken Stopped);
