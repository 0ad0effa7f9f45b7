using System;

namespace MeshActors.Transport.Streams;

/// <summary>The sending half of a stream: what is queued, what went into packets, what arrived and what must go again.</summary>
/// <remarks>
/// <see cref="AckedTo"/> ≤ <see cref="SentTo"/> ≤ the end of the queue. A byte below <see cref="SentTo"/> is acknowledged,
/// in flight or lost; lost bytes go first, and need no credit because they used it before. The same bytes may be acknowledged or lost more than once.
/// </remarks>
internal sealed class SendStream
{
    private readonly MessageQueue _queue = new();
    private readonly RangeSet _acked = new();
    private readonly RangeSet _lost = new();
    private bool _finQueued;
    private bool _finSent;
    private bool _finLost;
    private bool _finAcked;

    /// <summary>Everything below is acknowledged.</summary>
    public long AckedTo { get; private set; }

    /// <summary>Everything from here on has never been in a packet.</summary>
    public long SentTo { get; private set; }

    /// <summary>The peer takes bytes below this offset.</summary>
    public long Credit { get; private set; } = StreamLimits.InitialStreamCredit;

    /// <summary>Queued and unacknowledged bytes, as <see cref="MessageQueue.HeldBytes"/> counts them.</summary>
    public long HeldBytes => _queue.HeldBytes;

    /// <summary>Bytes that have never been in a packet.</summary>
    public long UnsentBytes => _queue.End - SentTo;

    /// <summary>True when there is more to send than the peer takes at this time.</summary>
    public bool WaitsForCredit => !IsReset && SentTo >= Credit && SentTo < _queue.End;

    public bool IsFinished => _finQueued;

    /// <summary>True when nothing more will be sent again but for <see cref="IsDone"/>: the stream was reset here.</summary>
    public bool IsReset { get; private set; }

    /// <summary>True when the peer has acknowledged everything and the end, or the reset.</summary>
    public bool IsDone { get; private set; }

    public bool HasLost => !_lost.IsEmpty || _finLost;

    public bool HasNew => !IsReset && (SentTo < Math.Min(_queue.End, Credit) || FinIsNext);

    private bool FinIsNext => _finQueued && !_finSent && SentTo == _queue.End;

    public void Enqueue(ReadOnlyMemory<byte> message) => _queue.Append(message);

    /// <summary>The stream ends after what is queued.</summary>
    public void Finish() => _finQueued = true;

    /// <summary>Raises the credit; a lower value than before says nothing.</summary>
    public void RaiseCredit(long limit) => Credit = Math.Max(Credit, limit);

    /// <summary>Nothing more is sent of the stream but the reset itself.</summary>
    public void Reset()
    {
        IsReset = true;
        _finLost = false;
        _queue.Clear();
        _acked.Clear();
        _lost.Clear();
    }

    /// <summary>The peer knows of the reset.</summary>
    public void HandleResetAcked() => IsDone = true;

    /// <summary>Takes the next lost bytes; only when <see cref="HasLost"/>.</summary>
    /// <param name="most">Most bytes, at least 1.</param>
    public (long Offset, int Length, bool Fin) TakeLost(int most)
    {
        var (start, end) = _lost.IsEmpty ? (SentTo, SentTo) : _lost.TakeFirst(most);
        var fin = _finLost && end == SentTo;
        _finLost &= !fin;
        return (start, (int)(end - start), fin);
    }

    /// <summary>Takes the next bytes that were never sent; only when <see cref="HasNew"/>.</summary>
    /// <param name="most">Most bytes; 0 when the tunnel has no credit, which leaves the end of the stream.</param>
    public (long Offset, int Length, bool Fin) TakeNew(int most)
    {
        var offset = SentTo;
        SentTo = Math.Min(offset + most, Math.Min(_queue.End, Math.Max(Credit, offset)));
        var fin = FinIsNext;
        _finSent |= fin;
        return (offset, (int)(SentTo - offset), fin);
    }

    /// <summary>Lets go of memory that only traffic needs.</summary>
    public void Trim() => _queue.Trim();

    /// <summary>Copies bytes that were taken into a packet.</summary>
    public void CopyTo(Span<byte> destination, long offset) => _queue.CopyTo(destination, offset);

    public void HandleAcked(long offset, int length, bool fin)
    {
        if (IsReset)
        {
            return;
        }

        if (fin)
        {
            _finAcked = true;
            _finLost = false;
        }

        var end = offset + length;
        if (end > AckedTo && length > 0)
        {
            if (!_lost.IsEmpty)
            {
                _lost.Remove(offset, end);
            }

            MarkAcked(offset, end);
        }

        IsDone |= _finAcked && AckedTo == _queue.End;
    }

    /// <summary>The packet with these bytes is lost, or taken for lost.</summary>
    public void HandleLost(long offset, int length, bool fin)
    {
        if (IsReset || IsDone)
        {
            return;
        }

        _finLost |= fin && !_finAcked;
        var start = Math.Max(offset, AckedTo);
        var end = offset + length;
        if (start >= end)
        {
            return;
        }

        _lost.Add(start, end);
        for (var i = 0; i < _acked.Count && _acked[i].Start < end; i++)
        {
            if (_acked[i].End > start)
            {
                _lost.Remove(_acked[i].Start, _acked[i].End);
            }
        }
    }

    private void MarkAcked(long start, long end)
    {
        if (start > AckedTo)
        {
            _acked.Add(start, end);
            return;
        }

        AckedTo = end;
        while (!_acked.IsEmpty && _acked[0].Start <= AckedTo)
        {
            AckedTo = Math.Max(AckedTo, _acked[0].End);
            _acked.TakeFirst(long.MaxValue);
        }

        _queue.ReleaseTo(AckedTo);
    }
}
