namespace MeshActors.Transport.Sockets;

/// <summary>Ways of moving datagrams.</summary>
internal enum SocketKind
{
    /// <summary>The fastest that this system has.</summary>
    Auto,

    /// <summary>Runs of datagrams by the calls of Linux 5.0 and later.</summary>
    Linux,

    /// <summary>One call for each datagram, on every system.</summary>
    Portable,

    /// <summary>Within one process.</summary>
    Memory,
}
