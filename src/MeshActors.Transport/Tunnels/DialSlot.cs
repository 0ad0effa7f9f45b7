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

    /// <summary>Ends the attempt when its time is over.</summary>
    /// <returns>True when it was.</returns>
    public bool HandleTimeout(MonoTime now)
    {
        if (Current is not { } dial)
        {
            return false;
        }

        dial.Handshake.HandleTimeout(now);
        if (dial.Handshake.State != InitiatorState.TimedOut)
        {
            return false;
        }

        End();
        return true;
    }
}
