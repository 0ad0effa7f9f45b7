using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>Which verified datagrams of an attempt count: each number once, from two sources at most.</summary>
/// <remarks>
/// Whoever hears one of them can send it again from any source, so a number counts once. Where both sides foretell well many come at once, each from another port: two are enough,
/// and the second only when the first has brought nothing for a while.
/// </remarks>
internal sealed class PunchHits
{
    private const int MostSources = 2;
    private const int MostOfSource = 3;
    private const int Numbers = 4_096;

    private static readonly TimeSpan FirstAlone = TimeSpan.FromMilliseconds(250);

    private readonly List<(UdpEndpoint Source, int Count)> _sources = [];
    private readonly ulong[] _seen = new ulong[Numbers / 64];
    private MonoTime _firstAt;

    /// <summary>Verified datagrams.</summary>
    public int Count { get; private set; }

    /// <summary>Counts a verified datagram.</summary>
    /// <returns>True when its source is to be challenged.</returns>
    public bool Take(UdpEndpoint source, ushort number, MonoTime now)
    {
        if (number >= Numbers || (_seen[number / 64] & (1ul << (number % 64))) != 0)
        {
            return false;
        }

        _seen[number / 64] |= 1ul << (number % 64);
        _firstAt = Count++ == 0 ? now : _firstAt;
        var index = _sources.FindIndex(known => known.Source == source);
        if (index < 0)
        {
            if (_sources.Count == MostSources || (_sources.Count > 0 && now - _firstAt < FirstAlone))
            {
                return false;
            }

            _sources.Add((source, 1));
            return true;
        }

        _sources[index] = (source, _sources[index].Count + 1);
        return _sources[index].Count <= MostOfSource;
    }
}
