using System;
using System.Collections.Generic;
using System.Net;
using MeshActors.TestKit.Memory;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

public sealed class OutboundRunTests : IDisposable
{
    private readonly MemorySockets _here;
    private readonly MemorySockets _there;
    private readonly OutboundRun _run;
    private readonly EngineCounters _counters = new();

    public OutboundRunTests()
    {
        var network = new MemoryNetwork();
        _here = network.Bind(UdpEndpoint.From(IPAddress.Loopback, 0));
        _there = network.Bind(UdpEndpoint.From(IPAddress.Loopback, 0));
        _run = new OutboundRun(_here, _counters);
    }

    public void Dispose()
    {
        _here.Dispose();
        _there.Dispose();
    }

    [Fact]
    public void Neighbours_of_one_length_leave_in_one_call_with_a_shorter_last_one()
    {
        Add(1_200);
        Add(1_200);
        Assert.Empty(Received());

        Add(700);

        Assert.Equal([1_200, 1_200, 700], Received());
        Assert.Equal(1, _counters.Snapshot().SendCalls);
    }

    [Fact]
    public void A_short_datagram_leaves_at_once()
    {
        Add(130);

        Assert.Equal([130], Received());
    }

    [Fact]
    public void A_larger_one_sends_those_before_it_and_waits_itself()
    {
        Add(700);
        Add(1_200);

        Assert.Equal([700], Received());
        _run.Flush();
        Assert.Equal([1_200], Received());
    }

    [Fact]
    public void One_that_must_travel_alone_does()
    {
        Add(1_200);
        Add(1_200, alone: true);

        Assert.Equal([1_200, 1_200], Received());
        Assert.Equal(2, _counters.Snapshot().SendCalls);
    }

    private void Add(int length, bool alone = false)
    {
        _run.Room[..length].Fill(1);
        _run.Add(length, new Transmit(_there.LocalEndpoints[0], alone, Ecn: false));
    }

    private List<int> Received()
    {
        var lengths = new List<int>();
        while (_there.TryReceive(out var run))
        {
            for (var i = 0; i < run.Count; i++)
            {
                lengths.Add(run[i].Length);
            }
        }

        return lengths;
    }
}
