namespace MeshActors.Transport.Switching;

/// <summary>What the punching of a node has come to.</summary>
internal sealed class PunchCounters
{
    /// <summary>Attempts that this node proposed.</summary>
    public long Proposed { get; set; }

    /// <summary>Attempts of others that it took part in.</summary>
    public long Answered { get; set; }

    /// <summary>Attempts of others that it refused.</summary>
    public long Refused { get; set; }

    /// <summary>Attempts that brought a direct path.</summary>
    public long Found { get; set; }

    /// <summary>Attempts in which both sides sent and that brought none.</summary>
    public long Failed { get; set; }

    /// <summary>Punch datagrams sent.</summary>
    public long Sent { get; set; }

    /// <summary>Punch datagrams that verified.</summary>
    public long Verified { get; set; }
}
