using System;
using System.Diagnostics;
using SharpFuzz;

namespace MeshActors.Fuzz;

/// <summary>Runs a target under AFL++, which hands it one input after the other in one process.</summary>
internal static class Watch
{
    /// <summary>Most processor time one input may take: more is a finding.</summary>
    public static readonly TimeSpan HangTime = TimeSpan.FromSeconds(1);

    private const int LongestInput = 1 << 20;

    public static void Run(FuzzTarget target)
    {
        var buffer = new byte[LongestInput];
        var watch = new Stopwatch();
        Fuzzer.Run(stream =>
        {
            var length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
            watch.Restart();
            target.Run(buffer.AsSpan(0, length));
            if (watch.Elapsed > HangTime)
            {
                RunAgain(target, buffer.AsSpan(0, length));
            }
        });
    }

    /// <summary>Time passed, but the machine may have been busy with something else: what counts is the time spent here.</summary>
    private static void RunAgain(FuzzTarget target, ReadOnlySpan<byte> input)
    {
        var before = Environment.CpuUsage.TotalTime;
        target.Run(input);
        var spent = Environment.CpuUsage.TotalTime - before;
        Finding.Unless(spent <= HangTime, $"one input takes {spent.TotalSeconds} s");
    }
}
