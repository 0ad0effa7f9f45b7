using System;
using System.Collections.Generic;

namespace MeshActors.Transport.PortMapping;

/// <summary>The service of a gateway that maps ports, as its description names it.</summary>
/// <param name="Type">One of the three that are known.</param>
/// <param name="Control">Where it is asked.</param>
internal sealed record UpnpService(string Type, Uri Control)
{
    private const int MaxUrl = 256;

    /// <summary>Services that map ports alike, the best first (UPnP IGD 2, WANIPConnection:2; IGD 1, WANIPConnection:1 and WANPPPConnection:1).</summary>
    private static readonly string[] Types =
    [
        "urn:schemas-upnp-org:service:WANIPConnection:2",
        "urn:schemas-upnp-org:service:WANIPConnection:1",
        "urn:schemas-upnp-org:service:WANPPPConnection:1",
    ];

    /// <summary>Reads a description (UPnP Device Architecture 1.1, section 2.3).</summary>
    /// <param name="xml">Any bytes.</param>
    /// <param name="location">Where it came from: what it names is relative to that.</param>
    /// <returns>The best service, null when there is none.</returns>
    public static UpnpService? Read(ReadOnlySpan<byte> xml, Uri location)
    {
        var found = new List<(int Rank, string Url)>();
        var (type, url) = (-1, string.Empty);
        var isRead = GatewayXml.TryRead(
            xml,
            (name, text) =>
            {
                type = name == "serviceType" ? Array.IndexOf(Types, text) : type;
                url = name == "controlURL" ? text : url;
            },
            name =>
            {
                if (name != "service")
                {
                    return;
                }

                if (type >= 0 && url.Length is > 0 and <= MaxUrl)
                {
                    found.Add((type, url));
                }

                (type, url) = (-1, string.Empty);
            });
        if (!isRead || found.Count == 0)
        {
            return null;
        }

        found.Sort((a, b) => a.Rank.CompareTo(b.Rank));
        return Uri.TryCreate(location, found[0].Url, out var control) && control.Scheme == Uri.UriSchemeHttp
            ? new UpnpService(Types[found[0].Rank], control)
            : null;
    }
}
