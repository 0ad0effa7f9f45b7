using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using MeshActors.LinkLab.Link;
using Xunit;

namespace MeshActors.Simulation.Tests.LinkLab;

public sealed class PacketRingTests
{
    [Fact]
    public void Whatever_goes_in_comes_out_in_order_as_long_as_there_is_room() =>
        Gen.Int[-1, 300].List[1, 300].Sample(operations =>
        {
            using var ring = new PacketRing(1_024);
            var model = new Queue<(byte[] Packet, double Due)>();
            for (var i = 0; i < operations.Count; i++)
            {
                if (operations[i] < 0)
                {
                    Take(ring, model);
                    continue;
                }

                var packet = Enumerable.Repeat((byte)(i % 256), operations[i]).ToArray();
                if (ring.TryAdd(packet, i))
                {
                    model.Enqueue((packet, i));
                }
                else
                {
                    // A packet of 300 bytes and its header fit beside what waits, but for the gap before the end.
                    Assert.True(model.Sum(entry => entry.Packet.Length + 32) + (2 * 320) > 1_024);
                    Take(ring, model);
                }
            }

            while (model.Count > 0)
            {
                Take(ring, model);
            }

            Assert.True(ring.IsEmpty);
        });

    private static void Take(PacketRing ring, Queue<(byte[] Packet, double Due)> model)
    {
        Assert.Equal(model.Count == 0, ring.IsEmpty);
        if (model.TryDequeue(out var expected))
        {
            Assert.Equal(expected.Due, ring.FirstDue);
            Assert.True(ring.Take().SequenceEqual(expected.Packet));
        }
    }
}
