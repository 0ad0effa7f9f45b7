using System;
using System.Globalization;
using System.Net;
using System.Text;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.PortMapping;

/// <summary>The three questions to a service that maps ports (UPnP IGD, WANIPConnection), and what is read of the answers.</summary>
internal static class UpnpSoap
{
    /// <summary>The outside port is another's.</summary>
    public const int ConflictInMapping = 718;

    /// <summary>Mappings of this gateway never end by themselves.</summary>
    public const int OnlyPermanentLeases = 725;

    /// <summary>Asks for the address at the gateway's other side.</summary>
    public static UpnpRequest Address(UpnpService service) => Ask(service, "GetExternalIPAddress", string.Empty);

    /// <summary>Asks for a mapping.</summary>
    /// <param name="service">Whom.</param>
    /// <param name="external">The outside port.</param>
    /// <param name="internal">This node's socket, as the gateway sees it.</param>
    /// <param name="lifetimeSeconds">0 is for ever.</param>
    public static UpnpRequest Add(UpnpService service, ushort external, UdpEndpoint @internal, uint lifetimeSeconds) => Ask(
        service,
        "AddPortMapping",
        string.Create(
            CultureInfo.InvariantCulture,
            $"<NewRemoteHost></NewRemoteHost><NewExternalPort>{external}</NewExternalPort><NewProtocol>UDP</NewProtocol><NewInternalPort>{@internal.Port}</NewInternalPort><NewInternalClient>{@internal.ToIPAddress()}</NewInternalClient><NewEnabled>1</NewEnabled><NewPortMappingDescription>MeshActors</NewPortMappingDescription><NewLeaseDuration>{lifetimeSeconds}</NewLeaseDuration>"));

    /// <summary>Gives a mapping back.</summary>
    public static UpnpRequest Delete(UpnpService service, ushort external) => Ask(
        service,
        "DeletePortMapping",
        string.Create(
            CultureInfo.InvariantCulture,
            $"<NewRemoteHost></NewRemoteHost><NewExternalPort>{external}</NewExternalPort><NewProtocol>UDP</NewProtocol>"));

    /// <summary>Reads an answer.</summary>
    /// <param name="xml">Any bytes.</param>
    /// <param name="address">The address of IPv4 that it names, port 0; default when it names none.</param>
    /// <param name="errorCode">The code of a refusal, 0 when it names none.</param>
    /// <returns>False when it is no XML.</returns>
    public static bool TryRead(ReadOnlySpan<byte> xml, out UdpEndpoint address, out int errorCode)
    {
        var (seen, code) = (default(UdpEndpoint), 0);
        var isRead = GatewayXml.TryRead(
            xml,
            (name, text) =>
            {
                if (name == "NewExternalIPAddress" && IPAddress.TryParse(text, out var parsed)
                    && UdpEndpoint.From(parsed, 0) is { IsIPv4: true } endpoint)
                {
                    seen = endpoint;
                }
                else if (name == "errorCode" && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
                {
                    code = number;
                }
            },
            _ => { });
        (address, errorCode) = (seen, code);
        return isRead;
    }

    private static UpnpRequest Ask(UpnpService service, string action, string arguments) => new(
        service.Control,
        $"\"{service.Type}#{action}\"",
        Encoding.UTF8.GetBytes(
            $"<?xml version=\"1.0\"?><s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:{action} xmlns:u=\"{service.Type}\">{arguments}</u:{action}></s:Body></s:Envelope>"));
}
