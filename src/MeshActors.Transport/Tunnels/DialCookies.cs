using System;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Tunnels;

/// <summary>The cookies that the endpoints of one attempt have asked for, and the copies that are owed for them at once (docs/protocol.md 3.4).</summary>
internal sealed class DialCookies
{
    /// <summary>Cookies taken in one attempt: each is answered by a copy, so whoever replays them gets no more than this.</summary>
    public const int Max = 16;

    private readonly IReadOnlyCollection<UdpEndpoint> _endpoints;
    private readonly Dictionary<UdpEndpoint, byte[]> _cookies = [];
    private readonly Queue<UdpEndpoint> _owed = new();
    private int _taken;

    /// <param name="endpoints">Where copies go; may grow.</param>
    public DialCookies(IReadOnlyCollection<UdpEndpoint> endpoints)
    {
        _endpoints = endpoints;
    }

    /// <summary>Takes a cookie reply off the network; a later one counts more than an earlier one.</summary>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? Handle(ReadOnlySpan<byte> reply, UdpEndpoint from, InitiatorHandshake handshake)
    {
        if (_taken == Max)
        {
            return DropReason.LimitReached;
        }

        var cookie = new byte[CookieReply.CookieSize];
        if (handshake.ReadCookie(reply, cookie) is { } refused)
        {
            return refused;
        }

        _taken++;
        if (_endpoints.Contains(from))
        {
            Owe(from, cookie);
            return null;
        }

        // A peer with several addresses may answer from one that was not dialled.
        foreach (var endpoint in _endpoints)
        {
            Owe(endpoint, cookie);
        }

        return null;
    }

    /// <summary>Hands out where a copy is owed.</summary>
    public bool PollOwed(out UdpEndpoint endpoint) => _owed.TryDequeue(out endpoint);

    /// <summary>Fills the cookie field of a copy for an endpoint: mac2 when it asked for one, else zeros.</summary>
    public void Fill(Span<byte> message1, UdpEndpoint endpoint)
    {
        if (_cookies.TryGetValue(endpoint, out var cookie))
        {
            CookieSecrets.WriteMac2(cookie, message1);
        }
    }

    private void Owe(UdpEndpoint endpoint, byte[] cookie)
    {
        _cookies[endpoint] = cookie;
        if (!_owed.Contains(endpoint))
        {
            _owed.Enqueue(endpoint);
        }
    }
}
