namespace MeshActors.Benchmarks.Messages;

/// <summary>What one serializer did in a turn, or the medians of its turns.</summary>
/// <param name="Kind"><c>turn</c> or <c>median</c>.</param>
/// <param name="Name"><c>catalogue</c>, or <c>default</c> for what Akka takes where nothing was said.</param>
/// <param name="WritesPerSecond">Messages written by one thread.</param>
/// <param name="ReadsPerSecond">Messages read by one thread.</param>
/// <param name="Bytes">Length of a message.</param>
/// <param name="WriteAllocatedBytes">Managed memory asked for to write one.</param>
/// <param name="ReadAllocatedBytes">Managed memory asked for to read one.</param>
internal sealed record MessagesLine(
    string Kind,
    string Name,
    double WritesPerSecond,
    double ReadsPerSecond,
    int Bytes,
    double WriteAllocatedBytes,
    double ReadAllocatedBytes);

/// <summary>The last line: the catalogue's figures by those of the default.</summary>
internal sealed record MessagesSummary(
    string Kind, string Bench, bool Pass, double WritesVsDefault, double ReadsVsDefault, double BytesVsDefault);
