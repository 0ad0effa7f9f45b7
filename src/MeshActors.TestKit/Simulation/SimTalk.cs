using System;
using System.Collections.Generic;
using MeshActors.Transport.Streams;

namespace MeshActors.TestKit.Simulation;

/// <summary>What one node still has to say on one stream, and what it has said that the other has not heard.</summary>
internal sealed class SimTalk
{
    private const ulong ResetCode = 7;

    /// <summary>Every message that is long enough begins with it: no datagram may show it.</summary>
    public static ReadOnlySpan<byte> Marker => "sixteen in clear"u8;

    /// <summary>Lengths of the messages to come.</summary>
    public Queue<int> ToSend { get; } = new();

    /// <summary>Messages that were accepted and not heard by the other node, in order.</summary>
    public Queue<byte[]> Unheard { get; } = new();

    /// <summary>The node resets the stream when only so many messages are left to send, -1 for never.</summary>
    public int ResetAtLeft { get; set; } = -1;

    public bool IsBlocked { get; set; }

    public bool IsFinished { get; set; }

    /// <summary>Says what it may say now; after the last message it finishes, or resets where it is to.</summary>
    /// <returns>True when anything was said.</returns>
    public bool Say(StreamMux mux, StreamId id, SimRandom random)
    {
        var said = false;
        while (!IsFinished && !IsBlocked)
        {
            if (ToSend.Count == ResetAtLeft)
            {
                mux.Reset(id, ResetCode);
                IsFinished = true;
                return true;
            }

            if (!ToSend.TryPeek(out var length))
            {
                mux.Finish(id);
                IsFinished = true;
                return true;
            }

            var message = new byte[length];
            random.Fill(message);
            if (length >= Marker.Length)
            {
                Marker.CopyTo(message);
            }

            var outcome = mux.Send(id, message);
            if (outcome is SendOutcome.Accepted or SendOutcome.AboveHighWater)
            {
                said = true;
                ToSend.Dequeue();
                Unheard.Enqueue(message);
            }

            IsFinished = outcome == SendOutcome.Closed;
            IsBlocked = outcome is SendOutcome.AboveHighWater or SendOutcome.Refused;
        }

        return said;
    }
}
