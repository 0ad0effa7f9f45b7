using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>One relay that this node uses: keeps the tunnel to it open, and the lease in it; where UDP is not answered, over a connection.</summary>
/// <remarks>
/// When a handshake, or what was sent since, has not been answered over UDP for 300 ms, a connection is asked for as well; whichever answers first is used. UDP is
/// tried on and takes over when it works, for a connection is a path of a worse kind.
/// </remarks>
internal sealed class RelayLink
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(5);

    /// <summary>How long a connection may answer nothing before another takes its place.</summary>
    private static readonly TimeSpan ConnectionPatience = TimeSpan.FromSeconds(2);

    /// <summary>How often the relay is asked for a sign of life while its tunnel goes over another one: two such tunnels may go over each other, and neither has anything to say.</summary>
    private static readonly TimeSpan LifeInterval = TimeSpan.FromSeconds(2);

    private readonly TunnelTable _table;
    private readonly RelayConnection? _connection;
    private readonly LeaseSilence _silence;
    private TimeSpan _retry = FirstRetry;
    private MonoTime _retryAt;
    private MonoTime? _waitsSince;
    private TunnelPaths? _tried;
    private (ulong Own, ulong? Peer)? _state;
    private bool _isStraight;
    private MonoTime _askAt;
    private RelayChange? _told;

    /// <param name="record">The relay.</param>
    /// <param name="client">The lease there.</param>
    /// <param name="table">Where the tunnel lives.</param>
    /// <param name="connection">The connection to it; null when it takes none.</param>
    /// <param name="now">The present: the tunnel is opened at once.</param>
    public RelayLink(PeerRecord record, RelayClient client, TunnelTable table, RelayConnection? connection, MonoTime now)
    {
        Record = record;
        Client = client;
        _table = table;
        _connection = connection;
        _silence = new LeaseSilence(client);
        _retryAt = now;
    }

    public PeerRecord Record { get; }

    public RelayClient Client { get; }

    /// <summary>Whether the node was not told of it, and leases there because none that it was told of works.</summary>
    public bool IsReserve { get; set; }

    /// <summary>The tunnel to the relay; null before it was first opened.</summary>
    public Tunnel? Tunnel { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called.</summary>
    public MonoTime? NextTimeout
    {
        get
        {
            var next = !IsOpen ? MonoTime.Earliest(MayReopen ? _retryAt : null, Client.LapsesAt)
                : IsStraight ? MonoTime.Earliest(Client.NextTimeout, _silence.NextTimeout)
                : MonoTime.Earliest(Client.LapsesAt, _askAt);
            return _connection is not { IsOpen: false, RetryAt: { } retryAt } || _waitsSince is not { } since
                ? MonoTime.Earliest(next, ReplaceAt)
                : MonoTime.Earliest(next, MonoTime.Latest(retryAt, since + Patience));
        }
    }

    /// <summary>How long UDP has for an answer before a connection is asked for as well; longer where round trips are long.</summary>
    private TimeSpan Patience => IsOpen && 2 * Tunnel!.Streams.RoundTrip.SmoothedOrInitial is var two && two > ConnectionEndpoint.UdpPatience ? two : ConnectionEndpoint.UdpPatience;

    /// <summary>True when its tunnel is down after an attempt, does not answer, or the relay gives no lease.</summary>
    public bool IsLost => Tunnel is { State: TunnelState.Failed or TunnelState.Closed }
        || Tunnel?.Path?.Path is { State: PathState.Failed } or { Kind: PathKind.Relayed }
        || Client.State is RelayClientState.Refused or RelayClientState.Lost;

    /// <summary>The round trip to it, smoothed over challenges; null before the first answer and while it is not open.</summary>
    public TimeSpan? RoundTrip => IsOpen ? Tunnel!.Path!.Path.RoundTrip : null;

    /// <summary>Challenges the path in use, which measures it and finds out whether it is there.</summary>
    public void Measure(MonoTime now)
    {
        if (IsOpen)
        {
            Tunnel!.Routes.Paths!.Agent.Active.Challenge(now);
            _table.Touch(Tunnel);
        }
    }

    private bool IsOpen => Tunnel is { State: TunnelState.Open, Routes.Paths: not null };

    /// <summary>Frames are for the relay itself: where its tunnel goes over another relay there is nowhere to send them.</summary>
    private bool IsStraight => Tunnel?.Path is { Path.Kind: not PathKind.Relayed };

    private bool MayReopen => Tunnel is null or { State: TunnelState.Closed } or { State: TunnelState.Failed, Dial: null };

    /// <summary>When the connection in use counts as dead: it was asked, and nothing has come back.</summary>
    private MonoTime? ReplaceAt =>
        _connection is { IsOpen: true } connection && _waitsSince is { } since
        && Tunnel?.Path is { Path.Kind: PathKind.Connected, Recovery.UnansweredSince: not null }
            ? MonoTime.Latest(since, connection.OpenedAt) + ConnectionPatience : null;

    /// <summary>Tells how it stands, when that is not what was told last.</summary>
    public bool PollChange(out RelayChange change)
    {
        change = new RelayChange(Client.Relay, Client.State, Client.Refusal, Client.Attested, IsReserve);
        if (_told == change)
        {
            return false;
        }

        _told = change;
        return true;
    }

    /// <summary>Opens what is not open, and asks for the lease when that is due; not while the tunnel goes over another relay.</summary>
    public void HandleTimeout(MonoTime now, DateTimeOffset utcNow)
    {
        Client.HandleTimeout(now);
        if (Tunnel?.Routes.Connection is not null && _connection is { IsOpen: false } closed)
        {
            HandleDisconnected(closed, now);
        }

        if (!IsOpen)
        {
            _waitsSince ??= now;
            Reopen(now, utcNow);
            Connect(now);
            return;
        }

        _retry = FirstRetry;
        _retryAt = now;
        var paths = Tunnel!.Routes.Paths!;
        _waitsSince = paths.Active.Recovery.UnansweredSince ?? (paths.Agent.IsInDoubt ? _waitsSince ?? now : null);
        Connect(now);
        TryUdp(paths, now);
        if (!IsStraight)
        {
            AskForLife(now);
            return;
        }

        var state = (Tunnel.Incarnations.Own, Tunnel.Incarnations.Peer);
        if ((_state is not null && _state != state) || (!_isStraight && !Client.IsLeased))
        {
            Client.HandleTunnelReplaced(now);
        }

        _state = state;
        _isStraight = true;
        Follow(paths.Active.Endpoint, now);
        Span<byte> content = stackalloc byte[RelayLeaseFrame.ContentSize];
        if (Client.PollRequest(content, now) is > 0 and var length)
        {
            // A relay that was started anew knows neither lease nor tunnel: what asks for an acknowledgement finds out.
            paths.Say(FrameType.RelayLease, content[..length]);
            Tunnel.Streams.Ping();
            _table.Touch(Tunnel);
        }
    }

    /// <summary>The connection is open: it is tried beside everything else.</summary>
    public void HandleConnected(RelayConnection connection, MonoTime now)
    {
        if (connection != _connection || Tunnel is null)
        {
            return;
        }

        Tunnel.Routes.Connection = connection.Endpoint;
        Tunnel.Dial?.Add(connection.Endpoint);
        Tunnel.Routes.Paths?.Agent.Paths.TryOwn(connection.Endpoint, now);
        _table.Touch(Tunnel);
    }

    /// <summary>The connection is gone: what went over it looks for another way.</summary>
    public void HandleDisconnected(RelayConnection connection, MonoTime now)
    {
        if (connection != _connection || Tunnel is null)
        {
            return;
        }

        Tunnel.Routes.Connection = null;
        if (Tunnel.Path?.Endpoint == connection.Endpoint)
        {
            Tunnel.Routes.Paths!.HandleNetworkChanged(now);
        }
        else
        {
            Tunnel.Routes.Paths?.Agent.Paths.Find(connection.Endpoint)?.Fail(now);
        }

        _table.Touch(Tunnel);
    }

    /// <summary>Asks for the connection as long as UDP does not do; gives one up that is dead.</summary>
    private void Connect(MonoTime now)
    {
        if (_connection is not { } connection)
        {
            return;
        }

        if (ReplaceAt <= now)
        {
            connection.Replace(now);
            HandleDisconnected(connection, now);
        }

        var isOverUdp = IsOpen && Tunnel!.Path!.Path.Kind == PathKind.Direct;
        if ((IsOpen && !isOverUdp) || _waitsSince + Patience <= now)
        {
            connection.Want(now);
        }
    }

    /// <summary>A relay that is not reached over UDP is tried there on and on.</summary>
    private void TryUdp(TunnelPaths paths, MonoTime now)
    {
        if (paths.Active.Path.Kind == PathKind.Direct || _tried == paths)
        {
            return;
        }

        _tried = paths;
        foreach (var endpoint in Record.Endpoints)
        {
            paths.Agent.Paths.TryOwn(endpoint, now);
        }

        _table.Touch(Tunnel!);
    }

    /// <summary>Frames go where the tunnel goes; the relay learns of it, and is asked for a sign of life when nothing comes back.</summary>
    private void Follow(UdpEndpoint endpoint, MonoTime now)
    {
        if (_silence.IsOver(now) || Client.Endpoint != endpoint)
        {
            Client.Endpoint = endpoint;
            Tunnel!.Streams.Ping();
            _table.Touch(Tunnel);
        }
    }

    /// <summary>What goes over another relay may go nowhere: asked, a dead tunnel fails and is opened anew.</summary>
    private void AskForLife(MonoTime now)
    {
        if (_isStraight || now >= _askAt)
        {
            _askAt = now + LifeInterval;
            Tunnel!.Streams.Ping();
            _table.Touch(Tunnel);
        }

        _isStraight = false;
    }

    private void Reopen(MonoTime now, DateTimeOffset utcNow)
    {
        if (now < _retryAt || !MayReopen)
        {
            return;
        }

        if (Tunnel is { State: TunnelState.Failed } failed)
        {
            _table.Reopen(failed, now, utcNow);
        }
        else
        {
            Tunnel = _table.Open(Record, now, utcNow);
            if (Tunnel is not null && _connection is { IsOpen: true } connection)
            {
                Tunnel.Routes.Connection = connection.Endpoint;
            }
        }

        _retryAt = now + _retry;
        _retry = 2 * _retry < LongestRetry ? 2 * _retry : LongestRetry;
    }
}
