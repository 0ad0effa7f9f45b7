using System;
using System.Collections.Generic;
using System.Text;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.PortMapping;

/// <summary>A port at a gateway that speaks UPnP: found, asked for, renewed, refused, given back; by hand-made answers.</summary>
public sealed class UpnpMappingTests
{
    private const string Found = "HTTP/1.1 200 OK\r\nCACHE-CONTROL: max-age=120\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLocation: http://10.77.0.1:5000/rootDesc.xml\r\n\r\n";

    private static readonly MonoTime Start = new(0);
    private static readonly UdpEndpoint Gateway = Parse("10.77.0.1:1900");
    private static readonly UdpEndpoint Inside = Parse("10.77.0.2:7400");

    private readonly UpnpMapping _mapping = new(Gateway, Inside, new SeededRandom(1), Start);

    [Fact]
    public void A_gateway_is_searched_described_and_asked_for_the_same_port()
    {
        var search = Search(Start);
        Assert.Equal(2, search.Count);
        Assert.All(search, question => Assert.StartsWith("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\n", question, StringComparison.Ordinal));
        Assert.True(_mapping.HandleDatagram(Gateway, Encoding.ASCII.GetBytes(Found), Start));

        Assert.Equal(("http://10.77.0.1:5000/rootDesc.xml", null, ""), Poll());
        Reply(200, Description("/ctl/IPConn", "urn:schemas-upnp-org:service:WANIPConnection:1"));
        var (place, action, _) = Poll();
        Assert.Equal(("http://10.77.0.1:5000/ctl/IPConn", "\"urn:schemas-upnp-org:service:WANIPConnection:1#GetExternalIPAddress\""), (place, action));
        Reply(200, Address("45.0.0.1"));
        var add = Poll();
        Assert.EndsWith("#AddPortMapping\"", add.Action, StringComparison.Ordinal);
        Assert.Contains(
            "<NewExternalPort>7400</NewExternalPort><NewProtocol>UDP</NewProtocol><NewInternalPort>7400</NewInternalPort><NewInternalClient>10.77.0.2</NewInternalClient>",
            add.Body,
            StringComparison.Ordinal);
        Assert.Contains("<NewLeaseDuration>7200</NewLeaseDuration>", add.Body, StringComparison.Ordinal);
        Reply(200, "<a/>");

        Assert.Equal(GatewayState.Mapped, _mapping.State);
        Assert.Equal(new GatewayLease(Parse("45.0.0.1:7400"), After(7_200)), _mapping.Lease);
        Assert.Equal(After(3_600), _mapping.NextTimeout);
    }

    [Fact]
    public void It_is_renewed_at_half_and_a_gateway_that_is_gone_meanwhile_is_searched_again_at_the_end()
    {
        Map();
        _mapping.HandleTimeout(After(3_600));
        Assert.EndsWith("#GetExternalIPAddress\"", Poll().Action, StringComparison.Ordinal);
        _mapping.HandleReply(200, Bytes(Address("45.0.0.9")), After(3_600));
        Assert.EndsWith("#AddPortMapping\"", Poll().Action, StringComparison.Ordinal);
        _mapping.HandleReply(200, Bytes("<a/>"), After(3_601));
        Assert.Equal(new GatewayLease(Parse("45.0.0.9:7400"), After(10_801)), _mapping.Lease);

        var now = After(3_601);
        while (_mapping.State == GatewayState.Mapped)
        {
            now = _mapping.NextTimeout!.Value;
            _mapping.HandleTimeout(now);
            if (_mapping.PollRequest(out _))
            {
                _mapping.HandleReply(0, default, now);
            }
        }

        Assert.Equal(After(10_801), now);
        Assert.Equal((GatewayState.Asking, 2), (_mapping.State, Search(now).Count));
    }

