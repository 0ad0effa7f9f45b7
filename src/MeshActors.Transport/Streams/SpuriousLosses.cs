using System;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Streams;

/// <summary>Packets taken for lost not long ago, to find out when they arrive after all.</summary>
/// <remarks>
/// The newest <see cref="Capacity"/> are remembered; older ones are taken for truly lost. Numbers and ranges are both in order, so one
/// acknowledgement costs one walk over both.
/// </remarks>
internal sealed class SpuriousLosses
{
    private const int Capacity = 128;

    private (ulong Number, uint Order, MonoTime LostAt, bool Arrived)[] _lost = [];
    private int _head;
    private int _count;
    private long _lostInEpisode;
    private long _arrivedInEpisode;
    private MonoTime _episodeStart = new(long.MinValue);

    /// <summary>True when packets are remembered that may still arrive.</summary>
    public bool HasAny => _count > 0;

    /// <summary>Packets that were taken for lost and arrived, since the start.</summary>
    public long Arrived { get; private set; }

    /// <summary>Remembers a loss. Numbers grow within one detection.</summary>
    /// <param name="number">Number of the packet.</param>
    /// <param name="order">Where it stands among the packets of its path.</param>
    /// <param name="sentAt">When it was sent: after the last episode began means another congestion event (RFC 9002, section 7.3.1).</param>
    /// <param name="now">Now.</param>
    public void Add(ulong number, uint order, MonoTime sentAt, MonoTime now)
    {
        if (sentAt > _episodeStart)
        {
            _episodeStart = now;
            _lostInEpisode = 0;
            _arrivedInEpisode = 0;
        }

        _lostInEpisode++;
        if (_lost.Length == 0)
        {
            // Most paths of a quiet tunnel never lose anything, and need no memory for it.
            _lost = new (ulong Number, uint Order, MonoTime LostAt, bool Arrived)[Capacity];
        }
        else if (_count == Capacity)
        {
            Drop();
        }

        _lost[(_head + _count++) % Capacity] = (number, order, now, false);
    }

    /// <summary>Looks for remembered packets in an acknowledgement, and forgets those lost longer ago than some time.</summary>
    /// <param name="ack">The acknowledgement.</param>
    /// <param name="largestOrder">Where the largest acknowledged packet stands among those of the path.</param>
    /// <param name="now">Now.</param>
    /// <param name="memory">How long a late packet is waited for.</param>
    /// <param name="furthest">How far the latest of those that arrived was behind the largest acknowledged packet of its path; 0 when none arrived.</param>
    /// <returns>True when all packets of the last congestion event have arrived, so that it was none.</returns>
    public bool HandleAck(in AckFrame ack, uint largestOrder, MonoTime now, TimeSpan memory, out uint furthest)
    {
        furthest = 0;
        while (_count > 0 && now - _lost[_head].LostAt > memory)
        {
            Drop();
        }

        var before = _arrivedInEpisode;
        var index = _count - 1;
        foreach (var range in ack)
        {
            while (index >= 0 && At(index).Number > range.Largest)
            {
                index--;
            }

            for (; index >= 0 && At(index).Number >= range.Smallest; index--)
            {
                if (Take(ref At(index)))
                {
                    furthest = Math.Max(furthest, unchecked(largestOrder - At(index).Order));
                }
            }
        }

        return _arrivedInEpisode > before && _arrivedInEpisode == _lostInEpisode;
    }

    public void Clear() => _count = 0;

    private bool Take(ref (ulong Number, uint Order, MonoTime LostAt, bool Arrived) lost)
    {
        if (lost.Arrived)
        {
            return false;
        }

        lost.Arrived = true;
        Arrived++;
        _arrivedInEpisode++;
        return true;
    }

    /// <summary>The entry with so many older ones.</summary>
    private ref (ulong Number, uint Order, MonoTime LostAt, bool Arrived) At(int index) => ref _lost[(_head + index) % Capacity];

    private void Drop()
    {
        _head = (_head + 1) % Capacity;
        _count--;
    }
}
