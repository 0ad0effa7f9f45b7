using System;

namespace MeshActors.Transport.Nodes;

/// <summary>How a request is sent.</summary>
public sealed record RequestOptions
{
    /// <summary>What counts when nothing is said.</summary>
    public static RequestOptions Default { get; } = new();

    /// <summary>
    /// Longest wait for the reply, or for each part of it when it is streamed; more than zero, at most a day, by default 30 s, or
    /// <see cref="System.Threading.Timeout.InfiniteTimeSpan"/>. Then the request is given up at both ends.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Zero, less, or more than a day.</exception>
    public TimeSpan Timeout
    {
        get;
        init
        {
            if (value != System.Threading.Timeout.InfiniteTimeSpan)
            {
                ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(value, TimeSpan.Zero);
                ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromDays(1));
            }

            field = value;
        }
    } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// True when the peer may do the request twice without harm; false by default. Such a request, when it is short and sent before the tunnel's first session,
    /// goes along with the first message of the handshake, half a round trip earlier. Who records that message can have it delivered once more, and it
    /// is not forward secret.
    /// </summary>
    public bool Idempotent { get; init; }
}
