using System;
using System.Collections.Generic;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;

namespace MeshActors.Fuzz.Targets;

/// <summary>A port mapping whose gateway answers with whatever the script says, at whatever time.</summary>
internal static class GatewayTargets
{
    public static readonly FuzzTarget Mappings = new("gateway", Run, Seeds);

    private static readonly UdpEndpoint Gateway = new(UdpEndpoint.MappedPrefix | 0x0A4D_0001, GatewayMapping.GatewayPort);
    private static readonly UdpEndpoint Inside = new(UdpEndpoint.MappedPrefix | 0x0A4D_0002, 7_400);

    private static List<byte[]> Seeds() =>
    [
        [60, 2, 0x81, 0, 0, 0, 0, 0, 200, .. new byte[34], 0x23, 0x28, .. new byte[10], 0xFF, 0xFF, 45, 0, 0, 1, 0xFE, 0xFE, 0xFF],
        [
            8, 0, 0x80, 0, 1, 0, 0, 0, 0,
            12, 0, 0x80, 0, 0, 0, 0, 0, 7, 45, 0, 0, 1,
            16, 0, 0x81, 0, 0, 0, 0, 0, 7, 0x1C, 0xE8, 0x23, 0x28, 0, 0, 0, 200, 0xFE, 0xFE, 0xFF, 0xFE,
        ],
        [0xFE, 0xFE, 0xFE, 0xFF, 0xFE, 0xFE],
    ];

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var now = new MonoTime(0);
        var mapping = new GatewayMapping(Gateway, Inside, new SimRandom(1), now);
        var request = new byte[IGatewayProtocol.MaxRequestSize];
        while (!script.IsOver)
        {
            while (mapping.PollTransmit(request, out var to, now) is > 0 and var length)
            {
                Finding.Unless(to == Gateway && length <= IGatewayProtocol.MaxRequestSize, "requests go to the gateway");
            }

            var operation = script.Byte();
            if (operation == 0xFF)
            {
                mapping.Release(now);
            }
            else if (operation == 0xFE)
            {
                now = mapping.NextTimeout is { } due ? MonoTime.Latest(now, due) : now;
                mapping.HandleTimeout(now);
            }
            else
            {
                Answer(mapping, request, script.Take(operation), now);
            }

            Finding.Unless((mapping.State == GatewayState.Mapped) == (mapping.Lease is not null), "what stands has a lease");
            Finding.Unless(mapping.Lease is not { } lease || lease.ExpiresAt <= now + TimeSpan.FromDays(1), "no lease beyond a day");
        }
    }

    /// <summary>The nonce is put in, which no mutation would find.</summary>
    private static void Answer(GatewayMapping mapping, byte[] request, ReadOnlySpan<byte> bytes, MonoTime now)
    {
        var answer = bytes.ToArray();
        if (answer.Length >= 42 && answer[0] == request[0])
        {
            request.AsSpan(24, 18).CopyTo(answer.AsSpan(24));
        }

        Finding.Unless(!mapping.HandleDatagram(Gateway with { Port = 1 }, answer, now), "only the gateway is heard");
        mapping.HandleDatagram(Gateway, answer, now);
    }
}
