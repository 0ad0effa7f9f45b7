using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>The relays that a relay knows: those it forwards to, and those that forward to it. A number once given stays.</summary>
internal sealed class RelayWays
{
    private readonly List<RelayWay> _ways = [];
    private readonly (ushort, MeshAddress)[] _offered = new (ushort, MeshAddress)[RelayLeasedFrame.MaxRelays];

    /// <summary>Finds a relay by its number.</summary>
    public RelayWay? At(ushort index) => index >= 1 && index <= _ways.Count ? _ways[index - 1] : null;

    /// <summary>Finds a relay, or gives it a number; null when all <see cref="RelayLeasedFrame.MaxRelays"/> are given.</summary>
    public RelayWay? Of(MeshAddress relay)
    {
        foreach (var way in _ways)
        {
            if (way.Relay == relay)
            {
                return way;
            }
        }

        if (_ways.Count == RelayLeasedFrame.MaxRelays)
        {
            return null;
        }

        var added = new RelayWay((ushort)(_ways.Count + 1), relay);
        _ways.Add(added);
        return added;
    }

    /// <summary>Those that frames can be forwarded to; valid until the next call.</summary>
    public ReadOnlySpan<(ushort Index, MeshAddress Relay)> Offered()
    {
        var count = 0;
        foreach (var way in _ways)
        {
            if (way.Client is { IsLeased: true })
            {
                _offered[count++] = (way.Index, way.Relay);
            }
        }

        return _offered.AsSpan(0, count);
    }
}
