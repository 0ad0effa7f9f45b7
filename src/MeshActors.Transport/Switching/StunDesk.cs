using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Switching;

/// <summary>The STUN server of a relay, on the socket of its tunnels: tells whoever asks from where it is seen.</summary>
internal sealed class StunDesk
{
    /// <summary>Answers that wait to be sent; a question beyond gets none, and is asked again.</summary>
    public const int MostWaiting = 64;

    private readonly StunServer _server = new(new StunServerSettings { TakesResponsePort = true });
    private readonly Queue<(UdpEndpoint To, byte[] Answer)> _waiting = new();
    private readonly byte[] _buffer = new byte[StunMessage.MaxSize];

    /// <summary>Takes a datagram that looks like STUN; what is no question of a kind that is answered changes nothing.</summary>
    public void HandleDatagram(UdpEndpoint from, ReadOnlySpan<byte> datagram, MonoTime now)
    {
        if (_waiting.Count < MostWaiting
            && _server.HandleDatagram(StunSocket.Primary, from, datagram, now, _buffer, out var answer) == StunVerdict.Answered)
        {
            _waiting.Enqueue((answer.To, _buffer[..answer.Length]));
        }
    }

    /// <summary>Hands out the next answer.</summary>
    /// <returns>Its length, 0 when there is none.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to)
    {
        to = default;
        if (!_waiting.TryDequeue(out var next))
        {
            return 0;
        }

        to = next.To;
        next.Answer.CopyTo(destination);
        return next.Answer.Length;
    }
}
