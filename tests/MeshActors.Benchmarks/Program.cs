using System;
using System.Net;
using System.Threading.Tasks;
using MeshActors.Benchmarks.Children;
using MeshActors.Benchmarks.Flood;
using MeshActors.Benchmarks.Idle;
using MeshActors.Benchmarks.Messages;
using MeshActors.Benchmarks.Relays;
using MeshActors.Benchmarks.Remoting;
using MeshActors.Benchmarks.Runs;

namespace MeshActors.Benchmarks;

/// <summary>Measures, and prints one JSON object per line; the last is the summary.</summary>
/// <remarks>Exit code 0: measured; 1: could not be measured, or something arrived that was not sent; 2: the command line is
/// wrong. The same program is started again for each side of a load.</remarks>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        if (arguments is [ChildRoles.Word, var role, var address])
        {
            return ChildRoles.Make(role, IPAddress.Parse(address)) is { } side ? ChildProgram.Run(side) : 2;
        }

        if (BenchArguments.Parse(arguments, out var error) is not { } parsed)
        {
            await Console.Error.WriteLineAsync($"{error}\n{BenchArguments.Usage}");
            return 2;
        }

        if (!OperatingSystem.IsLinux())
        {
            await Console.Error.WriteLineAsync("The limits are measured with calls of Linux; there is no such run on this system.");
            return 1;
        }

        try
        {
            return parsed.Bench switch
            {
                BenchArguments.IdleBench => await IdleRun.RunAsync(parsed),
                BenchArguments.FloodBench => await FloodRun.RunAsync(parsed),
                BenchArguments.AkkaBench => await RemotingRun.RunAsync(parsed),
                BenchArguments.MessagesBench => MessagesRun.Run(parsed),
                BenchArguments.RelayBench => await RelayRun.RunAsync(parsed),
                _ => await TunnelRun.RunAsync(parsed),
            };
        }
        catch (BenchException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
