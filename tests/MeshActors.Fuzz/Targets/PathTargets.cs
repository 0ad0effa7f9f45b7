using System;
using System.Collections.Generic;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;

namespace MeshActors.Fuzz.Targets;

/// <summary>What is found out about paths: how large datagrams may be.</summary>
internal static class PathTargets
{
    /// <summary>Probes that arrive or are lost, black holes and time, in any order.</summary>
    public static readonly FuzzTarget Sizes = new("path-mtu", RunSizes, SizeSeeds);

    private static IEnumerable<byte[]> SizeSeeds() =>
    [
        [0, 0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2],
        [1, 0, 1, 3, 1, 3, 1, 3, 1, 5, 255, 0, 1, 2, 4, 0, 1, 5, 200, 1, 2],
    ];

    private static void RunSizes(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var settings = script.Byte();
        var now = new MonoTime(0);
        var most = 1_200 + ((settings >> 1) * 500);
        var sizes = new PathMtu(most, isLoopback: (settings & 1) != 0, now);
        var probe = 0;
        while (!script.IsOver)
        {
            switch (script.Byte() % 6)
            {
                case 0:
                    sizes.HandleSent(sizes.DatagramBytes);
                    break;
                case 1:
                    var asked = sizes.PollProbe(now);
                    Finding.Unless(asked == 0 || (probe == 0 && asked > sizes.DatagramBytes && asked <= most), "one probe at a time, larger and within its bound");
                    if (asked > 0)
                    {
                        probe = asked;
                        sizes.HandleProbeSent();
                    }

                    break;
                case 2:
                    sizes.HandleProbeArrived();
                    Finding.Unless(probe == 0 || sizes.DatagramBytes == probe, "what arrived is carried");
                    probe = 0;
                    break;
                case 3:
                    var before = sizes.DatagramBytes;
                    sizes.HandleProbeLost(now);
                    Finding.Unless(sizes.DatagramBytes == before, "a lost probe changes no size");
                    probe = 0;
                    break;
                case 4:
                    sizes.HandleBlackHole(now);
                    Finding.Unless(sizes.DatagramBytes == PathMtu.BaseBytes, "a black hole leads to the base");
                    probe = 0;
                    break;
                default:
                    now += TimeSpan.FromSeconds(script.Byte());
                    break;
            }

            Finding.Unless(sizes.DatagramBytes is >= PathMtu.BaseBytes and <= PathMtu.LargestBytes, "a size is within its bounds");
        }
    }
}
