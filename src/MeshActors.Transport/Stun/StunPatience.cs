using System;

namespace MeshActors.Transport.Stun;

/// <summary>How often a question is sent and how long its answer is waited for (RFC 8489, section 6.2.1).</summary>
/// <param name="InitialTimeout">Wait after the first send (RTO); doubles after each.</param>
/// <param name="MaxSends">Sends in total (Rc), 1 to 16.</param>
/// <param name="FinalWaitFactor">Initial timeouts to wait after the last send (Rm), 1 to 64.</param>
internal readonly record struct StunPatience(TimeSpan InitialTimeout, int MaxSends, int FinalWaitFactor)
{
    /// <summary>The values of the RFC: sent for 31.5 s, given up after 39.5 s.</summary>
    public static StunPatience Standard { get; } = new(TimeSpan.FromMilliseconds(500), 7, 16);

    /// <summary>Where silence is an expected answer, as behind a NAT that filters: sent at 0, 0.5 and 1.5 s, given up after 2.5 s.</summary>
    public static StunPatience Short { get; } = new(TimeSpan.FromMilliseconds(500), 3, 2);
}
