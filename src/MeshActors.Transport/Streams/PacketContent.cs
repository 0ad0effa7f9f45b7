namespace MeshActors.Transport.Streams;

/// <summary>What may go into the next packet beside an acknowledgement.</summary>
internal enum PacketContent
{
    None,

    /// <summary>Streams of the control lane: there is room in the window, but the pacer holds bulk back.</summary>
    Control,

    /// <summary>Streams of the control lane, out of their reserve: the window is full.</summary>
    ControlBeyondWindow,

    All,
}
