namespace MeshActors.Transport.Switching;

/// <summary>What the driver is to do with a side socket.</summary>
/// <param name="Number">Its number, 0 to <see cref="SideSockets.Most"/> − 1.</param>
/// <param name="Open">True to open it at any free port of IPv4, false to close it; closing one that is not open does nothing.</param>
internal readonly record struct SocketOrder(int Number, bool Open);
