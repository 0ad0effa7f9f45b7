using System;
using System.Collections.Generic;
using MeshActors.Transport.Time;

namespace MeshActors.TestKit.Nat;

/// <summary>A connection between two hosts: what one end sends the other gets once and in order, or the connection dies.</summary>
internal sealed class SimConnection
{
    private readonly Queue<(MonoTime At, SimConnectionEventKind Kind, byte[] Bytes)>[] _toEnd = [new(), new()];
    private readonly MonoTime?[] _retryAt = new MonoTime?[2];

    /// <param name="client">Who connects.</param>
    /// <param name="server">Who is connected to.</param>
    /// <param name="now">The present.</param>
    public SimConnection(SimHost client, SimHost server, MonoTime now)
    {
        Client = client;
        Server = server;
        ClientAddress = client.Interfaces.Count > 0 ? client.Interfaces[0].Address : default;
        LastProgress = now;
    }

    public SimHost Client { get; }

    public SimHost Server { get; }

    /// <summary>The client's address when it connected: from another one the connection is dead.</summary>
    public UInt128 ClientAddress { get; }

    /// <summary>True when it has ended.</summary>
    public bool IsOver { get; set; }

    /// <summary>When something last came through, or the last wait for it began.</summary>
    public MonoTime LastProgress { get; set; }

    /// <summary>When something is next due.</summary>
    public MonoTime? NextAt => MonoTime.Earliest(HeadAt(0), HeadAt(1));

    /// <summary>Puts something on the way to an end, behind all that is on the way there.</summary>
    /// <param name="end">0 for the client, 1 for the server.</param>
    /// <param name="at">When it comes there unless something before it comes later.</param>
    /// <param name="kind">What happens there.</param>
    /// <param name="bytes">What comes.</param>
    public void Send(int end, MonoTime at, SimConnectionEventKind kind, byte[] bytes)
    {
        var queue = _toEnd[end];
        var latest = at;
        foreach (var (before, _, _) in queue)
        {
            latest = MonoTime.Latest(latest, before);
        }

        queue.Enqueue((latest, kind, bytes));
    }

    /// <summary>An end at which something is due, null when there is none.</summary>
    public int? DueAt(MonoTime now) => HeadAt(0) <= now ? 0 : HeadAt(1) <= now ? 1 : null;

    /// <summary>It cannot come through now and is tried again.</summary>
    public void Postpone(int end, MonoTime until) => _retryAt[end] = until;

    public (SimConnectionEventKind Kind, byte[] Bytes) Take(int end, MonoTime now)
    {
        _retryAt[end] = null;
        LastProgress = now;
        var (_, kind, bytes) = _toEnd[end].Dequeue();
        return (kind, bytes);
    }

    private MonoTime? HeadAt(int end) =>
        !_toEnd[end].TryPeek(out var head) ? null : _retryAt[end] is { } retry ? MonoTime.Latest(retry, head.At) : head.At;
}
