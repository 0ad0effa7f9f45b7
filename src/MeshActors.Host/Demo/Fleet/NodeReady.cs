namespace MeshActors.Host.Demo.Fleet;

/// <summary>The one line a process of the demo prints on standard output, once it works.</summary>
/// <param name="Name">As in its <see cref="NodeSpec"/>.</param>
/// <param name="Address">Its mesh address.</param>
/// <param name="Root">Its root key, base32.</param>
/// <param name="Endpoint">Loopback address and UDP port it is bound to.</param>
internal sealed record NodeReady(string Name, string Address, string Root, string Endpoint);