    [Fact]
    public void A_port_that_is_another_ones_is_left_to_it()
    {
        Ask();
        Reply(500, Fault(718));
        var second = Poll().Body;
        Assert.DoesNotContain("<NewExternalPort>7400<", second, StringComparison.Ordinal);
        Assert.Contains("<NewInternalPort>7400<", second, StringComparison.Ordinal);
        Reply(200, "<a/>");
        Assert.NotEqual(7_400, (int)_mapping.Lease!.Value.External.Port);
        Assert.Equal(_mapping.Port, (int)_mapping.Lease.Value.External.Port);
    }

    [Fact]
    public void Four_ports_are_asked_for_and_no_more_and_nothing_is_given_back_then()
    {
        Ask();
        for (var tried = 1; tried < 4; tried++)
        {
            Reply(500, Fault(718));
            Poll();
        }

        Reply(500, Fault(718));
        Assert.Equal((GatewayState.Refused, 718), (_mapping.State, _mapping.RefusedCode));
        Assert.Null(_mapping.NextTimeout);
        _mapping.Release(Start);
        Assert.False(_mapping.PollRequest(out _));
    }

    [Fact]
    public void Where_mappings_never_end_one_is_asked_for_that_does_not()
    {
        Ask();
        Reply(500, Fault(725));
        Assert.Contains("<NewLeaseDuration>0</NewLeaseDuration>", Poll().Body, StringComparison.Ordinal);
        Reply(200, "<a/>");
        Assert.Equal(After(3_600), _mapping.NextTimeout);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: http://10.77.0.9:5000/d.xml\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: https://10.77.0.1/d.xml\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: http://gateway/d.xml\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: file:///etc/passwd\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: http://u:p@10.77.0.1/d.xml\r\n\r\n")]
    [InlineData("HTTP/1.1 404 No\r\nLOCATION: http://10.77.0.1:5000/d.xml\r\n\r\n")]
    [InlineData("NOTIFY * HTTP/1.1\r\nLOCATION: http://10.77.0.1:5000/d.xml\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    public void What_is_no_answer_of_the_gateway_about_itself_is_not_taken(string answer)
    {
        Search(Start);
        Assert.False(_mapping.HandleDatagram(Gateway, Encoding.ASCII.GetBytes(answer), Start));
        Assert.False(_mapping.HandleDatagram(Parse("10.77.0.9:1900"), Encoding.ASCII.GetBytes(Found), Start));
        Assert.False(_mapping.PollRequest(out _));
        Assert.True(_mapping.HandleDatagram(Gateway, Encoding.ASCII.GetBytes(Found), Start));
    }

    [Theory]
    [InlineData("http://10.77.0.9:5000/ctl")]
    [InlineData("https://10.77.0.1/ctl")]
    [InlineData("//other/ctl")]
    public void A_description_that_names_another_place_is_refused(string control)
    {
        Search(Start);
        _mapping.HandleDatagram(Gateway, Encoding.ASCII.GetBytes(Found), Start);
        Poll();
        Reply(200, Description(control, "urn:schemas-upnp-org:service:WANIPConnection:1"));
        Assert.False(_mapping.PollRequest(out _));
        Assert.Equal(GatewayState.Refused, _mapping.State);
    }

    [Fact]
    public void Xml_with_a_document_type_too_deep_or_too_long_is_refused()
    {
        var service = Description("/ctl", "urn:schemas-upnp-org:service:WANIPConnection:1");
        var location = new Uri("http://10.77.0.1/");
        Assert.NotNull(UpnpService.Read(Bytes(service), location));
        Assert.Null(UpnpService.Read(Bytes("<!DOCTYPE root [<!ENTITY x \"y\">]>" + service), location));
        Assert.Null(UpnpService.Read(Bytes(service + new string(' ', GatewayXml.MaxBytes)), location));
        Assert.Null(UpnpService.Read(Bytes(service.Replace("<root>", "<root>" + new string('a', 60_000), StringComparison.Ordinal).Replace("</root>", "<a>" + string.Concat(System.Linq.Enumerable.Repeat("<a>", 100)) + "</root>", StringComparison.Ordinal)), location));
        Assert.Null(UpnpService.Read(Bytes(service[..^20]), location));
    }

    [Fact]
    public void The_newest_service_is_taken()
    {
        var xml = Description("/one", "urn:schemas-upnp-org:service:WANPPPConnection:1")
            .Replace("</serviceList>", "<service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:2</serviceType><controlURL>two</controlURL></service></serviceList>", StringComparison.Ordinal);

        var service = UpnpService.Read(Bytes(xml), new Uri("http://10.77.0.1:5000/a/d.xml"));

        Assert.Equal(("urn:schemas-upnp-org:service:WANIPConnection:2", "http://10.77.0.1:5000/a/two"), (service?.Type, service?.Control.ToString()));
    }

    [Fact]
    public void Nobody_there_is_known_after_two_seconds()
    {
        var sent = 0;
        var now = Start;
        while (_mapping.NextTimeout is { } due)
        {
            now = MonoTime.Latest(now, due);
            _mapping.HandleTimeout(now);
            sent += Search(now).Count;
        }

        Assert.Equal((GatewayState.Silent, 6, After(2)), (_mapping.State, sent, now));
    }

    [Fact]
    public void It_is_given_back_also_when_its_answer_was_still_waited_for()
    {
        Ask();
        _mapping.Release(Start);
        var (_, action, body) = Poll();
        Assert.EndsWith("#DeletePortMapping\"", action, StringComparison.Ordinal);
        Assert.Contains("<NewExternalPort>7400</NewExternalPort>", body, StringComparison.Ordinal);
        Assert.True(_mapping.NextTimeout <= After(0.45));
        Reply(200, "<a/>");
        Assert.Equal(GatewayState.Released, _mapping.State);
        Assert.Null(_mapping.NextTimeout);
    }

    [Fact]
    public void A_gateway_that_is_silent_at_the_end_is_waited_for_no_longer_than_half_a_second()
    {
        Map();
        _mapping.Release(Start);
        _mapping.HandleTimeout(_mapping.NextTimeout!.Value);
        Assert.Equal(GatewayState.Released, _mapping.State);
    }

    private static MonoTime After(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static string Description(string control, string type) =>
        $"<?xml version=\"1.0\"?><root><device><serviceList><service><serviceType>{type}</serviceType><controlURL>{control}</controlURL></service></serviceList></device></root>";

    private static string Address(string address) =>
        $"<s:Envelope xmlns:s=\"x\"><s:Body><u:R xmlns:u=\"y\"><NewExternalIPAddress>{address}</NewExternalIPAddress></u:R></s:Body></s:Envelope>";

    private static string Fault(int code) => $"<e><errorCode>{code}</errorCode></e>";

    private void Map()
    {
        Ask();
        Reply(200, "<a/>");
        Assert.Equal(GatewayState.Mapped, _mapping.State);
    }

    /// <summary>Goes on until the mapping is asked for.</summary>
    private void Ask()
    {
        Search(Start);
        _mapping.HandleDatagram(Gateway, Encoding.ASCII.GetBytes(Found), Start);
        Poll();
        Reply(200, Description("/ctl", "urn:schemas-upnp-org:service:WANIPConnection:1"));
        Poll();
        Reply(200, Address("45.0.0.1"));
        Poll();
    }

    private void Reply(int status, string body) => _mapping.HandleReply(status, Bytes(body), Start);

    private (string Place, string? Action, string Body) Poll()
    {
        Assert.True(_mapping.PollRequest(out var request));
        return (request.Place.ToString(), request.Action, Encoding.UTF8.GetString(request.Body.Span));
    }

    private List<string> Search(MonoTime now)
    {
        var questions = new List<string>();
        var buffer = new byte[SsdpSearch.MaxSize];
        while (_mapping.PollTransmit(buffer, out var to, now) is > 0 and var length)
        {
            Assert.Equal(SsdpSearch.Group, to);
            questions.Add(Encoding.ASCII.GetString(buffer, 0, length));
        }

        return questions;
    }
}
