using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Nodes;
using MeshActors.Transport.Time;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

/// <summary>Nodes of one fleet, over real sockets of this machine, that end with their test.</summary>
public abstract class FleetTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("mesh").FullName;

    private protected static TimeSpan Patience { get; } = TimeSpan.FromSeconds(30);

    /// <summary>Nodes that have to end with the test.</summary>
    private protected List<TunnelNode> Nodes { get; } = [];

    /// <summary>A directory of the test's own.</summary>
    private protected string FleetDirectory => _directory;

    private protected string Secret => Path.Combine(_directory, "fleet.secret");

    public Task InitializeAsync()
    {
        TunnelNode.CreateFleetSecret(Secret);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        foreach (var node in Nodes)
        {
            await node.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private protected async Task<TunnelNode> AddAsync(TunnelNodeOptions options)
    {
        var node = await TunnelNode.StartAsync(options);
        Nodes.Add(node);
        return node;
    }

    /// <summary>Serves what was asked.</summary>
    private protected static async IAsyncEnumerable<ReadOnlyMemory<byte>> Echo(
        TunnelRequest request, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.Yield();
        yield return request.Bytes;
    }

    /// <summary>How a node is reached over its relays alone, once it has leases there.</summary>
    private protected static async Task<TunnelPeer> LeasedAsync(TunnelNode node, int leases)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var peer = await node.DescribeAsync(patience.Token);
            if (peer.Relays.Count == leases)
            {
                return peer with { Endpoints = [] };
            }

            await Task.Delay(TimeSpan.FromMilliseconds(20), Clock.System.Provider, patience.Token);
        }
    }
}
