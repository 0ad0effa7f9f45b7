using System;

namespace MeshActors.Transport.Congestion;

/// <summary>What every controller begins with, and bounds of its window, in bytes.</summary>
internal static class CongestionBounds
{
    /// <summary>Datagrams of this size pass every path.</summary>
    public const int FirstDatagramBytes = 1200;

    /// <summary>What is assumed before the first sample: less than RFC 9002's 333 ms, because the handshake has just made a round trip.</summary>
    public static readonly TimeSpan FirstRoundTrip = TimeSpan.FromMilliseconds(200);

    /// <summary>No window grows beyond this: enough for 10 Gbit/s at 400 ms; how many packets are remembered has a bound of its own.</summary>
    public const long MostWindow = 512L * 1024 * 1024;

    /// <summary>kInitialWindow of RFC 9002, section 7.2.</summary>
    public static int InitialWindow(int datagramBytes) => Math.Min(10 * datagramBytes, Math.Max(14_720, 2 * datagramBytes));

    /// <summary>kMinimumWindow of RFC 9002, section 7.2.</summary>
    public static int MinimumWindow(int datagramBytes) => 2 * datagramBytes;
}
