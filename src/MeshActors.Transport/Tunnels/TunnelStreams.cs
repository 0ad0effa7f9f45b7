using System.Collections.Generic;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Tunnels;

/// <summary>The streams' state of one tunnel, and everything that is to be told of it: the state may be replaced, its events are not lost.</summary>
internal sealed class TunnelStreams
{
    private readonly StreamLimits _limits;
    private readonly int _side;
    private readonly IRandomSource _random;
    private readonly Queue<TunnelEvent> _events = new();
    private bool _isOpenUntold;

    public TunnelStreams(StreamLimits limits, bool lowerRoot, IRandomSource random, MonoTime now)
    {
        _limits = limits;
        _side = lowerRoot ? 0 : 1;
        _random = random;
        Mux = new StreamMux(limits, _side, random, now);
    }

    /// <summary>The state now; another object after the peer has forgotten it.</summary>
    public StreamMux Mux { get; private set; }

    public void Tell(in TunnelEvent happened)
    {
        _isOpenUntold &= happened.Kind is not (TunnelEventKind.Failed or TunnelEventKind.Closed);
        _events.Enqueue(happened);
    }

    /// <summary>A session is there: the owner is told once streams may go in it.</summary>
    public void TellOpened() => _isOpenUntold = true;

    /// <summary>Hands out the next event.</summary>
    /// <param name="alive">False when the tunnel is closed: then its streams have nothing more to tell.</param>
    /// <param name="held">Whether streams wait for a direct path.</param>
    /// <param name="happened">The event.</param>
    public bool PollEvent(bool alive, bool held, out TunnelEvent happened)
    {
        if (_isOpenUntold && !held)
        {
            _isOpenUntold = false;
            _events.Enqueue(new TunnelEvent(TunnelEventKind.Opened));
        }

        if (_events.TryDequeue(out happened))
        {
            return true;
        }

        if (!alive || !Mux.PollEvent(out var ofStream))
        {
            return false;
        }

        happened = new TunnelEvent(TunnelEventKind.Stream, Stream: ofStream);
        return true;
    }

    /// <summary>A further session is there: the streams go on in it, or end because the peer has forgotten them.</summary>
    /// <param name="continues">Whether the peer holds the same state still.</param>
    /// <param name="failed">Whether the session before had failed: what it carried may never have arrived.</param>
    /// <param name="now">The present.</param>
    public void HandleSession(bool continues, bool failed, MonoTime now)
    {
        if (continues)
        {
            if (failed)
            {
                Mux.HandleReopened(now);
            }

            return;
        }

        Mux.End(StreamEndReason.PeerRestarted, 0);
        Drain();
        Mux = new StreamMux(_limits, _side, _random, now);
        Tell(new TunnelEvent(TunnelEventKind.StreamsBegun));
    }

    /// <summary>Ends all streams and tells the peer.</summary>
    public void Close(ulong code, string text)
    {
        Mux.Close(code, text);
        Drain();
    }

    /// <summary>Keeps the events of streams that are about to go.</summary>
    /// <returns>What the peer said when it closed the tunnel.</returns>
    public (ulong Code, string Text) Drain()
    {
        var told = (0ul, string.Empty);
        while (Mux.PollEvent(out var happened))
        {
            if (happened.Kind == StreamEventKind.PeerClosed)
            {
                told = (happened.End.Code, happened.Reason ?? string.Empty);
                continue;
            }

            Tell(new TunnelEvent(TunnelEventKind.Stream, Stream: happened));
        }

        return told;
    }
}
