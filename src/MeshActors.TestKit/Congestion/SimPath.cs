using System;

namespace MeshActors.TestKit.Congestion;

/// <summary>A path through one bottleneck, as congestion control sees it.</summary>
/// <param name="BitsPerSecond">What the bottleneck carries, headers of datagrams not counted.</param>
/// <param name="RoundTrip">Without any queue.</param>
internal sealed record SimPath(double BitsPerSecond, TimeSpan RoundTrip)
{
    /// <summary>A policer's bucket, in time at its rate: what providers give is 10 to 100 ms.</summary>
    private static readonly TimeSpan PolicerBucket = TimeSpan.FromMilliseconds(50);

    /// <summary>How many of a hundred packets chance loses before the bottleneck.</summary>
    public double LossPercent { get; init; }

    /// <summary>How many of a hundred acknowledgements chance loses.</summary>
    public double AckLossPercent { get; init; }

    /// <summary>The buffer before the bottleneck, in products of its rate and the round trip.</summary>
    public double BufferProducts { get; init; } = 1;

    /// <summary>True for a policer: nothing waits, what exceeds the rate and a bucket of 50 ms is dropped.</summary>
    public bool IsPolicer { get; init; }

    /// <summary>Packets that wait longer than this are marked, where they may be; null for a bottleneck that marks none.</summary>
    public TimeSpan? MarksAbove { get; init; }

    /// <summary>True for a path that takes marks off, as some routers do.</summary>
    public bool Bleaches { get; init; }

    /// <summary>True for a path that drops marked packets.</summary>
    public bool DropsMarked { get; init; }

    /// <summary>Each packet takes up to so much longer, in order: what a radio link does.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Timers fire at multiples of this; zero for exact ones.</summary>
    public TimeSpan TimerStep { get; init; }

    /// <summary>Bytes of a full datagram.</summary>
    public int DatagramBytes { get; init; } = 1200;

    public double BytesPerSecond => BitsPerSecond / 8;

    /// <summary>Bandwidth-delay product in bytes.</summary>
    public double Product => BytesPerSecond * RoundTrip.TotalSeconds;

    /// <summary>The buffer in bytes: at least four datagrams, because no device holds less.</summary>
    public double BufferBytes => IsPolicer
        ? BytesPerSecond * PolicerBucket.TotalSeconds
        : Math.Max(4 * DatagramBytes, Product * BufferProducts);
}
