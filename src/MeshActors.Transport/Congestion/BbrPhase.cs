namespace MeshActors.Transport.Congestion;

/// <summary>What a <see cref="Bbr"/> is doing.</summary>
internal enum BbrPhase
{
    /// <summary>Doubles its rate each round until the path does not deliver more.</summary>
    Startup,

    /// <summary>Lets the queue go that startup made.</summary>
    Drain,

    /// <summary>Sends as fast as the path delivers.</summary>
    Cruise,

    /// <summary>Sends a little faster for a round trip, to see whether the path delivers more.</summary>
    Up,

    /// <summary>Lets the queue go that probing made.</summary>
    Down,

    /// <summary>Sends little for a moment, to see the round trip without a queue.</summary>
    ProbeRoundTrip,
}
