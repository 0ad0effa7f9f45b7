using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.PortMapping;

/// <summary>Has the gateway of the local network map one UDP port, by UPnP (Internet Gateway Device 1 and 2), and keeps it so.</summary>
/// <remarks>
/// <para>The group is asked at 0, 0.5 and 1 s, given up after 2 s. Then one request by HTTP after the other: description, outside address, mapping; each given up after 3 s. The first outside port asked for
/// is the inside one, then three at random. Renewed at half of the lifetime; when that fails, again after half of what is left, until the mapping has ended and the search begins anew.</para>
/// <para>Only what comes from the gateway's address is taken, and only places at that address are asked.</para>
/// </remarks>
internal sealed class UpnpMapping
{
    /// <summary>Lifetime asked for: two hours.</summary>
    public const uint LifetimeSeconds = 7_200;

    private const int MaxSearches = 3;
    private const int MaxPorts = 4;
    private const int FirstRandomPort = 1_024;

    private static readonly TimeSpan SearchInterval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LastSearch = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan ReleaseTimeout = TimeSpan.FromMilliseconds(450);
    private static readonly TimeSpan ShortestRenewalWait = TimeSpan.FromSeconds(4);

    private readonly UdpEndpoint _gateway;
    private readonly UdpEndpoint _internal;
    private readonly IRandomSource _random;
    private UpnpStep _step = UpnpStep.Search;
    private MonoTime _deadline;
    private int _searches;
    private int _searchesDue = SsdpSearch.Kinds;
    private UpnpRequest? _request;
    private UpnpService? _service;
    private Uri? _location;
    private UdpEndpoint _address;
    private ushort _port;
    private int _portsTried;
    private bool _isForEver;
    private bool _mayBeMapped;

    /// <param name="gateway">Address of the gateway; its port means nothing.</param>
    /// <param name="internal">The node's socket of IPv4, with the address that the gateway sees it from.</param>
    /// <param name="random">Chance for outside ports.</param>
    /// <param name="now">The present.</param>
    public UpnpMapping(UdpEndpoint gateway, UdpEndpoint @internal, IRandomSource random, MonoTime now)
    {
        _gateway = gateway;
        _internal = @internal;
        _random = random;
        _port = @internal.Port;
        _deadline = now;
    }

    public GatewayState State { get; private set; }

    /// <summary>The mapping that stands, or null.</summary>
    public GatewayLease? Lease { get; private set; }

    /// <summary>The outside port that is asked for, or mapped.</summary>
    public int Port => _port;

    /// <summary>The gateway's error code when it refused.</summary>
    public int RefusedCode { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout =>
        State is GatewayState.Refused or GatewayState.Silent or GatewayState.Released ? null : _deadline;

    /// <summary>Takes a datagram that came to the socket that searched.</summary>
    /// <returns>False when it is no answer to the search.</returns>
    public bool HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (State != GatewayState.Asking || _step != UpnpStep.Search || from.Bits != _gateway.Bits
            || !SsdpSearch.TryRead(datagram, out var location) || !SsdpSearch.IsAt(location, _gateway))
        {
            return false;
        }

        _location = location;
        Ask(UpnpStep.Describe, new UpnpRequest(location, null, default), now);
        return true;
    }

    /// <summary>Takes the answer to the request that was handed out last.</summary>
    /// <param name="status">Of HTTP; 0 when there was no answer.</param>
    /// <param name="body">At most <see cref="GatewayXml.MaxBytes"/>.</param>
    /// <param name="now">The present.</param>
    public void HandleReply(int status, ReadOnlySpan<byte> body, MonoTime now)
    {
        if (NextTimeout is null || _step is UpnpStep.Search or UpnpStep.Rest || _request is not null)
        {
            return;
        }

        if (_step == UpnpStep.Describe)
        {
            HandleDescription(status, body, now);
            return;
        }

        var isRead = UpnpSoap.TryRead(body, out var address, out var code) || _step == UpnpStep.Delete;
        var isDone = isRead && status == 200;
        switch (_step)
        {
            case UpnpStep.Address when isDone && address != default && State != GatewayState.Releasing:
                _address = address;
                Add(now);
                break;
            case UpnpStep.Add when isDone:
                HandleAdded(now);
                break;
            case UpnpStep.Add when isRead && State == GatewayState.Asking && TryOtherwise(code):
                Add(now);
                break;
            case UpnpStep.Delete:
                State = GatewayState.Released;
                break;
            default:
                RefusedCode = code;
                HandleFailed(status == 0 ? GatewayState.Silent : GatewayState.Refused, now);
                break;
        }
    }

