namespace MeshActors.Transport.Sockets;

/// <summary>What sockets are and what the system granted them, for logs and statistics.</summary>
/// <param name="Kind">Which way datagrams go.</param>
/// <param name="ReceiveBufferBytes">Least receive buffer of all sockets.</param>
/// <param name="SendBufferBytes">Least send buffer of all sockets.</param>
/// <param name="Fallback">Why it is not the faster kind, where one was tried; else empty.</param>
internal sealed record SocketFacts(
    SocketKind Kind, int ReceiveBufferBytes, int SendBufferBytes, string Fallback = "");
