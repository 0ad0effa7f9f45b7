using System.Collections.Generic;

namespace MeshActors.TestKit.Simulation;

/// <summary>What one node still has to say on one stream, and what it has said that the other has not heard.</summary>
internal sealed class SimTalk
{
    /// <summary>Lengths of the messages to come.</summary>
    public Queue<int> ToSend { get; } = new();

    /// <summary>Messages that were accepted and not heard by the other node, in order.</summary>
    public Queue<byte[]> Unheard { get; } = new();

    /// <summary>The node resets the stream when only so many messages are left to send, -1 for never.</summary>
    public int ResetAtLeft { get; set; } = -1;

    public bool IsBlocked { get; set; }

    public bool IsFinished { get; set; }
}
