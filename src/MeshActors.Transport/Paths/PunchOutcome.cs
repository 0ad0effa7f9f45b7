namespace MeshActors.Transport.Paths;

/// <summary>What has come of the ladder for a tunnel: why its traffic is still relayed, where it is.</summary>
internal enum PunchOutcome
{
    /// <summary>Nothing was asked of it: the path is direct, or not enough is known of both sides yet.</summary>
    NotTried,

    /// <summary>An attempt waits for its turn, or for the peer to propose it.</summary>
    Waiting,

    /// <summary>An attempt is under way.</summary>
    UnderWay,

    /// <summary>The last attempt brought a direct path.</summary>
    Found,

    /// <summary>No technique fits the NATs before both, or all that fit were tried.</summary>
    NothingFits,

    /// <summary>Nothing of the peer came through.</summary>
    NothingCame,

    /// <summary>The peer does not answer: it does not know the frame.</summary>
    NotAnswered,

    /// <summary>The peer refused.</summary>
    Refused,

    /// <summary>This node could not foretell its own port.</summary>
    NotForetold,

    /// <summary>This node has no sockets left for it.</summary>
    NoSockets,

    /// <summary>This node's owner does not want it.</summary>
    SwitchedOff,

    /// <summary>The peer is not of this node's fleet: guessed ports are aimed at for members alone.</summary>
    NotTrusted,
}
