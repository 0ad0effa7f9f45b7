using System;
using System.Diagnostics;
using MeshActors.Benchmarks.Flood;
using MeshActors.Benchmarks.Relays;
using MeshActors.Benchmarks.Remoting;
using MeshActors.Benchmarks.Tunnels;

namespace MeshActors.Benchmarks.Children;

/// <summary>A child's life: one command per line in, one answer out, until standard input ends.</summary>
internal static class ChildProgram
{
    public static int Run(ILoadSide side)
    {
        using (side)
        {
            while (Console.In.ReadLine() is { } line)
            {
                ChildAnswer answer;
                try
                {
                    answer = Carry(side, ChildLines.Read<ChildCommand>(line));
                }
#pragma warning disable CA1031 // Whatever went wrong is told to the parent, which decides.
                catch (Exception fault)
#pragma warning restore CA1031
                {
                    answer = new ChildAnswer { Error = fault.ToString() };
                }

                Console.Out.WriteLine(ChildLines.Write(answer));
                Console.Out.Flush();
            }
        }

        return 0;
    }

    private static ChildAnswer Carry(ILoadSide side, ChildCommand command)
    {
        switch (command.Verb)
        {
            case ChildVerb.Open:
                return side.Open(command);
            case ChildVerb.Begin:
                side.Begin(command);
                return new ChildAnswer();
            case ChildVerb.End:
                side.End();
                return new ChildAnswer { Mark = MarkOf(side), Flood = (side as FloodSource)?.Counts() };
            case ChildVerb.Drops:
                return new ChildAnswer
                {
                    Drops = side is RelayServer relay ? relay.Drops() : ((TunnelServer)side).Drops(),
                };
            case ChildVerb.Mark:
                return new ChildAnswer { Mark = MarkOf(side) };
            case ChildVerb.RoundTrips:
                return new ChildAnswer { Latencies = side.RoundTrips(command), Mark = MarkOf(side) };
            case ChildVerb.Heartbeats:
                return new ChildAnswer { Latencies = ((RemotingSide)side).Heartbeats(command), Mark = MarkOf(side) };
            case ChildVerb.Memory:
                return new ChildAnswer { Memory = ProcessMemory.Measure(side is ITunnelCount tunnels ? tunnels.OpenTunnels : 0) };
            default:
                return new ChildAnswer { Error = $"No such verb: {command.Verb}." };
        }
    }

    private static Mark MarkOf(ILoadSide side) => new(
        Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency,
        Environment.CpuUsage.TotalTime.TotalSeconds,
        GC.GetTotalAllocatedBytes(),
        side.Counters);
}
