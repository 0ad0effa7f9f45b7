using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>A relay: leases to clients, and between them their datagrams (docs/protocol.md, section 10).</summary>
/// <remarks>
/// <para>What holds always: a frame is answered by none and causes at most one, no longer than itself but for the sender's address between relays;
/// what does not verify changes nothing; a frame goes to where the receiver's tunnel has its validated path and nowhere else; what came from a relay goes to a lease here or nowhere.</para>
/// <para>Knows no tunnels: requests come out of them and answers go into them by the owner. Frames of a turn are verified and sealed by groups, so
/// after <see cref="HandleFrame"/> the owner polls as after any input.</para>
/// </remarks>
internal sealed class RelayTable : IDisposable
{
    private readonly RelaySettings _settings;
    private readonly RelayLeases _leases;
    private readonly RelayWays _ways = new();
    private readonly RelayBuffers _buffers;
    private readonly RelayQueues _queues;
    private readonly RelayIntake _intake;
    private readonly RelayOutlet _outlet;

    public RelayTable(RelaySettings settings, SessionKeySlab slab, IRandomSource random, ITunnelTrace trace)
    {
        _settings = settings;
        _leases = new RelayLeases(settings, slab, random);
        _buffers = new RelayBuffers(settings.MaxFrames);
        _queues = new RelayQueues(_buffers, settings.QueueBytes, trace);
        _intake = new RelayIntake(_leases, _ways, _buffers, _queues, trace);
        _outlet = new RelayOutlet(_buffers, _queues, trace);
    }

    /// <summary>When <see cref="HandleTimeout"/> must next be called, or null.</summary>
    public MonoTime? NextTimeout => _leases.NextTimeout;

    public RelayStatistics Statistics => new(
        _leases.Count, _outlet.Frames, _outlet.Bytes, _queues.Frames, _queues.Bytes);

    /// <summary>One for each client, in no fixed order.</summary>
    public IEnumerable<RelayLeaseStatistics> LeaseStatistics()
    {
        foreach (var lease in _leases.All)
        {
            yield return RelayLeaseStatistics.Of(lease);
        }
    }

    /// <summary>Forwards to another relay from here on, as long as this node has a lease there that forwards.</summary>
    /// <returns>False when <see cref="RelayLeasedFrame.MaxRelays"/> are known already.</returns>
    public bool AddWay(RelayClient client)
    {
        if (_ways.Of(client.Relay) is not { } way)
        {
            return false;
        }

        way.Client = client;
        return true;
    }

    /// <summary>Forwards to a relay no longer; its number stays.</summary>
    public void RemoveWay(MeshAddress relay)
    {
        if (_ways.Of(relay) is { } way)
        {
            way.Client = null;
            _queues.Clear(way.Queue);
        }
    }

    /// <summary>Takes the content of a RELAY_LEASE frame.</summary>
    /// <param name="applicant">Whose tunnel it came by.</param>
    /// <param name="content">Anything.</param>
    /// <param name="seen">Where that tunnel has its validated path.</param>
    /// <param name="reply">Room for <see cref="RelayLeasedFrame.MaxContentSize"/> bytes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes of the content of the RELAY_LEASED frame to answer with; 0: nothing is answered.</returns>
    public int HandleLeaseRequest(
        RelayApplicant applicant, ReadOnlySpan<byte> content, in UdpEndpoint seen, Span<byte> reply, MonoTime now)
    {
        _intake.Settle(now);
        if (!RelayLeaseFrame.TryRead(content, out var request))
        {
            return 0;
        }

        var lease = _leases.Find(applicant.Address);
        if (request.Release)
        {
            Close(applicant.Address, applicant.Root, now);
            return 0;
        }

        var refusal = Judge(applicant, request, seen, lease);
        if (refusal == RelayRefusal.None && (lease?.Attempt != request.Attempt || lease.Forwards != request.Forwards))
        {
            refusal = Replace(applicant, request, ref lease, now);
        }

        if (refusal != RelayRefusal.None)
        {
            return RelayLeasedFrame.WriteRefusal(reply, request.Attempt, refusal);
        }

        lease!.Endpoint = seen;
        _leases.Prolong(lease, now);
        return RelayLeasedFrame.Write(
            reply,
            lease.Attempt,
            lease.Number,
            lease.Keys.Both,
            (ushort)_settings.Lifetime.TotalSeconds,
            RelayedEndpoint.IsReserved(seen) ? default : seen,
            _ways.Offered());
    }

    /// <summary>The tunnel of a client has its validated path somewhere else.</summary>
    public void SetEndpoint(MeshAddress owner, RootKey root, in UdpEndpoint endpoint)
    {
        if (_leases.Find(owner) is { } lease && lease.Root == root && !RelayedEndpoint.Is(endpoint))
        {
            lease.Endpoint = endpoint;
        }
    }

    /// <summary>Ends a lease: given back, or its owner is not admitted any longer.</summary>
    public void Close(MeshAddress owner, RootKey root, MonoTime now)
    {
        _intake.Settle(now);
        if (_leases.Find(owner) is { } lease && lease.Root == root)
        {
            Close(lease);
        }
    }

    /// <summary>Takes a datagram that begins with <see cref="DatagramType.ToRelay"/>.</summary>
    /// <param name="datagram">Anything; copied when it is taken.</param>
    /// <param name="now">The present.</param>
    /// <returns>Why it was dropped, already traced; null when it was taken. Whether it verifies shows with others of its turn.</returns>
    public DropReason? HandleFrame(ReadOnlySpan<byte> datagram, MonoTime now) => _intake.Handle(datagram, now);

    /// <summary>Writes the next frame to be sent.</summary>
    /// <param name="destination">At least <see cref="RelayBuffers.SlotSize"/> bytes.</param>
    /// <param name="to">Where it goes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written; 0 when there is nothing to send.</returns>
    public int PollTransmit(Span<byte> destination, out UdpEndpoint to, MonoTime now)
    {
        _intake.Settle(now);
        return _outlet.Poll(destination, out to);
    }

    /// <summary>Ends the leases that are over.</summary>
    public void HandleTimeout(MonoTime now)
    {
        _intake.Settle(now);
        while (_leases.TryTakeExpired(now, out var lease))
        {
            Close(lease);
        }
    }

    public void Dispose() => _leases.Dispose();

    private static RelayRefusal Judge(
        RelayApplicant applicant, RelayLeaseFrame request, in UdpEndpoint seen, RelayLease? lease) =>
        !applicant.IsAdmitted
        || RelayedEndpoint.Is(seen)
        || (request.Forwards && !applicant.Roles.HasFlag(NodeRoles.Relay)) ? RelayRefusal.NotAdmitted
        : lease is not null && lease.Root != applicant.Root ? RelayRefusal.AddressTaken
        : RelayRefusal.None;

    private RelayRefusal Replace(
        RelayApplicant applicant, RelayLeaseFrame request, ref RelayLease? lease, MonoTime now)
    {
        var way = request.Forwards ? _ways.Of(applicant.Address) : null;
        if ((lease is null && !_leases.HasRoom) || (request.Forwards && way is null))
        {
            return RelayRefusal.Full;
        }

        if (lease is not null)
        {
            Close(lease);
        }

        lease = _leases.Grant(applicant, request, way, now);
        return RelayRefusal.None;
    }

    private void Close(RelayLease lease)
    {
        _queues.Clear(lease.Queue);
        _outlet.Forget(lease);
        _leases.Close(lease);
    }
}
