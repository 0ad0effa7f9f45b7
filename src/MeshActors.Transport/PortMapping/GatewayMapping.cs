using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.PortMapping;

/// <summary>Has the gateway of the local network map one UDP port, by PCP or else by NAT-PMP, and keeps it so.</summary>
/// <remarks>
/// <para>Both protocols are spoken on one port by one program, which keeps one table: asking both at once and giving the second
/// mapping back could take the first away. So PCP is asked first, and NAT-PMP when the gateway answers that it speaks no PCP
/// (RFC 6887, section 9) or does not answer at all.</para>
/// <para>Sent at 0, 0.25, 0.75, 1.75 and 3.75 s, given up 4 s later. Renewed at half of the lifetime; when that fails, again after
/// half of what is left, until the mapping has ended and is asked for anew. What does not come from the gateway is not taken.</para>
/// <para>Restarts that a gateway announces by multicast are not listened to: the next renewal makes the mapping again.</para>
/// </remarks>
internal sealed class GatewayMapping
{
    /// <summary>The gateway's port for both protocols (RFC 6887, section 19.1).</summary>
    public const ushort GatewayPort = 5351;

    /// <summary>Lifetime asked for (RFC 6886, section 3.3): two hours. No more than a day is believed.</summary>
    public const uint LifetimeSeconds = 7_200;

    private const uint MostLifetimeSeconds = 86_400;
    private const int MaxSends = 5;
    private const int MaxReleaseSends = 3;

    private static readonly TimeSpan FirstTimeout = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReleaseInterval = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan ShortestRenewalWait = TimeSpan.FromSeconds(4);

    private readonly UdpEndpoint _gateway;
    private readonly ImmutableArray<IGatewayProtocol> _protocols;
    private MonoTime _deadline;
    private int _protocol;
    private int _sends;
    private bool _isSendDue = true;

    /// <param name="gateway">Address of the gateway; the port is set to <see cref="GatewayPort"/>.</param>
    /// <param name="internal">The node's socket, with the address that the gateway sees it from.</param>
    /// <param name="random">Chance for the nonce.</param>
    /// <param name="now">The present.</param>
    public GatewayMapping(UdpEndpoint gateway, UdpEndpoint @internal, IRandomSource random, MonoTime now)
    {
        _gateway = gateway with { Port = GatewayPort };
        _protocols = @internal.IsIPv4
            ? [new PcpProtocol(@internal, random), new NatPmpProtocol(@internal.Port)]
            : [new PcpProtocol(@internal, random)];
        _deadline = now;
    }

    public GatewayState State { get; private set; }

    /// <summary>The mapping that stands, or null.</summary>
    public GatewayLease? Lease { get; private set; }

    /// <summary>The gateway's result code when it refused.</summary>
    public int RefusedCode { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout =>
        State is GatewayState.Refused or GatewayState.Silent or GatewayState.Released ? null : _deadline;

    /// <summary>Takes a datagram.</summary>
    /// <returns>False when it is no answer of the gateway to what was asked.</returns>
    public bool HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (from != _gateway || _sends == 0 || NextTimeout is null)
        {
            return false;
        }

        var verdict = _protocols[_protocol].HandleAnswer(datagram, out var answer);
        switch (verdict)
        {
            case GatewayVerdict.GoOn when State != GatewayState.Releasing:
                Begin(now);
                return true;
            case GatewayVerdict.Granted:
                return TakeGrant(answer, now);
            case GatewayVerdict.OtherVersion or GatewayVerdict.Refused when State == GatewayState.Releasing:
                State = GatewayState.Released;
                return true;
            case GatewayVerdict.OtherVersion when State == GatewayState.Asking:
                TryNextProtocol(GatewayState.Refused, now);
                return true;
            case GatewayVerdict.Refused when State == GatewayState.Asking:
                RefusedCode = answer.Code;
                State = GatewayState.Refused;
                return true;
            default:
                return false;
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (NextTimeout is null || _isSendDue || now < _deadline)
        {
            return;
        }

        switch (State)
        {
            case GatewayState.Asking when _sends >= MaxSends:
                TryNextProtocol(GatewayState.Silent, now);
                break;
            case GatewayState.Releasing when _sends >= MaxReleaseSends:
                State = GatewayState.Released;
                break;
            case GatewayState.Mapped when Lease!.Value.ExpiresAt <= now:
                Lease = null;
                State = GatewayState.Asking;
                _protocol = 0;
                Begin(now);
                break;
            case GatewayState.Mapped when _sends >= MaxSends:
                WaitToRenew(now);
                break;
            default:
                _isSendDue = true;
                break;
        }
    }

    /// <summary>Writes the request that is to be sent now.</summary>
    /// <param name="destination">At least <see cref="IGatewayProtocol.MaxRequestSize"/> bytes.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written; 0 when nothing is to be sent.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = _gateway;
        if (!_isSendDue || NextTimeout is null)
        {
            return 0;
        }

        var isReleasing = State == GatewayState.Releasing;
        _isSendDue = false;
        _deadline = now + (isReleasing ? ReleaseInterval : FirstTimeout * (1 << _sends));
        _sends++;
        return _protocols[_protocol].WriteRequest(destination, isReleasing ? 0 : LifetimeSeconds);
    }

    /// <summary>Gives the mapping back: three requests within 450 ms, or until one is answered.</summary>
    public void Release(MonoTime now)
    {
        if (State is GatewayState.Releasing or GatewayState.Released)
        {
            return;
        }

        // A request without an answer may have been granted all the same.
        var mayBeMapped = State == GatewayState.Mapped || (State == GatewayState.Asking && _sends > 0);
        State = mayBeMapped ? GatewayState.Releasing : GatewayState.Released;
        Lease = null;
        Begin(now);
    }

    private bool TakeGrant(GatewayAnswer answer, MonoTime now)
    {
        if (State == GatewayState.Releasing)
        {
            // A late answer to a renewal is not the end of it.
            State = answer.LifetimeSeconds == 0 ? GatewayState.Released : State;
            return answer.LifetimeSeconds == 0;
        }

        if (answer.LifetimeSeconds == 0 || answer.External.Port == 0)
        {
            return false;
        }

        var lifetime = TimeSpan.FromSeconds(Math.Min(answer.LifetimeSeconds, MostLifetimeSeconds));
        State = GatewayState.Mapped;
        Lease = new GatewayLease(answer.External, now + lifetime);
        WaitToRenew(now);
        return true;
    }

    private void WaitToRenew(MonoTime now)
    {
        var left = Lease!.Value.ExpiresAt - now;
        _sends = 0;
        _isSendDue = false;
        _deadline = now + (left / 2 > ShortestRenewalWait ? left / 2 : left);
    }

    private void TryNextProtocol(GatewayState otherwise, MonoTime now)
    {
        if (_protocol + 1 == _protocols.Length)
        {
            State = otherwise;
            return;
        }

        _protocol++;
        Begin(now);
    }

    private void Begin(MonoTime now)
    {
        _sends = 0;
        _isSendDue = true;
        _deadline = now;
    }
}
