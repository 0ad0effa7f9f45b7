using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Stun;

/// <summary>Finds out how the NATs before a node behave (RFC 5780, sections 4.2 to 4.5), once.</summary>
/// <remarks>
/// <para>Three stages. <i>Reaching</i>: socket 0 asks all servers; where none answers, UDP is blocked. <i>Sampling</i>: each further
/// socket asks the one server that was chosen, in order, which shows how ports are given out. <i>Testing</i>: socket 0 asks the other
/// addresses and ports of that server (mapping), socket 1, which has asked one endpoint alone, asks for answers from the others
/// (filtering), sockets 2 and 3 send to each other's public endpoints (hairpin).</para>
/// <para>Without a server that offers RFC 5780, filtering stays unknown, and mapping is classified by the servers given.</para>
/// <para>It says from which socket what is to be sent where, and is told what came to which; it takes about three seconds behind
/// a NAT that filters, less elsewhere.</para>
/// </remarks>
internal sealed class BehaviourDiscovery
{
    private const int FilterSocket = 1;
    private const int HairpinSocket = 2;
    private const int SocketsForTests = 4;

    private readonly BehaviourSettings _settings;
    private readonly StunClients _clients;
    private readonly BehaviourEvidence _evidence = new();
    private readonly Dictionary<TransactionId, StunPurpose> _asked = [];
    private DiscoveryStage _stage = DiscoveryStage.Reaching;
    private MonoTime? _stageEnds;
    private int _nextSample = 1;

    public BehaviourDiscovery(BehaviourSettings settings, IRandomSource random, MonoTime now)
    {
        _settings = settings;
        _clients = new StunClients(random);
        foreach (var server in settings.Servers)
        {
            Ask(StunPurpose.Reach, new StunQuestion(server), now);
        }
    }

    public bool IsOver => _stage == DiscoveryStage.Over;

    /// <summary>True when mapping, as far as servers showed it, and ports are known; what is still missing is filtering and hairpin.</summary>
    public bool IsSampled => _evidence.Chosen is not null && (_stage is DiscoveryStage.Testing or DiscoveryStage.Over);

    /// <summary>What was found out; all unknown while nothing is.</summary>
    public NatBehaviour Behaviour => _evidence.Conclude(IsOver, _settings.Sockets);

    /// <summary>What the servers answered to the first question of all, in the order in which they did.</summary>
    public IReadOnlyList<StunResult> Servers => _evidence.Reached;

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when it is over.</summary>
    public MonoTime? NextTimeout => IsOver ? null : MonoTime.Earliest(_stageEnds, _clients.NextTimeout);

    /// <summary>Takes a datagram that came to a socket.</summary>
    /// <returns>False when it has nothing to do with this.</returns>
    public bool HandleDatagram(int socket, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var isOurs = _clients.HandleDatagram(socket, from, datagram, now) || IsHairpin(datagram);
        Advance(now);
        return isOurs;
    }

    public void HandleTimeout(MonoTime now)
    {
        _clients.HandleTimeout(now);
        Advance(now);
    }

    /// <summary>Writes the next datagram that is to be sent. Call until it returns 0.</summary>
    /// <param name="destination">At least <see cref="StunRequest.MaxSize"/> bytes.</param>
    /// <param name="socket">Number of the socket that it leaves from.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    public int PollTransmit(Span<byte> destination, out int socket, out UdpEndpoint to, MonoTime now) =>
        _clients.PollTransmit(destination, out socket, out to, now);

    private void Advance(MonoTime now)
    {
        while (_clients.TryTakeResult(out var result))
        {
            if (_asked.Remove(result.Id, out var purpose))
            {
                _evidence.Add(purpose, result);
            }
        }

        if (_stage == DiscoveryStage.Reaching)
        {
            Reach(now);
        }

        if (_stage == DiscoveryStage.Sampling)
        {
            Sample(now);
        }

        if (_stage == DiscoveryStage.Testing && _asked.Count == 0)
        {
            _stage = DiscoveryStage.Over;
        }
    }

    /// <summary>Waits for all servers, but not long for further ones when one has answered.</summary>
    private void Reach(MonoTime now)
    {
        _stageEnds ??= _evidence.Reached.Count > 0 ? now + _settings.FurtherServers : null;
        if (_asked.Count == 0 || _stageEnds <= now)
        {
            _evidence.Choose();
            _stage = _evidence.Chosen is null ? DiscoveryStage.Over : DiscoveryStage.Sampling;
            _stageEnds = now;
        }
    }

    /// <summary>Lets one socket after the other ask; goes on when all were answered or given up.</summary>
    private void Sample(MonoTime now)
    {
        var server = _evidence.Chosen!.Value.Question.To;
        if (_nextSample < _settings.Sockets.Length)
        {
            if (_stageEnds <= now)
            {
                Ask(StunPurpose.Sample, new StunQuestion(server, _nextSample++), now);
                _stageEnds = now + _settings.SampleInterval;
            }

            return;
        }

        _stageEnds = null;
        if (!_asked.ContainsValue(StunPurpose.Sample))
        {
            _stage = DiscoveryStage.Testing;
            Test(server, now);
        }
    }

    private void Test(UdpEndpoint server, MonoTime now)
    {
        if (_evidence.Chosen!.Value.Other is { } other && other.Bits != server.Bits && other.Port != server.Port)
        {
            var otherAddress = other with { Port = server.Port };
            var otherPort = server with { Port = other.Port };
            Ask(StunPurpose.Mapping, new StunQuestion(otherAddress), now);
            Ask(StunPurpose.Mapping, new StunQuestion(otherPort), now);
            Ask(StunPurpose.Mapping, new StunQuestion(other), now);
            if (_settings.Sockets.Length >= SocketsForTests)
            {
                var question = new StunQuestion(server, FilterSocket);
                Ask(StunPurpose.FilterBoth, question with { Change = StunChange.Address | StunChange.Port, AnswerFrom = other }, now);
                Ask(StunPurpose.FilterPort, question with { Change = StunChange.Port, AnswerFrom = otherPort }, now);
            }
        }

        if (_settings.Sockets.Length >= SocketsForTests
            && _evidence.PublicOf(HairpinSocket) is { } first && _evidence.PublicOf(HairpinSocket + 1) is { } second)
        {
            Ask(StunPurpose.Hairpin, new StunQuestion(second, HairpinSocket), now);
            Ask(StunPurpose.Hairpin, new StunQuestion(first, HairpinSocket + 1), now);
        }
    }

    private void Ask(StunPurpose purpose, StunQuestion question, MonoTime now)
    {
        if (_clients.TryAsk(question with { Patience = _settings.Patience }, now, out var id))
        {
            _asked.Add(id, purpose);
        }
    }

    /// <summary>True for a question of our own that came back, which ends both hairpin questions.</summary>
    private bool IsHairpin(ReadOnlySpan<byte> datagram)
    {
        if (!StunMessage.TryRead(datagram, out var message)
            || message.Type != StunMessageType.BindingRequest
            || !_asked.TryGetValue(message.Id, out var purpose)
            || purpose != StunPurpose.Hairpin)
        {
            return false;
        }

        _evidence.CameBack();
        foreach (var (id, other) in _asked)
        {
            if (other == StunPurpose.Hairpin)
            {
                _clients.Cancel(id);
                _asked.Remove(id);
            }
        }

        return true;
    }
}
