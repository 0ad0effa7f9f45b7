namespace MeshActors.Transport.Wire;

/// <summary>From which public ports a node's datagrams to a peer come that it has not sent to. The numbers are on the wire.</summary>
internal enum PunchPattern : byte
{
    /// <summary>Not known.</summary>
    Unknown = 0,

    /// <summary>From the one that relays see, whomever they go to.</summary>
    Fixed = 1,

    /// <summary>Each new one from the last port plus a step.</summary>
    Counting = 2,

    /// <summary>Each new one from any port of a block.</summary>
    Scattered = 3,
}
