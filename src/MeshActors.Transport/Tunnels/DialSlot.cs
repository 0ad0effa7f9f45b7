using System;
using System.Collections.Immutable;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The attempt of a tunnel that is under way; one at most.</summary>
internal sealed class DialSlot
{
    /// <summary>The peer accepted timestamps of this node up to that one: its clock was further ahead then. The peer's word counts for attempts at itself alone.</summary>
    private ulong _floor;

    private bool _isAgain;
    private bool _wasAgain;

    public Dial? Current { get; private set; }

    /// <summary>Attempts begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Begins an attempt, in place of one under way.</summary>
    public void Begin(Dial dial)
    {
        End();
        Current = dial;
        Begun++;
        (_wasAgain, _isAgain) = (_isAgain, false);
    }

    /// <summary>The timestamp of the next attempt.</summary>
    /// <param name="own">What the clock says.</param>
    public ulong Above(ulong own) => own > _floor ? own : ++_floor;

    /// <summary>The peer says that it accepted a later timestamp before than that of the attempt under way.</summary>
    /// <param name="last">That one.</param>
    /// <returns>True when another attempt is to take the place of this one, in the same context; false when this one did so already: then it goes on until its time is over.</returns>
    public bool HandleOutdated(ulong last)
    {
        _floor = Math.Max(_floor, last);
        if (_wasAgain)
        {
            return false;
        }

        _isAgain = true;
        Begun--;
        return true;
    }

    /// <summary>Gives the attempt under way up.</summary>
    public void End()
    {
        Current?.Dispose();
        Current = null;
    }

    /// <summary>Versions that the peer named when it could not answer the last attempt that timed out; empty when it named none.</summary>
    public ImmutableArray<byte> PeerVersions { get; private set; } = [];

    /// <summary>Ends the attempt when its time is over.</summary>
    /// <returns>Why nothing came of it, or null when it was not over.</returns>
    public TunnelFailure? HandleTimeout(MonoTime now)
    {
        if (Current is not { } dial)
        {
            return null;
        }

        dial.Handshake.HandleTimeout(now);
        if (dial.Handshake.State != InitiatorState.TimedOut)
        {
            return null;
        }

        PeerVersions = dial.Handshake.ResponderVersions;
        End();
        return PeerVersions.IsEmpty ? TunnelFailure.HandshakeTimeout : TunnelFailure.UnsupportedVersion;
    }
}