    public void HandleTimeout(MonoTime now)
    {
        if (NextTimeout is null || now < _deadline)
        {
            return;
        }

        if (State == GatewayState.Releasing)
        {
            State = GatewayState.Released;
        }
        else if (_step == UpnpStep.Search)
        {
            Search(now);
        }
        else if (_step != UpnpStep.Rest)
        {
            HandleFailed(GatewayState.Silent, now);
        }
        else if (Lease!.Value.ExpiresAt <= now)
        {
            Lease = null;
            State = GatewayState.Asking;
            _step = UpnpStep.Search;
            _searches = 0;
            Search(now);
        }
        else
        {
            Ask(UpnpStep.Address, UpnpSoap.Address(_service!), now);
        }
    }

    /// <summary>Writes the question to the group that is to be sent now. Call until it returns 0.</summary>
    /// <param name="destination">At least <see cref="SsdpSearch.MaxSize"/> bytes.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = SsdpSearch.Group;
        if (State != GatewayState.Asking || _step != UpnpStep.Search || _searchesDue == 0)
        {
            return 0;
        }

        if (--_searchesDue == 0)
        {
            _deadline = now + (++_searches == MaxSearches ? LastSearch : SearchInterval);
        }

        return SsdpSearch.Write(destination, _searchesDue);
    }

    /// <summary>Hands out the request that is to be sent now; its answer goes to <see cref="HandleReply"/>. One sent before that has no answer yet is to be given up.</summary>
    public bool PollRequest(out UpnpRequest request)
    {
        request = _request!;
        _request = null;
        return request is not null && NextTimeout is not null;
    }

    /// <summary>Gives the mapping back, within 450 ms.</summary>
    public void Release(MonoTime now)
    {
        if (State is GatewayState.Releasing or GatewayState.Released)
        {
            return;
        }

        Lease = null;
        _request = null;
        if (!_mayBeMapped)
        {
            State = GatewayState.Released;
            return;
        }

        State = GatewayState.Releasing;
        Ask(UpnpStep.Delete, UpnpSoap.Delete(_service!, _port), now);
        _deadline = now + ReleaseTimeout;
    }

    /// <summary>Forgets the mapping and leaves it as it is.</summary>
    public void Abandon()
    {
        State = GatewayState.Released;
        Lease = null;
        _request = null;
    }

    private void HandleDescription(int status, ReadOnlySpan<byte> body, MonoTime now)
    {
        if (status == 200 && UpnpService.Read(body, _location!) is { } service && SsdpSearch.IsAt(service.Control, _gateway))
        {
            _service = service;
            Ask(UpnpStep.Address, UpnpSoap.Address(service), now);
            return;
        }

        HandleFailed(status == 0 ? GatewayState.Silent : GatewayState.Refused, now);
    }

    private void Add(MonoTime now)
    {
        _mayBeMapped = true;
        Ask(UpnpStep.Add, UpnpSoap.Add(_service!, _port, _internal, _isForEver ? 0 : LifetimeSeconds), now);
    }

    /// <summary>Another outside port when that is taken, for ever where the gateway gives nothing else.</summary>
    private bool TryOtherwise(int code)
    {
        if (code == UpnpSoap.OnlyPermanentLeases && !_isForEver)
        {
            _isForEver = true;
            return true;
        }

        if (code != UpnpSoap.ConflictInMapping || ++_portsTried == MaxPorts)
        {
            // What the gateway said no to is not there to be given back.
            _mayBeMapped = false;
            return false;
        }

        _port = (ushort)(FirstRandomPort + (_random.NextUInt64() % (ushort.MaxValue - FirstRandomPort + 1)));
        return true;
    }

    private void HandleAdded(MonoTime now)
    {
        State = GatewayState.Mapped;
        Lease = new GatewayLease(_address with { Port = _port }, now + TimeSpan.FromSeconds(LifetimeSeconds));
        Rest(now);
    }

    private void HandleFailed(GatewayState otherwise, MonoTime now)
    {
        _request = null;
        if (State == GatewayState.Releasing)
        {
            State = GatewayState.Released;
        }
        else if (Lease is not null)
        {
            Rest(now);
        }
        else
        {
            State = otherwise;
        }
    }

    private void Rest(MonoTime now)
    {
        var left = Lease!.Value.ExpiresAt - now;
        _step = UpnpStep.Rest;
        _deadline = now + (left / 2 > ShortestRenewalWait ? left / 2 : left);
    }

    private void Search(MonoTime now)
    {
        if (_searches == MaxSearches)
        {
            State = GatewayState.Silent;
            return;
        }

        _searchesDue = SsdpSearch.Kinds;
        _deadline = now + SearchInterval;
    }

    private void Ask(UpnpStep step, UpnpRequest request, MonoTime now)
    {
        _step = step;
        _request = request;
        _deadline = now + RequestTimeout;
    }
}
