using System;
using System.CommandLine;
using System.Threading;
using System.Threading.Tasks;

namespace MeshActors.Host.Cli;

/// <summary>What a verb is made from.</summary>
/// <param name="Environment">The world around the program.</param>
/// <param name="RunAsync">Runs a verb's action: gives it the output, turns what it throws into error, hint and exit code.</param>
internal sealed record VerbContext(
    HostEnvironment Environment,
    Func<ParseResult, Func<CommandOutput, CancellationToken, Task<int>>, Task<int>> RunAsync);
