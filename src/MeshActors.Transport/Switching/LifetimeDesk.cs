using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>Finds out how long the NATs before this node remember a mapping that is not used, over the STUN of a relay, once in a network.</summary>
/// <remarks>
/// Begins when it is known that there is translation and nothing else is being asked; takes two side sockets for up to three minutes. A relay that does not answer to another port is left, the next is asked; after
/// <see cref="MostTries"/> the lifetime stays unknown until the network changes.
/// </remarks>
internal sealed class LifetimeDesk
{
    /// <summary>Measurements that came to nothing and are followed by another.</summary>
    public const int MostTries = 4;

    /// <summary>Of a silence that a mapping outlived so much is used: the clock of a NAT may tick in coarse steps.</summary>
    private const double Share = 0.8;

    /// <summary>Where not even the shortest silence tried was outlived.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(12);

    /// <summary>A node that just came to a network has ports to look at for other reasons first.</summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(30);

    private readonly SideSockets _sides;
    private readonly IRandomSource _random;
    private BindingLifetime? _lifetime;
    private (int Holder, int Asker)? _sockets;
    private MonoTime _notBefore;
    private int _tries;

    /// <param name="sides">Where it takes sockets.</param>
    /// <param name="random">Transaction ids.</param>
    public LifetimeDesk(SideSockets sides, IRandomSource random)
    {
        _sides = sides;
        _random = random;
    }

    /// <summary>How long a path may be quiet, null while that is not known.</summary>
    public TimeSpan? KeepAlive { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when nothing is due.</summary>
    public MonoTime? NextTimeout => _lifetime is not null ? _lifetime.NextTimeout : IsWanted && _sockets is null ? _notBefore : null;

    private bool IsWanted { get; set; }

    /// <summary>This node's own address may have changed: what was learned is of another network.</summary>
    public void HandleNetworkChanged()
    {
        End();
        KeepAlive = null;
        IsWanted = false;
        _tries = 0;
    }

    /// <summary>Says how the NATs behave: where they translate, it is worth knowing how long they remember.</summary>
    public void HandleBehaviour(NatBehaviour behaviour, MonoTime now)
    {
        if (!IsWanted && KeepAlive is null && _tries == 0 && (behaviour.Flags & NatFlags.NotTranslated) == 0)
        {
            IsWanted = true;
            _notBefore = now + Settled;
        }
    }

    /// <summary>Begins when that is due, and does what is due.</summary>
    public void HandleTimeout(RelayLinks links, MonoTime now)
    {
        if (_lifetime is not null)
        {
            _lifetime.HandleTimeout(now);
            Conclude(now);
        }
        else if (_sockets is not null)
        {
            HandleSockets(links, now);
        }
        else if (IsWanted && now >= _notBefore)
        {
            Take(now);
        }
    }

    /// <summary>The driver has opened side sockets, or could not.</summary>
    public void HandleSockets(RelayLinks links, MonoTime now)
    {
        if (_lifetime is not null || _sockets is not var (holder, asker)
            || _sides.StateOf(holder) == SideSocketState.Opening || _sides.StateOf(asker) == SideSocketState.Opening)
        {
            return;
        }

        if (Server(links) is not { } server || !_sides.IsOpen(holder) || !_sides.IsOpen(asker))
        {
            Retry(now);
            return;
        }

        _lifetime = new BindingLifetime(server, holder, asker, _random, now);
    }

    /// <summary>Takes a datagram that came to a side socket.</summary>
    /// <returns>False when it has nothing to do with this.</returns>
    public bool HandleDatagram(int side, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (_lifetime is null || _sockets is not var (holder, asker) || (side != holder && side != asker))
        {
            return false;
        }

        var isOurs = _lifetime.HandleDatagram(side, from, datagram, now);
        Conclude(now);
        return isOurs;
    }

    /// <inheritdoc cref="BehaviourDesk.PollTransmit"/>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        to = default;
        if (_lifetime is null || _lifetime.PollTransmit(destination, out var socket, out var server, now) is not (> 0 and var length))
        {
            return 0;
        }

        to = SocketEndpoint.Of(socket, server);
        return length;
    }

    private void Take(MonoTime now)
    {
        if (!_sides.TryOpen(out var holder))
        {
            _notBefore = now + RetryAfter;
            return;
        }

        if (!_sides.TryOpen(out var asker))
        {
            _sides.Close(holder);
            _notBefore = now + RetryAfter;
            return;
        }

        _sockets = (holder, asker);
    }

    private void Conclude(MonoTime now)
    {
        switch (_lifetime!.Outcome)
        {
            case LifetimeOutcome.Pending:
                break;
            case LifetimeOutcome.Measured:
                KeepAlive = _lifetime.Longest == TimeSpan.Zero ? Least : Share * _lifetime.Longest;
                IsWanted = false;
                End();
                break;
            default:
                Retry(now);
                break;
        }
    }

    private void Retry(MonoTime now)
    {
        End();
        IsWanted = ++_tries < MostTries;
        _notBefore = now + RetryAfter;
    }

    private void End()
    {
        if (_sockets is var (holder, asker))
        {
            _sides.Close(holder);
            _sides.Close(asker);
        }

        _sockets = null;
        _lifetime = null;
    }

    /// <summary>One relay after the other.</summary>
    private UdpEndpoint? Server(RelayLinks links)
    {
        UdpEndpoint? first = null;
        var number = 0;
        foreach (var link in links.All)
        {
            if (link.Client is { IsLeased: true, Endpoint.IsIPv4: true } client)
            {
                first ??= client.Endpoint;
                if (number++ == _tries)
                {
                    return client.Endpoint;
                }
            }
        }

        return first;
    }
}
