using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Stun;

/// <summary>Finds out how long a NAT keeps a mapping that nothing passes through (RFC 5780, section 4.6), once.</summary>
/// <remarks>
/// The holding socket is seen by the server, then silent for a while. Then the asking socket has the server answer to the holder's
/// public port: if that arrives, the mapping still stood. Each round takes the next longer silence, with the mapping refreshed from
/// inside before. It needs a server with RESPONSE-PORT; about three minutes where mappings last.
/// </remarks>
internal sealed class BindingLifetime
{
    /// <summary>The silences tried. A mapping that outlives the last is never the shortest of a way.</summary>
    public static readonly ImmutableArray<TimeSpan> Silences =
    [
        TimeSpan.FromSeconds(15), TimeSpan.FromSeconds(25), TimeSpan.FromSeconds(45), TimeSpan.FromSeconds(90),
    ];

    private readonly UdpEndpoint _server;
    private readonly int _holder;
    private readonly int _asker;
    private readonly StunClients _clients;
    private MonoTime? _silenceEnds;
    private ushort _publicPort;
    private int _round;

    /// <param name="server">Its own address and port are asked alone, so it may filter as it likes.</param>
    /// <param name="holder">Number of a fresh socket, which nothing else uses meanwhile.</param>
    /// <param name="asker">Number of another one.</param>
    /// <param name="random">Chance for transaction ids.</param>
    /// <param name="now">The present.</param>
    public BindingLifetime(UdpEndpoint server, int holder, int asker, IRandomSource random, MonoTime now)
    {
        ArgumentOutOfRangeException.ThrowIfEqual(asker, holder);
        _server = server;
        _holder = holder;
        _asker = asker;
        _clients = new StunClients(random);
        Refresh(now);
    }

    /// <summary>How it ended.</summary>
    public LifetimeOutcome Outcome { get; private set; }

    /// <summary>The longest silence that the mapping outlived; zero when it outlived none.</summary>
    public TimeSpan Longest { get; private set; }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null when it is over.</summary>
    public MonoTime? NextTimeout => Outcome != LifetimeOutcome.Pending
        ? null
        : MonoTime.Earliest(_silenceEnds, _clients.NextTimeout);

    /// <inheritdoc cref="BehaviourDiscovery.HandleDatagram"/>
    public bool HandleDatagram(int socket, UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        var isOurs = _clients.HandleDatagram(socket, from, datagram, now);
        Advance(now);
        return isOurs;
    }

    public void HandleTimeout(MonoTime now)
    {
        _clients.HandleTimeout(now);
        Advance(now);
    }

    /// <inheritdoc cref="BehaviourDiscovery.PollTransmit"/>
    public int PollTransmit(Span<byte> destination, out int socket, out UdpEndpoint to, MonoTime now) =>
        _clients.PollTransmit(destination, out socket, out to, now);

    private void Advance(MonoTime now)
    {
        while (Outcome == LifetimeOutcome.Pending && _clients.TryTakeResult(out var result))
        {
            if (result.Question.ResponsePort == 0)
            {
                HandleRefreshed(result, now);
            }
            else
            {
                HandleTested(result, now);
            }
        }

        if (Outcome == LifetimeOutcome.Pending && _silenceEnds <= now)
        {
            _silenceEnds = null;
            var question = new StunQuestion(_server, _asker)
            {
                ResponsePort = _publicPort,
                AnswerSocket = _holder,
                Patience = StunPatience.Short,
            };
            _ = _clients.TryAsk(question, now, out _);
        }
    }

    /// <summary>The silence begins with the answer, the last packet that may have refreshed the mapping.</summary>
    private void HandleRefreshed(StunResult result, MonoTime now)
    {
        if (result.Outcome != StunOutcome.Answered)
        {
            Outcome = LifetimeOutcome.Unreachable;
            return;
        }

        _publicPort = result.Mapped.Port;
        _silenceEnds = now + Silences[_round];
    }

    private void HandleTested(StunResult result, MonoTime now)
    {
        if (result.Outcome != StunOutcome.Answered)
        {
            Outcome = result.Outcome == StunOutcome.Refused ? LifetimeOutcome.Unsupported : LifetimeOutcome.Measured;
            return;
        }

        Longest = Silences[_round++];
        if (_round == Silences.Length)
        {
            Outcome = LifetimeOutcome.Measured;
            return;
        }

        Refresh(now);
    }

    private void Refresh(MonoTime now) => _ = _clients.TryAsk(new StunQuestion(_server, _holder), now, out _);
}
