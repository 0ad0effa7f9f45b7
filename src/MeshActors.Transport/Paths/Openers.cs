using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Paths;

/// <summary>Datagrams that are sent to guessed endpoints of a peer, for NATs and firewalls of this side to let in what comes from there.</summary>
/// <remarks>Two rounds, the second a little later, when the peer's first datagrams may have been too early; each round at once, as the ports are given out while it lasts.</remarks>
internal sealed class Openers
{
    private const int Rounds = 2;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly List<UdpEndpoint> _guesses = [];
    private int _next;
    private int _round;
    private MonoTime _at;

    /// <summary>When <see cref="Poll"/> has something to hand out; null when there is nothing left.</summary>
    public MonoTime? NextTimeout => _round < Rounds && _guesses.Count > 0 ? _at : null;

    /// <summary>Takes new guesses in place of those before.</summary>
    public void Begin(ReadOnlySpan<UdpEndpoint> guesses, MonoTime now)
    {
        _guesses.Clear();
        _guesses.AddRange(guesses);
        _next = 0;
        _round = 0;
        _at = now;
    }

    /// <summary>Nothing is to be opened any more.</summary>
    public void End() => _guesses.Clear();

    /// <summary>Hands out where the next one goes.</summary>
    public bool Poll(out UdpEndpoint to, MonoTime now)
    {
        to = default;
        if (NextTimeout is not { } due || now < due)
        {
            return false;
        }

        to = _guesses[_next++];
        if (_next == _guesses.Count)
        {
            _next = 0;
            _round++;
            _at = now + Pause;
        }

        return true;
    }
}
