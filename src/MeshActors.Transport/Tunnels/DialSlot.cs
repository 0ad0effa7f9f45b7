using System.Collections.Immutable;
using MeshActors.Transport.Handshake;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The attempt of a tunnel that is under way; one at most.</summary>
internal sealed class DialSlot
{
    public Dial? Current { get; private set; }

    /// <summary>Attempts begun.</summary>
    public int Begun { get; private set; }

    /// <summary>Begins an attempt, in place of one under way.</summary>
    public void Begin(Dial dial)
    {
        End();
        Current = dial;
        Begun++;
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
