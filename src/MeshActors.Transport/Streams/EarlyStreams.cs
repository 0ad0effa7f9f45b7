using System;
using System.Collections.Generic;

namespace MeshActors.Transport.Streams;

/// <summary>Streams whose first bytes may go ahead of the first session, in the message that asks for it, and what of them did.</summary>
/// <remarks>
/// What went ahead is no packet: it has no number and no acknowledgement. The answer to that message says whether it was taken; else
/// its bytes are lost, and go with the first packet. Which was taken twice is known by its offset, as with any bytes of a stream.
/// </remarks>
internal sealed class EarlyStreams
{
    /// <summary>Streams at most; further ones wait for the session.</summary>
    public const int Max = 16;

    private readonly List<StreamState> _streams = [];
    private readonly List<SentFrame> _sent = [];
    private bool _isOver;

    /// <summary>The stream may go ahead, as long as there was no session.</summary>
    public void Add(StreamState stream)
    {
        if (!_isOver && _streams.Count < Max)
        {
            _streams.Add(stream);
        }
    }

    /// <summary>Writes what may go ahead; all that did before must be settled.</summary>
    /// <returns>Bytes written.</returns>
    public int Write(Span<byte> destination, StreamScheduler scheduler)
    {
        var written = 0;
        foreach (var stream in _streams)
        {
            written += scheduler.WriteAhead(destination[written..], stream, _sent);
        }

        return written;
    }

    /// <summary>Says what became of what went ahead.</summary>
    /// <param name="taken">The peer has it.</param>
    /// <param name="isLast">There is a session: nothing goes ahead any more.</param>
    /// <param name="fates">Told of each frame.</param>
    public void Settle(bool taken, bool isLast, FrameFates fates)
    {
        foreach (var frame in _sent)
        {
            if (taken)
            {
                fates.HandleAcked(frame);
            }
            else
            {
                fates.HandleLost(frame);
            }
        }

        _sent.Clear();
        _isOver |= isLast;
        if (_isOver)
        {
            _streams.Clear();
        }
    }
}
