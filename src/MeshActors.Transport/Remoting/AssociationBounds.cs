using System;

namespace MeshActors.Transport.Remoting;

/// <summary>How much one association takes.</summary>
/// <param name="MaximumPayloadBytes">Longest payload that Akka may write, bytes.</param>
/// <param name="HighWaterMark">Bytes of payloads that may wait for the stream before further ones are refused.</param>
/// <param name="LargeBeside">Whether large payloads go beside the others.</param>
internal sealed record AssociationBounds(int MaximumPayloadBytes, int HighWaterMark, bool LargeBeside = true)
{
    /// <summary>On a slower path than 128 kbit/s the longest payload would come late.</summary>
    private const int LeastBytesPerSecond = 16 * 1024;

    /// <summary>How long messages wait while nothing comes that they wait for: a minute for outages, and the time that the longest payload takes at 16 KiB/s. With the default payload 316 s.</summary>
    public TimeSpan LargePatience => TimeSpan.FromSeconds(60 + (MaximumPayloadBytes / LeastBytesPerSecond));
}
