using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Paths;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Switching;

/// <summary>With whom, when and at which addresses a node takes part in guessing ports.</summary>
/// <remarks>With members of its own fleet alone, at addresses where they say that relays see them, never at a relay, and at random as seldom as <see cref="PunchBudget"/> says.</remarks>
internal sealed class PunchConsent
{
    /// <summary>Attempts remembered, so that a proposal that comes again starts nothing.</summary>
    private const int MostRecent = 8;

    private readonly PunchSettings _settings;
    private readonly RelayLinks _links;
    private readonly List<(ulong Attempt, PunchRefusal Refusal)> _recent = [];

    public PunchConsent(PunchSettings settings, RelayLinks links)
    {
        _settings = settings;
        _links = links;
    }

    /// <summary>How often ports are tried at random.</summary>
    public PunchBudget Budget { get; } = new();

    /// <summary>Whether the peer proved this node's own fleet.</summary>
    public static bool IsTrusted(Tunnel tunnel) => tunnel.Sessions.Current is { Context.IsFleet: true };

    /// <summary>Whether ports may be guessed for a peer at all.</summary>
    /// <remarks>Not for a relay that this node was told of: it sees where this node's first socket is, which is what peers are told, and it would see another one.</remarks>
    public bool MayPunch(Tunnel tunnel)
    {
        foreach (var link in _links.All)
        {
            if (link.Tunnel == tunnel && !link.IsReserve)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Says whether this node takes part in what a peer proposes.</summary>
    /// <param name="tunnel">Whose peer.</param>
    /// <param name="frame">What it proposes.</param>
    /// <param name="own">What is known of this node's own ports.</param>
    /// <param name="isBusy">Whether another attempt is under way.</param>
    /// <param name="now">The present.</param>
    public PunchRefusal Judge(Tunnel tunnel, in PunchAtFrame frame, in PunchPorts own, bool isBusy, MonoTime now)
    {
        var isRandom = frame.Technique != PunchTechnique.Predicted;
        if (!_settings.IsEnabled || (isRandom && !_settings.WithBirthdays))
        {
            return PunchRefusal.SwitchedOff;
        }

        if (!IsTrusted(tunnel))
        {
            return PunchRefusal.NotTrusted;
        }

        if (!MayPunch(tunnel))
        {
            return PunchRefusal.NotUnderstood;
        }

        // What counts up is a block when prediction was of no use.
        var ports = isRandom && own.Pattern == PunchPattern.Counting ? PunchPlan.AsBlock(own) : own;
        if (tunnel.LowerRoot || PunchPlan.TechniqueFor(ports, frame.Ports) != frame.Technique || !IsOf(tunnel, frame.Ports))
        {
            return PunchRefusal.NotUnderstood;
        }

        if (isBusy || tunnel.Path?.Path.Kind != PathKind.Relayed)
        {
            return PunchRefusal.Busy;
        }

        return isRandom && !MayTry(frame.Ports.Endpoint, now) ? PunchRefusal.TooSoon
            : tunnel.Routes.Punching.TryAnswer(now) ? PunchRefusal.None
            : PunchRefusal.TooSoon;
    }

    /// <summary>Whether ports of an address may be tried at random now.</summary>
    public bool MayTry(UdpEndpoint endpoint, MonoTime now) => Budget.NextAt <= now && Budget.Allows(endpoint.Bits, now);

    /// <summary>Whether ports are of an address where the peer says that relays see it, and that is none of a relay.</summary>
    public bool IsOf(Tunnel tunnel, in PunchPorts ports)
    {
        foreach (var link in _links.All)
        {
            // Its tunnel may go over a connection, or over another relay.
            if (link.Client.Endpoint.Bits == ports.Endpoint.Bits || IsAmong(link.Record.Endpoints, ports.Endpoint.Bits))
            {
                return false;
            }
        }

        foreach (var attested in tunnel.Routes.Paths?.Candidates.Attested ?? [])
        {
            if (attested.Bits == ports.Endpoint.Bits && (ports.Pattern != PunchPattern.Fixed || attested == ports.Endpoint))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A relay that tells from where it sees a socket of this node; null when there is none.</summary>
    public UdpEndpoint? RelayToAsk()
    {
        foreach (var link in _links.All)
        {
            if (link.Client is { IsLeased: true, Endpoint.IsIPv4: true })
            {
                return link.Client.Endpoint;
            }
        }

        return null;
    }

    private static bool IsAmong(ImmutableArray<UdpEndpoint> endpoints, UInt128 address)
    {
        foreach (var endpoint in endpoints)
        {
            if (endpoint.Bits == address)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>An attempt was refused, or is over (<see cref="PunchRefusal.None"/>).</summary>
    public void Remember(ulong attempt, PunchRefusal refusal)
    {
        if (RefusalOf(attempt) is not null)
        {
            return;
        }

        if (_recent.Count == MostRecent)
        {
            _recent.RemoveAt(0);
        }

        _recent.Add((attempt, refusal));
    }

    /// <summary>What was said to an attempt of which the peer was told before; null when it is new.</summary>
    public PunchRefusal? RefusalOf(ulong attempt)
    {
        foreach (var known in _recent)
        {
            if (known.Attempt == attempt)
            {
                return known.Refusal;
            }
        }

        return null;
    }
}
