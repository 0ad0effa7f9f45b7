using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.PortMapping;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.PortMapping;

/// <summary>A port at a gateway: asked for, renewed, lost, given back; by hand-made answers of both protocols.</summary>
public sealed class GatewayMappingTests
{
    private static readonly MonoTime Start = new(0);
    private static readonly UdpEndpoint Gateway = Parse("10.77.0.1:5351");
    private static readonly UdpEndpoint Inside = Parse("10.77.0.2:7400");

    private readonly byte[] _buffer = new byte[IGatewayProtocol.MaxRequestSize];
    private readonly GatewayMapping _mapping = new(Gateway, Inside, new SeededRandom(1), Start);

    [Fact]
    public void A_pcp_request_keeps_its_bytes()
    {
        var request = Poll(Start);

        Assert.Equal(
            "02010000" + "00001c20" + "00000000000000000000ffff0a4d0002"
            + Convert.ToHexStringLower(request.AsSpan(24, 12)) + "11000000" + "1ce81ce8" + "00000000000000000000ffff00000000",
            Convert.ToHexStringLower(request));
    }

    [Fact]
    public void A_granted_port_stands_for_its_lifetime_and_is_renewed_at_half_of_it()
    {
        Assert.True(Take(PcpGrant(Poll(Start), "45.0.0.1", 9_000, 200)));

        Assert.Equal(GatewayState.Mapped, _mapping.State);
        Assert.Equal(new GatewayLease(Parse("45.0.0.1:9000"), After(200)), _mapping.Lease);
        Assert.Equal(After(100), _mapping.NextTimeout);

        _mapping.HandleTimeout(After(100));
        var renewal = Poll(After(100));
        Assert.Equal("2328", Convert.ToHexStringLower(renewal.AsSpan(42, 2)));
        Assert.True(_mapping.HandleDatagram(Gateway, PcpGrant(renewal, "45.0.0.1", 9_000, 200), After(101)));
        Assert.Equal(After(301), _mapping.Lease?.ExpiresAt);
    }

    [Fact]
    public void A_gateway_that_speaks_nat_pmp_alone_is_asked_in_it()
    {
        _ = Poll(Start);
        Assert.True(Take(Hex("0080" + "0001" + "00000007" + "00000000")));

        Assert.Equal("0000", Convert.ToHexStringLower(Poll(Start)));
        Assert.True(Take(Hex("0080" + "0000" + "00000007" + "2d000001")));
        Assert.Equal("00010000" + "1ce81ce8" + "00001c20", Convert.ToHexStringLower(Poll(Start)));
        Assert.True(Take(Hex("0081" + "0000" + "00000007" + "1ce82328" + "000000c8")));

        Assert.Equal(new GatewayLease(Parse("45.0.0.1:9000"), After(200)), _mapping.Lease);
    }

    [Fact]
    public void A_silent_gateway_is_asked_five_times_in_each_protocol()
    {
        var sentAt = new List<(double At, int Size)>();
        var now = Start;
        while (_mapping.NextTimeout is { } due)
        {
            now = MonoTime.Latest(now, due);
            _mapping.HandleTimeout(now);
            while (_mapping.PollTransmit(_buffer, out _, now) is > 0 and var size)
            {
                sentAt.Add(((now - Start).TotalSeconds, size));
            }
        }

        Assert.Equal(GatewayState.Silent, _mapping.State);
        Assert.Equal(
            [(0, 60), (0.25, 60), (0.75, 60), (1.75, 60), (3.75, 60), (7.75, 2), (8, 2), (8.5, 2), (9.5, 2), (11.5, 2)], sentAt);
        Assert.Equal(After(15.5), now);
    }

    [Fact]
    public void A_refusal_ends_it_with_its_code()
    {
        var refusal = PcpGrant(Poll(Start), "45.0.0.1", 9_000, 200);
        refusal[3] = 2;

        Assert.True(Take(refusal));

        Assert.Equal((GatewayState.Refused, 2), (_mapping.State, _mapping.RefusedCode));
        Assert.Null(_mapping.NextTimeout);
        Assert.Null(_mapping.Lease);
    }

