using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using MeshActors.Transport.Addressing;

namespace MeshActors.Transport.Stun;

/// <summary>What a behaviour discovery was answered, and what follows from it.</summary>
/// <remarks>At most one entry for each question of the discovery.</remarks>
internal sealed class BehaviourEvidence
{
    private readonly List<StunResult> _reached = [];
    private readonly List<(UdpEndpoint Server, UdpEndpoint Mapped)> _mapping = [];
    private readonly SortedDictionary<int, UdpEndpoint> _publicBySocket = [];
    private StunResult? _filterBoth;
    private StunResult? _filterPort;
    private bool _cameBack;

    /// <summary>Servers that answered socket 0, in the order in which they did.</summary>
    public IReadOnlyList<StunResult> Reached => _reached;

    /// <summary>The server that is asked further; null before <see cref="Choose"/> and where none answered.</summary>
    public StunResult? Chosen { get; private set; }

    /// <summary>Where the chosen server sees a socket, or null when it does not.</summary>
    public UdpEndpoint? PublicOf(int socket) => _publicBySocket.TryGetValue(socket, out var mapped) ? mapped : null;

    /// <summary>Chooses the first server that offers RFC 5780, else the first that answered.</summary>
    public void Choose()
    {
        var first = _reached.FindIndex(result => result.Other is not null);
        Chosen = _reached.Count == 0 ? null : _reached[Math.Max(first, 0)];
    }

    /// <summary>Notes that a packet to an own public endpoint came in.</summary>
    public void CameBack() => _cameBack = true;

    public void Add(StunPurpose purpose, StunResult result)
    {
        if (purpose == StunPurpose.FilterBoth)
        {
            _filterBoth = result;
        }
        else if (purpose == StunPurpose.FilterPort)
        {
            _filterPort = result;
        }
        else if (result.Outcome == StunOutcome.Answered)
        {
            AddMapped(purpose, result);
        }
    }

    /// <summary>What follows; filtering and blocking only when everything was asked.</summary>
    public NatBehaviour Conclude(bool isOver, ImmutableArray<UdpEndpoint> sockets)
    {
        if (Chosen is not { } chosen)
        {
            return default(NatBehaviour) with { Flags = isOver ? NatFlags.UdpBlocked : NatFlags.None };
        }

        var samples = _publicBySocket.Where(entry => entry.Key > 0).Prepend(new(0, chosen.Mapped))
            .Select(entry => ((int)sockets[entry.Key].Port, (int)entry.Value.Port)).ToList();
        var flags = (_cameBack ? NatFlags.Hairpin : NatFlags.None)
            | (chosen.Mapped == sockets[0] ? NatFlags.NotTranslated : NatFlags.None);
        return new NatBehaviour(
            MappingSamples.Classify(_mapping),
            isOver ? Filtering() : EndpointDependence.Unknown,
            PortSamples.Classify(samples),
            flags);
    }

    private void AddMapped(StunPurpose purpose, StunResult result)
    {
        if (purpose == StunPurpose.Sample)
        {
            _publicBySocket[result.Question.Socket] = result.Mapped;
            return;
        }

        _mapping.Add((result.Question.To, result.Mapped));
        if (purpose == StunPurpose.Reach)
        {
            _reached.Add(result);
        }
    }

    /// <summary>RFC 5780, section 4.4. A server that refuses, or answers from where it was asked, shows nothing.</summary>
    private EndpointDependence Filtering()
    {
        if (_filterBoth is not { } both || _filterPort is not { } port || ShowsNothing(both) || ShowsNothing(port))
        {
            return EndpointDependence.Unknown;
        }

        return both.Outcome == StunOutcome.Answered ? EndpointDependence.EndpointIndependent
            : port.Outcome == StunOutcome.Answered ? EndpointDependence.AddressDependent
            : EndpointDependence.AddressAndPortDependent;
    }

    private static bool ShowsNothing(StunResult result) =>
        result.Outcome == StunOutcome.Refused
        || (result.Outcome == StunOutcome.Answered && result.From != result.Question.AnswerFrom);
}
