namespace MeshActors.Transport.Switching;

/// <summary>How far a side socket is.</summary>
internal enum SideSocketState : byte
{
    /// <summary>Nobody has this number.</summary>
    Free,

    /// <summary>It was asked for; the driver has not said what became of it.</summary>
    Opening,

    /// <summary>It sends and receives.</summary>
    Open,

    /// <summary>As <see cref="Open"/>; it is closed when no path names it.</summary>
    LetGo,

    /// <summary>The driver could not open it; its user is to close it.</summary>
    Failed,

    /// <summary>It was given back; the driver has not been told.</summary>
    Closing,
}
