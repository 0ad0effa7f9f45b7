using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using MeshActors.Transport.Addressing;

namespace MeshActors.TestKit.Memory;

/// <summary>The wire between <see cref="MemorySockets"/> of one process: which endpoint is whose, and how large a datagram may be.</summary>
internal sealed class MemoryNetwork
{
    private const ushort FirstPort = 49_152;

    private readonly ConcurrentDictionary<UdpEndpoint, MemorySockets> _bound = new();

    /// <summary>Largest datagram that gets through, in bytes; a larger one is refused to its sender, with its whole run.</summary>
    public int LargestDatagram { get; init; } = 65_507;

    /// <summary>Binds endpoints; port 0 picks a free port.</summary>
    /// <exception cref="System.InvalidOperationException">An endpoint is taken.</exception>
    public MemorySockets Bind(params UdpEndpoint[] endpoints)
    {
        var sockets = new MemorySockets(this, [.. endpoints.Select(WithPort)]);
        foreach (var endpoint in sockets.LocalEndpoints)
        {
            if (!_bound.TryAdd(endpoint, sockets))
            {
                throw new System.InvalidOperationException($"{endpoint} is taken.");
            }
        }

        return sockets;
    }

    /// <summary>Who has an endpoint, null when nobody does.</summary>
    public MemorySockets? Find(in UdpEndpoint endpoint) => _bound.GetValueOrDefault(endpoint);

    public void Free(MemorySockets sockets)
    {
        foreach (var endpoint in sockets.LocalEndpoints)
        {
            _bound.TryRemove(endpoint, out _);
        }
    }

    private UdpEndpoint WithPort(UdpEndpoint endpoint)
    {
        var port = endpoint.Port > 0 ? endpoint.Port : FirstPort;
        while (endpoint.Port == 0 && _bound.ContainsKey(endpoint with { Port = port }))
        {
            port++;
        }

        return endpoint with { Port = port };
    }
}
