using System;
using System.Collections.Generic;
using System.Net;
using MeshActors.LinkLab.Linux;

namespace MeshActors.NatLab;

/// <summary>A host that tries to reach another one by plain datagrams, with what servers told both of them.</summary>
internal sealed class PlainPeer : IDisposable
{
    private const int LargestStep = 16;

    /// <summary>Ways within one machine take less than a millisecond, but a busy one may put a packet off.</summary>
    private static readonly TimeSpan RoundPatience = TimeSpan.FromMilliseconds(100);

    private readonly NetworkNamespace _place;
    private readonly LabSocket _server;
    private readonly LabSocket _talk;
    private readonly byte _own;
    private readonly byte[] _buffer = new byte[64];
    private readonly List<IPEndPoint> _heard = [];
    private byte _samples;

    /// <param name="place">Where it is.</param>
    /// <param name="server">Who tells it where it is seen; it may use the server's socket.</param>
    /// <param name="own">What its datagrams carry, another byte than the other's.</param>
    public PlainPeer(NetworkNamespace place, LabSocket server, byte own)
    {
        _place = place;
        _server = server;
        _own = own;
        _talk = LabSocket.Open(place);
    }

    /// <summary>In how many rounds anything came from the other.</summary>
    public int RoundsHeard { get; private set; }

    /// <summary>Where the next packet from its socket will be seen to come from, as far as two samples tell.</summary>
    /// <returns>Null when no UDP gets out. Where the port cannot be foretold, the address is right.</returns>
    public IPEndPoint? Foretell()
    {
        if (Sample() is not { } first || Sample() is not { } second)
        {
            return null;
        }

        var step = second.Seen.Port - first.Seen.Port;
        var port = second.Seen.Port == second.Own ? _talk.Local.Port
            : step is >= 1 and <= LargestStep ? second.Seen.Port + step
            : second.Seen.Port;
        return new IPEndPoint(second.Seen.Address, port);
    }

    /// <summary>Sends to a target, and to all it has heard from.</summary>
    public void Send(IPEndPoint target)
    {
        _talk.TrySend(target, [_own]);
        foreach (var from in _heard)
        {
            _talk.TrySend(from, [_own]);
        }
    }

    /// <summary>Hears what has come, and waits for a little if nothing has.</summary>
    public void Hear()
    {
        LabSocket.Wait([_talk], RoundPatience);
        var heard = false;
        while (_talk.TryReceive(_buffer, out var length, out var from))
        {
            if (length == 1 && _buffer[0] != _own)
            {
                heard = true;
                if (!_heard.Contains(from))
                {
                    _heard.Add(from);
                }
            }
        }

        RoundsHeard += heard ? 1 : 0;
    }

    public void Dispose() => _talk.Dispose();

    private (IPEndPoint Seen, int Own)? Sample()
    {
        // A tag of its own each time, so that one that comes late is not taken for the next.
        _samples += 2;
        using var socket = LabSocket.Open(_place);
        return socket.Reach(_server.Local, _server, (byte)(_own + _samples)) is { } seen ? (seen, socket.Local.Port) : null;
    }
}
