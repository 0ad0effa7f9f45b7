using System.Collections.Generic;
using System.Linq;

namespace MeshActors.Transport.Streams;

/// <summary>The streams of a tunnel by id: opened here, opened by the peer, forgotten.</summary>
/// <remarks>
/// The peer's streams may appear out of order; one that appears opens all with lower numbers of its lane. A stream is forgotten when both halves are
/// done; frames about it may still come late and mean nothing.
/// </remarks>
internal sealed class StreamTable
{
    private readonly Dictionary<ulong, StreamState> _streams = [];
    private readonly StreamLimits _limits;
    private readonly LaneLimit[] _lanes;
    private readonly ControlQueue _control;
    private readonly StreamEvents _events;
    private readonly WindowGrowth _growth;
    private readonly int _side;
    private StreamState? _lastFound;

    public StreamTable(
        StreamLimits limits,
        int side,
        LaneLimit[] lanes,
        ControlQueue control,
        StreamEvents events,
        WindowGrowth growth)
    {
        _growth = growth;
        _limits = limits;
        _side = side;
        _lanes = lanes;
        _control = control;
        _events = events;
    }

    /// <summary>Streams that are not forgotten.</summary>
    public int Count => _streams.Count;

    /// <summary>All streams, in the order of their ids.</summary>
    public List<StreamState> InOrder() => [.. _streams.Values.OrderBy(stream => stream.Id.Value)];

    /// <summary>Opens a stream here.</summary>
    /// <returns>False when the peer allows no more.</returns>
    public bool TryOpen(StreamLane lane, out StreamState? stream)
    {
        stream = null;
        if (!_lanes[(int)lane].CanOpen)
        {
            return false;
        }

        stream = Add(StreamId.From(lane, _side, _lanes[(int)lane].Open()));
        return true;
    }

    /// <summary>The stream of an id, null when it is forgotten or was never opened.</summary>
    public StreamState? Find(StreamId id)
    {
        if (_lastFound is { IsForgotten: false } last && last.Id == id)
        {
            return last;
        }

        return _lastFound = _streams.GetValueOrDefault(id.Value);
    }

    /// <summary>The stream a frame names, opened by it if need be; null with <see cref="FrameOutcome.Taken"/> when it is forgotten.</summary>
    public FrameOutcome FindForFrame(ulong value, out StreamState? stream)
    {
        var id = new StreamId(value);
        stream = Find(id);
        if (stream is not null)
        {
            return FrameOutcome.Taken;
        }

        if (!id.HasLane)
        {
            return FrameOutcome.UnknownLane;
        }

        var lane = _lanes[(int)id.Lane];
        if (id.Side == _side)
        {
            return id.Number < lane.NextHere ? FrameOutcome.Taken : FrameOutcome.StreamNeverOpened;
        }

        if (id.Number >= lane.Limit)
        {
            return FrameOutcome.TooManyStreams;
        }

        while (lane.NextOfPeer <= id.Number)
        {
            stream = Add(StreamId.From(id.Lane, id.Side, lane.NextOfPeer++));
            _events.Add(StreamEvent.Opened(stream.Id));
        }

        return FrameOutcome.Taken;
    }

    /// <summary>What there is of streams came ahead of the first session.</summary>
    public void HandleEarly()
    {
        foreach (var stream in _streams.Values)
        {
            stream.CameEarly = stream.Receive.HighestEnd > 0;
        }
    }

    public void Forget(StreamState stream)
    {
        stream.IsForgotten = true;
        _growth.HandleForgotten(stream);
        _streams.Remove(stream.Id.Value);
        if (stream.Id.Side == _side)
        {
            return;
        }

        var lane = _lanes[(int)stream.Id.Lane];
        lane.HandleForgotten();
        if (lane.IsLimitDue)
        {
            _control.QueueStreamLimit(stream.Id.Lane);
        }
    }

    /// <summary>Lets go of memory that only traffic needs.</summary>
    public void Trim()
    {
        foreach (var stream in _streams.Values)
        {
            stream.Send.Trim();
            stream.Receive.Trim();
        }
    }

    private StreamState Add(StreamId id)
    {
        var stream = new StreamState(id, _limits.WindowBytes(id.Lane));
        _streams.Add(id.Value, stream);
        if (stream.Receive.IsCreditDue)
        {
            _control.Queue(stream, StreamControl.Credit);
        }

        return stream;
    }
}
