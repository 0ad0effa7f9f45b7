using System;
using System.Text;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.PortMapping;

/// <summary>Which of several mappings of a port is kept.</summary>
public sealed class MappedPortTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly UdpEndpoint Gateway = Parse("10.77.0.1:5351");

    private readonly byte[] _buffer = new byte[SsdpSearch.MaxSize];
    private readonly MappedPort _port = new(Gateway, Parse("10.77.0.2:7400"), new SeededRandom(1), Start);

    [Fact]
    public void What_the_gateway_maps_first_is_kept_and_upnp_is_not_asked_further()
    {
        Drain();
        Grant("2d000001", 9_000);

        Assert.Equal(Parse("45.0.0.1:9000"), _port.Endpoint);
        Assert.False(_port.HandleDatagram(Gateway with { Port = 1900 }, Found(), Start));
        Assert.False(_port.PollRequest(out _));
    }

    [Theory]
    [InlineData("0a000001")]
    [InlineData("64400001")]
    [InlineData("c0a80001")]
    public void A_mapping_with_an_address_that_is_not_public_does_not_count_and_is_given_back(string address)
    {
        Drain();
        Grant(address, 9_000);

        Assert.Null(_port.Endpoint);
        Assert.True(_port.PollTransmit(_buffer, out var to, Start) > 0);
        Assert.Equal(Gateway, to);
        Assert.Equal("00000000", Convert.ToHexStringLower(_buffer.AsSpan(8, 4)));
    }

    [Fact]
    public void What_upnp_maps_first_is_kept_and_the_gateway_is_asked_no_further()
    {
        Drain();
        MapByUpnp();

        Assert.Equal(Parse("45.0.0.1:7400"), _port.Endpoint);
        Grant("2d000002", 9_000);
        Assert.Equal(Parse("45.0.0.1:7400"), _port.Endpoint);
        _port.Release(Start);
        Assert.Null(_port.Endpoint);
        Assert.True(_port.PollRequest(out var request));
        Assert.EndsWith("#DeletePortMapping\"", request.Action, StringComparison.Ordinal);
        Assert.Equal(0, _port.PollTransmit(_buffer, out _, Start));
        _port.HandleReply(200, default, Start);
        Assert.True(_port.IsOver);
    }

    [Fact]
    public void When_nobody_answers_it_is_over()
    {
        var now = Start;
        for (var steps = 0; !_port.IsOver && steps < 100; steps++)
        {
            Drain(now);
            now = MonoTime.Latest(now, _port.NextTimeout ?? now);
            _port.HandleTimeout(now);
        }

        Assert.True(_port.IsOver);
        Assert.Null(_port.Endpoint);
    }

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint) ? endpoint : throw new FormatException();

    private static byte[] Found() => Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nLOCATION: http://10.77.0.1:5000/d.xml\r\n\r\n");

    private void MapByUpnp()
    {
        Assert.True(_port.HandleDatagram(Gateway with { Port = 1900 }, Found(), Start));
        Reply("<root><service><serviceType>urn:schemas-upnp-org:service:WANIPConnection:1</serviceType><controlURL>/c</controlURL></service></root>");
        Reply("<a><NewExternalIPAddress>45.0.0.1</NewExternalIPAddress></a>");
        Reply("<a/>");
    }

    private void Reply(string body)
    {
        Assert.True(_port.PollRequest(out _));
        _port.HandleReply(200, Encoding.UTF8.GetBytes(body), Start);
    }

    /// <summary>Sends what is to be sent; the last request to the gateway stays in the buffer.</summary>
    private void Drain() => Drain(Start);

    private void Drain(MonoTime now)
    {
        var request = new byte[SsdpSearch.MaxSize];
        while (_port.PollTransmit(request, out var to, now) is > 0 and var length)
        {
            if (to == Gateway)
            {
                request.AsSpan(0, length).CopyTo(_buffer);
            }
        }
    }

    /// <summary>Answers the request in the buffer, which is one of PCP.</summary>
    private void Grant(string address, ushort port)
    {
        var answer = _buffer.AsSpan(0, 60).ToArray();
        answer[1] |= 0x80;
        answer[3] = 0;
        answer[42] = (byte)(port >> 8);
        answer[43] = unchecked((byte)port);
        Convert.FromHexString("00000000000000000000ffff" + address).CopyTo(answer, 44);
        _port.HandleDatagram(Gateway, answer, Start);
    }
}
