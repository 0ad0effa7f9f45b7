namespace MeshActors.Transport.Congestion;

/// <summary>Decides how many bytes may be in flight, and how fast they leave.</summary>
/// <remarks>
/// The chapter's head. The streams' recovery finds out what happened to packets and tells it as facts, once for each acknowledgement and not for each
/// packet; a controller makes a model of the path from them and nothing else: it knows no packets, no timers and no clock.
/// For one acknowledgement the facts come in this order: losses found with it, marks it told, then what it acknowledged.
/// </remarks>
internal interface ICongestionController
{
    /// <summary>Most bytes in flight.</summary>
    long WindowBytes { get; }

    /// <summary>Bytes a second that leave on average, at most; more than 0.</summary>
    double PacingRate { get; }

    /// <summary>The largest datagram that is sent, other than probes for a larger one; told when it changes.</summary>
    void HandleDatagramSize(int bytes);

    /// <summary>A packet that asks for an acknowledgement was sent.</summary>
    void HandleSent(in SentFact sent);

    /// <summary>Packets that were in flight are acknowledged.</summary>
    void HandleAcked(in AckedFact acked);

    /// <summary>Packets are lost, for another reason than their size.</summary>
    void HandleLost(in LostFact lost);

    /// <summary>Routers marked packets as having met congestion (RFC 3168).</summary>
    void HandleMarked(in MarkedFact marked);

    /// <summary>All that was taken for lost since the last congestion event did arrive: the event was none (RFC 9438, section 4.9).</summary>
    void HandleSpuriousLoss();
}
