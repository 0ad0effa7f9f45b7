using System;

namespace MeshActors.Transport.PortMapping;

/// <summary>A request by HTTP that a gateway is to be sent.</summary>
/// <param name="Place">Where; always at the gateway's own address.</param>
/// <param name="Action">The header SOAPACTION; null for a description, which is got and not posted.</param>
/// <param name="Body">What is posted, empty for a description.</param>
internal sealed record UpnpRequest(Uri Place, string? Action, ReadOnlyMemory<byte> Body);
