namespace MeshActors.Transport.Congestion;

/// <summary>What <see cref="Bbr"/> multiplies the path's bandwidth and its product by.</summary>
internal static class BbrGains
{
    /// <summary>4 ln 2: the least rate that doubles what is delivered in each round.</summary>
    public const double Startup = 2.77;

    public const double Drain = 1 / Startup;

    public const double Down = 0.75;

    public const double Window = 2;

    /// <summary>While others keep the queue full, the window must hold a part of it.</summary>
    public const double OthersWindow = 2.5;

    public const double ProbeRoundTrip = 0.5;

    /// <summary>What is left of the bytes in flight after loss (RFC 9438, section 4.6).</summary>
    public const double Decrease = 0.7;

    /// <summary>What is left of them after a mark (RFC 8511).</summary>
    public const double MarkDecrease = 0.85;

    /// <summary>The part of the known chance that is made up for in cruise: with less than all of it, loss that less sending mends is found out not to be chance.</summary>
    public const double CruiseChance = 0.8;
}
