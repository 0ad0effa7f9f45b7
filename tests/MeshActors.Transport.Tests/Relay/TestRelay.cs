using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Relay;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;
using Xunit;

namespace MeshActors.Transport.Tests.Relay;

/// <summary>A relay without sockets, and the time that it and its clients live in.</summary>
internal sealed class TestRelay : IDisposable
{
    private readonly SessionKeySlab _slab = new();
    private readonly byte[] _buffer = new byte[RelayBuffers.SlotSize];

    public TestRelay(ulong number = 1_000_000, RelaySettings? settings = null)
    {
        Node = new TestRelayNode(number, NodeRoles.Relay);
        Table = new RelayTable(settings ?? new RelaySettings(), _slab, new SeededRandom(number), Drops);
    }

    public static MonoTime Start { get; } = new(TimeSpan.FromHours(1).Ticks);

    public MonoTime Now { get; set; } = Start;

    public TestRelayNode Node { get; }

    public RelayTable Table { get; }

    public DropCounters Drops { get; } = new();

    /// <summary>Lets a client ask until it has an answer, as its tunnel would carry both.</summary>
    public RelayRefusal Lease(TestRelayNode node, bool admitted = true, bool forwards = false)
    {
        var client = node.Clients.Find(Node.Address) ?? node.Clients.Add(Node.Address, forwards, Now)!;
        var content = new byte[RelayLeaseFrame.ContentSize];
        Assert.NotEqual(0, node.Clients.PollRequest(out var asking, content, Now));
        Assert.Same(client, asking);
        Answer(client, node, content, admitted);
        return client.Refusal;
    }

    /// <summary>Answers the content of a request.</summary>
    public int Answer(RelayClient client, TestRelayNode node, byte[] content, bool admitted = true)
    {
        var reply = new byte[RelayLeasedFrame.MaxContentSize];
        var length = Table.HandleLeaseRequest(node.Applicant(admitted), content, node.Endpoint, reply, Now);
        client.Endpoint = Node.Endpoint;
        client.HandleLeased(reply.AsSpan(0, length), Now);
        return length;
    }

    /// <summary>All that is to be sent.</summary>
    public List<(UdpEndpoint To, byte[] Frame)> Drain(int most = int.MaxValue)
    {
        var frames = new List<(UdpEndpoint, byte[])>();
        while (frames.Count < most && Table.PollTransmit(_buffer, out var to, Now) is var length and > 0)
        {
            frames.Add((to, _buffer[..length]));
        }

        return frames;
    }

    /// <summary>Settles what was taken, counts what leaves.</summary>
    public int Forward() => Drain().Count;

    public void Dispose()
    {
        Table.Dispose();
        _slab.Dispose();
    }
}
