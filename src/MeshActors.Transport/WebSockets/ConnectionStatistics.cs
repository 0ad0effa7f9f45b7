namespace MeshActors.Transport.WebSockets;

/// <summary>What went over connections since the node began.</summary>
/// <param name="Open">Connections that are open now, either way.</param>
/// <param name="Opened">Connections to relays that this node opened.</param>
/// <param name="Accepted">Connections of others that were set up.</param>
/// <param name="Refused">Connections of others that were one too many.</param>
/// <param name="Failed">Connections of others that were not set up: no TLS 1.3, no proper upgrade, too slow; and of this node's own.</param>
/// <param name="DatagramsSent">Datagrams that left.</param>
/// <param name="BytesSent">Bytes of them.</param>
/// <param name="DatagramsDropped">Datagrams that could not wait, or whose connection was gone.</param>
/// <param name="DatagramsReceived">Datagrams that came.</param>
/// <param name="BytesReceived">Bytes of them.</param>
internal readonly record struct ConnectionStatistics(
    long Open,
    long Opened,
    long Accepted,
    long Refused,
    long Failed,
    long DatagramsSent,
    long BytesSent,
    long DatagramsDropped,
    long DatagramsReceived,
    long BytesReceived);
