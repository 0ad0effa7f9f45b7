using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>One attempt to open a session with a peer: a handshake whose copies go to every endpoint the peer may be at.</summary>
internal sealed class Dial : IDisposable
{
    /// <summary>Copies of message 1 without an answer after which the peer is asked whether its key is still the known one.</summary>
    private const int RoundsBeforeQuestion = 2;

    /// <summary>Endpoints of one attempt.</summary>
    private const int MostEndpoints = 16;

    private readonly byte[] _copy = new byte[HandshakeMessage1.Size];
    private readonly ConnectionIds _connections;
    private readonly Dictionary<UInt128, Tunnel> _dialled;
    private readonly List<UdpEndpoint> _endpoints;
    private readonly DialCookies _cookies;
    private int _nextEndpoint;
    private int _rounds;
    private bool _asked;
    private bool _handedOver;

    /// <param name="handshake">Taken over.</param>
    /// <param name="incarnation">Ours, as message 1 carries it.</param>
    /// <param name="endpoints">At least one.</param>
    /// <param name="connections">Where the attempt's connection id is given back when nothing came of it.</param>
    /// <param name="dialled">Where the attempt is found by its mac1; it is taken out at its end.</param>
    /// <param name="startedAt">The present.</param>
    public Dial(
        InitiatorHandshake handshake,
        ulong incarnation,
        ImmutableArray<UdpEndpoint> endpoints,
        ConnectionIds connections,
        Dictionary<UInt128, Tunnel> dialled,
        MonoTime startedAt)
    {
        Handshake = handshake;
        Incarnation = incarnation;
        StartedAt = startedAt;
        _connections = connections;
        _dialled = dialled;
        _endpoints = [.. endpoints];
        _cookies = new DialCookies(_endpoints);
        _nextEndpoint = endpoints.Length;
        Source = endpoints[0];
    }

    public InitiatorHandshake Handshake { get; }

    public ulong Incarnation { get; }

    public MonoTime StartedAt { get; }

    /// <summary>Where packets go under the session: the source of message 2 when it was dialled, else the first dialled.</summary>
    public UdpEndpoint Source { get; private set; }

    /// <summary>Sends copies to one endpoint more, the last one at once.</summary>
    public void Add(UdpEndpoint endpoint)
    {
        if (Handshake.State == InitiatorState.Waiting && !_endpoints.Contains(endpoint) && _endpoints.Count < MostEndpoints)
        {
            _endpoints.Add(endpoint);
            _nextEndpoint = _rounds == 0 ? _endpoints.Count : _nextEndpoint;
        }
    }

    /// <summary>Hands out the next copy of message 1.</summary>
    /// <returns>Its length, 0 when none is due.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        if (Handshake.State == InitiatorState.Waiting && _cookies.PollOwed(out to))
        {
            return Copy(Handshake.Message1, to, destination);
        }

        to = default;
        if (_nextEndpoint == _endpoints.Count)
        {
            if (Handshake.PollTransmit(now, _copy) == 0)
            {
                return 0;
            }

            _nextEndpoint = 0;
            _rounds++;
        }

        to = _endpoints[_nextEndpoint++];
        return Copy(_copy, to, destination);
    }

    /// <summary>Takes a cookie reply off the network: a copy with the cookie goes out at once.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? HandleCookie(ReadOnlySpan<byte> reply, UdpEndpoint from) => _cookies.Handle(reply, from, Handshake);

    /// <summary>Notes where an answer came from that verified.</summary>
    public void HandleAnswered(UdpEndpoint source) => Source = _endpoints.Contains(source) ? source : Source;

    /// <summary>Says once, when no answer comes, whom to ask for a newer certificate.</summary>
    public ImmutableArray<UdpEndpoint> PollQuestion()
    {
        if (_asked || _rounds < RoundsBeforeQuestion || Handshake.State != InitiatorState.Waiting)
        {
            return [];
        }

        _asked = true;
        return [.. _endpoints];
    }

    /// <summary>The connection id belongs to a session.</summary>
    public void HandOver() => _handedOver = true;

    public void Dispose()
    {
        _dialled.Remove(Handshake.Mac1);
        Handshake.Dispose();
        if (!_handedOver)
        {
            _connections.Release(Handshake.ConnectionId);
        }
    }

    private int Copy(ReadOnlySpan<byte> message1, UdpEndpoint to, Span<byte> destination)
    {
        message1.CopyTo(destination);
        _cookies.Fill(destination[..message1.Length], to);
        return message1.Length;
    }
}
