namespace MeshActors.Transport.Congestion;

/// <summary>What the loss of some rounds was.</summary>
internal enum LossVerdict
{
    /// <summary>Too few packets to say.</summary>
    Undecided,

    /// <summary>Not more than chance takes.</summary>
    Borne,

    /// <summary>Too much was sent.</summary>
    Congestion,

    /// <summary>Less was sent and as much was lost: it was not for sending too much.</summary>
    Chance,
}
