using System;
using System.Collections.Generic;
using System.Text;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;

namespace MeshActors.Fuzz.Targets;

/// <summary>A port mapping by UPnP whose gateway answers the search and the requests with whatever the script says, at whatever time.</summary>
internal static class UpnpTarget
{
    public static readonly FuzzTarget Target = new("upnp", Run, Seeds);

    private const string Found = "HTTP/1.1 200 OK\r\nST: x\r\nLOCATION: http://10.77.0.1:5000/d.xml\r\n\r\n";

    private const string Description =
        "<?xml version=\"1.0\"?><root><device><serviceList><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType>"
        + "<controlURL>/ctl</controlURL></service></serviceList></device></root>";

    private const string Address =
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><NewExternalIPAddress>45.0.0.1</NewExternalIPAddress></s:Body></s:Envelope>";

    private const string Conflict = "<s:Fault xmlns:s=\"s\"><errorCode>718</errorCode></s:Fault>";

    private static readonly UdpEndpoint Gateway = new(UdpEndpoint.MappedPrefix | 0x0A4D_0001, 1900);
    private static readonly UdpEndpoint Inside = new(UdpEndpoint.MappedPrefix | 0x0A4D_0002, 7_400);

    private static List<byte[]> Seeds() =>
    [
        [.. Said(0, Found), .. Said(1, Description), .. Said(1, Address), .. Said(2, Conflict), .. Said(1, "<a/>"), 4, 4, 5, .. Said(1, "<a/>")],
        [3, 3, 3, 3, .. Said(0, Found), .. Said(1, "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"), 3],
        [.. Said(0, Found), .. Said(2, ""), 5, 3],
    ];

    private static byte[] Said(byte operation, string text) =>
        [operation, (byte)(text.Length >> 8), (byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static void Run(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var now = new MonoTime(0);
        var mapping = new UpnpMapping(Gateway, Inside, new SimRandom(1), now);
        Span<byte> datagram = stackalloc byte[SsdpSearch.MaxSize];
        while (!script.IsOver)
        {
            while (mapping.PollTransmit(datagram, out var to, now) > 0)
            {
                Finding.Unless(to == SsdpSearch.Group, "searches go to the group");
            }

            while (mapping.PollRequest(out var request))
            {
                Finding.Unless(SsdpSearch.IsAt(request.Place, Gateway), "requests go to the gateway");
            }

            switch (script.Byte() % 6)
            {
                case 0:
                    var answer = Next(ref script).ToArray();
                    Finding.Unless(!mapping.HandleDatagram(Inside, answer, now), "only the gateway is heard");
                    mapping.HandleDatagram(Gateway, answer, now);
                    break;
                case 1:
                    mapping.HandleReply(200, Next(ref script), now);
                    break;
                case 2:
                    mapping.HandleReply(500, Next(ref script), now);
                    break;
                case 3:
                    mapping.HandleReply(0, default, now);
                    break;
                case 4:
                    now = mapping.NextTimeout is { } due ? MonoTime.Latest(now, due) : now;
                    mapping.HandleTimeout(now);
                    break;
                default:
                    mapping.Release(now);
                    break;
            }

            Finding.Unless((mapping.State == GatewayState.Mapped) == (mapping.Lease is not null), "what stands has a lease");
            Finding.Unless(mapping.NextTimeout is not { } next || next <= now + TimeSpan.FromHours(2), "every wait has an end");
        }
    }

    private static ReadOnlySpan<byte> Next(ref Script script) => script.Take(script.UInt16());
}
