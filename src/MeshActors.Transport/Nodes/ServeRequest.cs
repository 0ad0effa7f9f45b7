using System;
using System.Collections.Generic;
using System.Threading;

namespace MeshActors.Transport.Nodes;

/// <summary>Answers one request of a peer, part by part; as a rule an async iterator.</summary>
/// <remarks>
/// Runs on the thread pool, for several requests at once. Each part, 1 byte to 16 MiB, goes out as it comes; the iterator waits while the
/// peer does not take more. One part is the reply of <see cref="PeerTunnel.SendAsync"/>; none is an empty reply. What it throws ends the
/// request at the peer as <see cref="PeerTunnelError.HandlerFailed"/>, and is told to <see cref="TunnelNodeOptions.OnFault"/>.
/// </remarks>
/// <param name="request">Who asks and what.</param>
/// <param name="cancellation">Cancelled when the peer has given the request up, its tunnel ends, or the node stops.</param>
/// <returns>The parts, whose memory must not change after they were handed out.</returns>
public delegate IAsyncEnumerable<ReadOnlyMemory<byte>> ServeRequest(TunnelRequest request, CancellationToken cancellation);
