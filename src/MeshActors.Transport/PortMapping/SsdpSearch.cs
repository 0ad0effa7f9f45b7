using System;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.PortMapping;

/// <summary>The search for a gateway that speaks UPnP (UPnP Device Architecture 1.1, section 1.3): a question to a multicast group, and answers that say where its description is.</summary>
internal static class SsdpSearch
{
    /// <summary>Bytes of a question at most.</summary>
    public const int MaxSize = 192;

    /// <summary>Bytes of an answer at most.</summary>
    public const int MaxAnswerBytes = 2_048;

    /// <summary>Kinds of devices that are asked for, one question each: InternetGatewayDevice 1 and 2.</summary>
    public const int Kinds = 2;

    /// <summary>Where questions go.</summary>
    public static readonly UdpEndpoint Group = UdpEndpoint.From(new IPAddress([239, 255, 255, 250]), 1900);

    private const int MaxLocation = 256;
    private const string LocationName = "LOCATION:";

    /// <summary>Writes a question.</summary>
    /// <param name="destination">At least <see cref="MaxSize"/> bytes.</param>
    /// <param name="kind">0 to <see cref="Kinds"/> − 1.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, int kind) => Encoding.ASCII.GetBytes(
        $"M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:{kind + 1}\r\n\r\n",
        destination);

    /// <summary>Reads an answer.</summary>
    /// <param name="datagram">Any bytes.</param>
    /// <param name="location">Where the description is: of a plain address of IPv4, by HTTP.</param>
    /// <returns>False when it is none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> datagram, [NotNullWhen(true)] out Uri? location)
    {
        location = null;
        if (datagram.Length > MaxAnswerBytes || !Ascii.IsValid(datagram))
        {
            return false;
        }

        var lines = Encoding.ASCII.GetString(datagram).Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 200", StringComparison.Ordinal))
        {
            return false;
        }

        foreach (var line in lines)
        {
            if (line.StartsWith(LocationName, StringComparison.OrdinalIgnoreCase))
            {
                return TryReadPlace(line[LocationName.Length..].Trim(), out location);
            }
        }

        return false;
    }

    /// <summary>Says whether a place is at an address: nothing else is asked, whatever a gateway names.</summary>
    public static bool IsAt(Uri place, UdpEndpoint address) =>
        IPAddress.TryParse(place.Host, out var host) && UdpEndpoint.From(host, address.Port).Bits == address.Bits;

    private static bool TryReadPlace(string text, [NotNullWhen(true)] out Uri? place) =>
        Uri.TryCreate(text, UriKind.Absolute, out place)
        && text.Length <= MaxLocation
        && place.Scheme == Uri.UriSchemeHttp
        && place.HostNameType == UriHostNameType.IPv4
        && place.UserInfo.Length == 0
        && place.Port > 0;
}
