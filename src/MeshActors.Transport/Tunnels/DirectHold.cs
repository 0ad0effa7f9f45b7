using System;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>Holds the streams of a tunnel back while it goes over a relay and one of both sides wants no relay to carry them; says when that has lasted too long.</summary>
/// <remarks>Each time the direct path is lost the time begins anew. What finds a direct path is never held back.</remarks>
internal sealed class DirectHold
{
    /// <summary>Endpoints that were told get their first round of challenges even when both sides say that nothing comes of it.</summary>
    private static readonly TimeSpan FirstRound = TimeSpan.FromSeconds(2);

    private readonly TimeSpan _timeout;
    private MonoTime? _heldUntil;
    private bool _isImpossible;

    /// <param name="timeout">How long streams wait.</param>
    public DirectHold(TimeSpan timeout)
    {
        _timeout = timeout;
    }

    /// <summary>Whether one of both sides wants no relay to carry streams.</summary>
    public bool IsDirectOnly { get; set; }

    /// <summary>True while streams wait.</summary>
    public bool Holds => _heldUntil is not null;

    /// <summary>When <see cref="IsOverdue"/> becomes true, null while nothing waits.</summary>
    public MonoTime? NextTimeout => _heldUntil;

    /// <summary>True for endpoints behind a relay, over which this tunnel may carry no stream.</summary>
    public bool Forbids(in UdpEndpoint endpoint) => IsDirectOnly && RelayedEndpoint.TryRead(endpoint, out _, out _);

    /// <summary>Takes which endpoint is in use.</summary>
    /// <returns>True when streams have to wait.</returns>
    public bool Follow(in UdpEndpoint inUse, MonoTime now)
    {
        _heldUntil = Forbids(inUse) ? _heldUntil ?? now + (_isImpossible && FirstRound < _timeout ? FirstRound : _timeout) : null;
        return Holds;
    }

    /// <summary>One of both sides says that UDP is blocked before it: a direct path cannot be.</summary>
    public void HandleImpossible(MonoTime now)
    {
        if (!_isImpossible)
        {
            _isImpossible = true;
            _heldUntil = Holds ? MonoTime.Earliest(_heldUntil, now + FirstRound) : null;
        }
    }

    /// <summary>Every endpoint was challenged in vain, and no port is left to be guessed: waiting brings nothing.</summary>
    public void HandleHopeless(MonoTime now) => _heldUntil = Holds ? MonoTime.Earliest(_heldUntil, now) : null;

    /// <summary>The tunnel has no session any more: whoever brings it back begins anew.</summary>
    public void Release() => _heldUntil = null;

    /// <summary>True when streams have waited for too long.</summary>
    public bool IsOverdue(MonoTime now) => _heldUntil <= now;
}