    [Fact]
    public void What_is_not_from_the_gateway_or_not_to_the_request_is_not_taken()
    {
        var request = Poll(Start);
        var grant = PcpGrant(request, "45.0.0.1", 9_000, 200);

        Assert.False(_mapping.HandleDatagram(Gateway with { Port = 5_350 }, grant, Start));
        Assert.False(_mapping.HandleDatagram(Parse("10.77.0.3:5351"), grant, Start));
        Assert.False(Take(Changed(grant, 24, (byte)(grant[24] ^ 1))));
        Assert.False(Take(Changed(grant, 36, 6)));
        Assert.False(Take(Changed(grant, 41, 0)));
        Assert.False(Take(Changed(grant, 1, 1)));
        Assert.False(Take(grant[..59]));
        Assert.False(Take(request));
        Assert.False(Take([]));
        Assert.True(Take(grant));
        Assert.False(Take(grant));
    }

    [Fact]
    public void A_gateway_that_falls_silent_loses_the_mapping_when_it_has_ended_and_is_asked_anew()
    {
        Assert.True(Take(PcpGrant(Poll(Start), "45.0.0.1", 9_000, 200)));
        var now = Start;
        var asked = 0;
        while (_mapping.State == GatewayState.Mapped)
        {
            Assert.NotNull(_mapping.Lease);
            now = MonoTime.Latest(now, _mapping.NextTimeout!.Value);
            _mapping.HandleTimeout(now);
            while (_mapping.PollTransmit(_buffer, out _, now) > 0)
            {
                asked++;
            }
        }

        Assert.InRange(asked, 10, 40);
        Assert.InRange((now - After(200)).TotalSeconds, 0, 4);
        Assert.Equal(GatewayState.Asking, _mapping.State);
        Assert.Null(_mapping.Lease);
    }

    [Fact]
    public void Giving_back_ends_with_the_answer_or_within_half_a_second()
    {
        Assert.True(Take(PcpGrant(Poll(Start), "45.0.0.1", 9_000, 200)));
        var silent = new GatewayMapping(Gateway, Inside, new SeededRandom(1), Start);
        Assert.True(silent.PollTransmit(_buffer, out _, Start) > 0);

        _mapping.Release(After(10));
        var release = Poll(After(10));
        Assert.Equal("00000000", Convert.ToHexStringLower(release.AsSpan(4, 4)));
        Assert.True(_mapping.HandleDatagram(Gateway, PcpGrant(release, "45.0.0.1", 0, 0), After(10)));
        Assert.Equal(GatewayState.Released, _mapping.State);

        silent.Release(Start);
        var sends = 0;
        var now = Start;
        while (silent.NextTimeout is { } due)
        {
            now = MonoTime.Latest(now, due);
            silent.HandleTimeout(now);
            sends += silent.PollTransmit(_buffer, out _, now) > 0 ? 1 : 0;
        }

        Assert.Equal((3, TimeSpan.FromMilliseconds(450)), (sends, now - Start));
    }

    [Fact]
    public void What_was_never_asked_for_is_not_given_back()
    {
        _mapping.Release(Start);

        Assert.Equal(GatewayState.Released, _mapping.State);
        Assert.Equal(0, _mapping.PollTransmit(_buffer, out _, Start));
    }

    private byte[] Poll(MonoTime now)
    {
        var length = _mapping.PollTransmit(_buffer, out var to, now);
        Assert.Equal(Gateway, to);
        return _buffer[..length];
    }

    private bool Take(byte[] datagram) => _mapping.HandleDatagram(Gateway, datagram, Start);

    /// <summary>The answer to a request: its own bytes with the answer's bit, result 0, lifetime, port and address.</summary>
    private static byte[] PcpGrant(byte[] request, string address, ushort port, byte lifetimeSeconds)
    {
        var answer = (byte[])request.Clone();
        answer[1] |= 0x80;
        answer.AsSpan(4, 20).Clear();
        answer[7] = lifetimeSeconds;
        answer[42] = (byte)(port >> 8);
        answer[43] = (byte)(port & 0xFF);
        System.Net.IPAddress.Parse(address).GetAddressBytes().CopyTo(answer, 56);
        return answer;
    }

    private static byte[] Changed(byte[] bytes, int index, byte value)
    {
        var changed = (byte[])bytes.Clone();
        changed[index] = value;
        return changed;
    }

    private static byte[] Hex(string text) => Convert.FromHexString(text);

    private static MonoTime After(double seconds) => Start + TimeSpan.FromSeconds(seconds);

    private static UdpEndpoint Parse(string text) => UdpEndpoint.TryParse(text, out var endpoint)
        ? endpoint
        : throw new ArgumentException(text);
}
