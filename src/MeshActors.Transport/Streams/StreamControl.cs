using System;

namespace MeshActors.Transport.Streams;

/// <summary>Frames about one stream, beside its bytes.</summary>
[Flags]
internal enum StreamControl : byte
{
    None = 0,

    /// <summary>RESET_STREAM.</summary>
    Reset = 1,

    /// <summary>STOP_SENDING.</summary>
    StopSending = 2,

    /// <summary>MAX_STREAM_DATA.</summary>
    Credit = 4,
}
