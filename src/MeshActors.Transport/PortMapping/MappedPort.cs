using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.PortMapping;

/// <summary>One UDP port of this node at one gateway, mapped by whichever way the gateway speaks, until it is given back.</summary>
/// <remarks>
/// PCP and else NAT-PMP, and UPnP, are asked at the same time; the first mapping with a public address is kept. The other is given back when it is on another outside port; on the same one it is left alone,
/// since a gateway has one table for all. A mapping whose address is not public means that another NAT stands before the gateway: it is given back as well.
/// </remarks>
internal sealed class MappedPort
{
    private readonly GatewayMapping _gateway;
    private readonly UpnpMapping _upnp;
    private bool _isReleasing;
    private bool _isGatewayLeft;

    /// <param name="gateway">Address of the gateway, of IPv4.</param>
    /// <param name="internal">The node's socket, with the address that the gateway sees it from.</param>
    /// <param name="random">Chance for nonce and ports.</param>
    /// <param name="now">The present.</param>
    public MappedPort(UdpEndpoint gateway, UdpEndpoint @internal, IRandomSource random, MonoTime now)
    {
        _gateway = new GatewayMapping(gateway, @internal, random, now);
        _upnp = new UpnpMapping(gateway, @internal, random, now);
    }

    /// <summary>The public endpoint that is mapped to the port, null while there is none.</summary>
    public UdpEndpoint? Endpoint => _isReleasing ? null : PublicOf(GatewayLease) ?? PublicOf(_upnp.Lease);

    /// <summary>True when there is nothing more to be expected: all refused or silent, or given back.</summary>
    public bool IsOver => NextTimeout is null;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => MonoTime.Earliest(_isGatewayLeft ? null : _gateway.NextTimeout, _upnp.NextTimeout);

    private GatewayLease? GatewayLease => _isGatewayLeft ? null : _gateway.Lease;

    /// <summary>Takes a datagram.</summary>
    /// <returns>False when it is no answer to what was asked.</returns>
    public bool HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var isOurs = (!_isGatewayLeft && _gateway.HandleDatagram(from, datagram, now)) || _upnp.HandleDatagram(from, datagram, now);
        Choose(now);
        return isOurs;
    }

    /// <inheritdoc cref="UpnpMapping.HandleReply"/>
    public void HandleReply(int status, ReadOnlySpan<byte> body, MonoTime now)
    {
        _upnp.HandleReply(status, body, now);
        Choose(now);
    }

    public void HandleTimeout(MonoTime now)
    {
        if (!_isGatewayLeft)
        {
            _gateway.HandleTimeout(now);
        }

        _upnp.HandleTimeout(now);
        Choose(now);
    }

    /// <summary>Writes the datagram that is to be sent now. Call until it returns 0.</summary>
    /// <param name="destination">At least <see cref="SsdpSearch.MaxSize"/> bytes.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        var length = _isGatewayLeft ? 0 : _gateway.PollTransmit(destination, out to, now);
        return length > 0 ? length : _upnp.PollTransmit(destination, out to, now);
    }

    /// <inheritdoc cref="UpnpMapping.PollRequest"/>
    public bool PollRequest(out UpnpRequest request) => _upnp.PollRequest(out request);

    /// <summary>Gives back what is mapped, within 450 ms.</summary>
    public void Release(MonoTime now)
    {
        _isReleasing = true;
        if (!_isGatewayLeft)
        {
            _gateway.Release(now);
        }

        _upnp.Release(now);
    }

    private void Choose(MonoTime now)
    {
        if (_isReleasing)
        {
            return;
        }

        if (GatewayLease is { } byGateway && PublicOf(byGateway) is null)
        {
            _gateway.Release(now);
        }

        if (_upnp.Lease is { } byUpnp && PublicOf(byUpnp) is null)
        {
            _upnp.Release(now);
        }

        if (PublicOf(GatewayLease) is { } kept)
        {
            LeaveUpnp(kept, now);
        }
        else if (PublicOf(_upnp.Lease) is not null && !_isGatewayLeft && _gateway.State == GatewayState.Asking)
        {
            // It may be granted yet, and then on the port that UPnP has.
            _isGatewayLeft = true;
        }
    }

    private void LeaveUpnp(UdpEndpoint kept, MonoTime now)
    {
        if (_upnp.State is GatewayState.Released or GatewayState.Releasing)
        {
            return;
        }

        if (_upnp.Port == kept.Port)
        {
            _upnp.Abandon();
        }
        else
        {
            _upnp.Release(now);
        }
    }

    private static UdpEndpoint? PublicOf(GatewayLease? lease) =>
        lease is { } standing && EndpointPolicy.Allows(standing.External, isMember: false, onLoopback: false)
            ? standing.External
            : null;
}
