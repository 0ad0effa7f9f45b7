using System;
using System.Collections.Immutable;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Crypto;
using MeshActors.Transport.Diagnostics;
using MeshActors.Transport.Time;
using MeshActors.Transport.Wire;

namespace MeshActors.Transport.Relay;

/// <summary>One lease as its client has it: asked for and prolonged through the tunnel to the relay, used beside it.</summary>
/// <remarks>
/// Asks at once, then after 0.5, 1, 2 s and every 4 s until it is answered; prolongs at a third of the lifetime. Each frame that verifies also prolongs, but
/// only an answer proves it. An unanswered lease counts for its lifetime and no longer. Before the 2^31st frame in either direction another lease is taken.
/// </remarks>
internal sealed class RelayClient : IDisposable
{
    /// <summary>How long an attempt is asked for before the relay counts as lost; the lifetime of a lease unless the relay says otherwise.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private const uint ManyFrames = 1u << 31;
    private static readonly TimeSpan FirstRepeat = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestRepeat = TimeSpan.FromSeconds(4);
    private static readonly TimeSpan RefusedPause = TimeSpan.FromSeconds(30);

    private readonly MeshAddress _self;
    private readonly bool _forwards;
    private readonly SessionKeySlab _slab;
    private readonly IRandomSource _random;
    private uint _attempt;
    private MonoTime _askAt;
    private MonoTime _lostAt;
    private TimeSpan _repeat = FirstRepeat;
    private bool _isAnswered;
    private bool _mayEnd;

    /// <param name="number">Its number among the relay clients of this node.</param>
    /// <param name="self">This node.</param>
    /// <param name="relay">The relay.</param>
    /// <param name="forwards">True when this node is a relay and wants to send for its clients.</param>
    /// <param name="slab">Where keys live.</param>
    /// <param name="random">Names attempts.</param>
    /// <param name="now">The present.</param>
    public RelayClient(
        int number,
        MeshAddress self,
        MeshAddress relay,
        bool forwards,
        SessionKeySlab slab,
        IRandomSource random,
        MonoTime now)
    {
        Number = number;
        Relay = relay;
        _self = self;
        _forwards = forwards;
        _slab = slab;
        _random = random;
        Begin(now);
    }

    /// <summary>What endpoints behind the relay know it by.</summary>
    public int Number { get; }

    public MeshAddress Relay { get; }

    public RelayClientState State { get; private set; }

    public bool IsLeased => State == RelayClientState.Leased;

    /// <summary>Why there is no lease, when the relay said so last.</summary>
    public RelayRefusal Refusal { get; private set; }

    /// <summary>The number of the lease; only when there is one.</summary>
    public uint Lease { get; private set; }

    /// <summary>Its keys; null without a lease.</summary>
    public RelayKeys? Keys { get; private set; }

    /// <summary>Where frames are sent: the owner keeps it where the tunnel to the relay has its validated path.</summary>
    public UdpEndpoint Endpoint { get; set; }

    /// <summary>Where the relay saw this node; default before it said so.</summary>
    public UdpEndpoint Attested { get; private set; }

    /// <summary>The relays that this one forwards to, by their number there.</summary>
    public ImmutableArray<(ushort Index, MeshAddress Relay)> Onward { get; private set; } = [];

    /// <summary>When <see cref="PollRequest"/> or <see cref="HandleTimeout"/> must next be called; null after the end.</summary>
    public MonoTime? NextTimeout =>
        State == RelayClientState.Released ? (_mayEnd ? _askAt : null)
        : State == RelayClientState.Refused ? _askAt
        : MonoTime.Earliest(_askAt, _lostAt);

    /// <summary>When <see cref="HandleTimeout"/> must next be called while nothing can be asked; null when the relay is not waited for.</summary>
    public MonoTime? LapsesAt =>
        State is RelayClientState.Asking or RelayClientState.Leased or RelayClientState.Lost ? _lostAt : null;

    /// <summary>Writes the content of the RELAY_LEASE frame that is due.</summary>
    /// <param name="content">At least <see cref="RelayLeaseFrame.ContentSize"/> bytes.</param>
    /// <param name="now">The present.</param>
    /// <returns>Bytes written; 0 when none is due.</returns>
    public int PollRequest(Span<byte> content, MonoTime now)
    {
        if (State == RelayClientState.Released)
        {
            if (!_mayEnd)
            {
                return 0;
            }

            _mayEnd = false;
            return new RelayLeaseFrame(_attempt, _forwards, Release: true).WriteContent(content);
        }

        if (now < _askAt)
        {
            return 0;
        }

        if (_isAnswered && (State == RelayClientState.Refused || IsNearlyUsedUp()))
        {
            Draw();
        }

        _askAt = now + _repeat;
        _repeat = _repeat < LongestRepeat ? 2 * _repeat : LongestRepeat;
        return new RelayLeaseFrame(_attempt, _forwards, Release: false).WriteContent(content);
    }

    /// <summary>Takes the content of a RELAY_LEASED frame that came by the tunnel to this relay; what answers no attempt of ours is ignored.</summary>
    public void HandleLeased(ReadOnlySpan<byte> content, MonoTime now)
    {
        if (State == RelayClientState.Released
            || !RelayLeasedFrame.TryRead(content, out var frame)
            || frame.Attempt != _attempt)
        {
            return;
        }

        _isAnswered = true;
        _repeat = FirstRepeat;
        Refusal = frame.Refusal;
        if (Refusal != RelayRefusal.None)
        {
            Forget(RelayClientState.Refused);
            _askAt = now + RefusedPause;
            return;
        }

        if (Keys is null || Lease != frame.Lease)
        {
            Keys?.Dispose();
            Span<byte> keys = stackalloc byte[2 * RelayLeasedFrame.KeySize];
            frame.KeyToRelay.CopyTo(keys);
            frame.KeyFromRelay.CopyTo(keys[RelayLeasedFrame.KeySize..]);
            Keys = new RelayKeys(_slab, keys, isRelay: false);
            keys.Clear();
            Lease = frame.Lease;
        }

        State = RelayClientState.Leased;
        Attested = frame.Attested;
        TakeOnward(frame);
        _lostAt = now + frame.Lifetime;
        _askAt = now + (frame.Lifetime / 3);
    }

    /// <summary>Notices that the relay has been silent for too long.</summary>
    public void HandleTimeout(MonoTime now)
    {
        if (now >= LapsesAt)
        {
            Forget(RelayClientState.Lost);
            Draw();
            _lostAt = now + Patience;
            _askAt = MonoTime.Latest(now, _askAt);
        }
    }

    /// <summary>The tunnel to the relay is new, or the relay has forgotten what was: asks at once, for another lease.</summary>
    public void HandleTunnelReplaced(MonoTime now)
    {
        if (State != RelayClientState.Released)
        {
            Forget(RelayClientState.Asking);
            Begin(now);
        }
    }

    /// <summary>A lease is wanted again after <see cref="Release"/>; else nothing happens.</summary>
    public void Resume(MonoTime now)
    {
        if (State == RelayClientState.Released)
        {
            _mayEnd = false;
            Begin(now);
        }
    }

    /// <summary>Gives the lease back; one more request is to be polled.</summary>
    public void Release(MonoTime now)
    {
        _mayEnd = IsLeased;
        _askAt = now;
        Forget(RelayClientState.Released);
    }

    /// <summary>The endpoint that stands for a node behind this relay, or behind one that this relay forwards to.</summary>
    /// <param name="target">The node.</param>
    /// <param name="home">The relay where it has its lease.</param>
    /// <returns>Null when this relay does not forward to that one.</returns>
    public UdpEndpoint? EndpointOf(MeshAddress target, MeshAddress home)
    {
        if (home == Relay)
        {
            return RelayClients.EndpointOf(Number, 0, target);
        }

        foreach (var (index, relay) in Onward)
        {
            if (relay == home)
            {
                return RelayClients.EndpointOf(Number, index, target);
            }
        }

        return null;
    }

    /// <summary>Puts a datagram into a frame.</summary>
    /// <param name="datagram">1 byte to <see cref="RelayFrame.MaxDatagram"/>; may lie in <paramref name="destination"/>.</param>
    /// <param name="target">For whom.</param>
    /// <param name="relay">Where that node is leased, as the relay numbers it; 0 there itself.</param>
    /// <param name="destination">Room for <see cref="RelayFrame.Size"/> and <see cref="RelayFrame.SourceSize"/> bytes more.</param>
    /// <returns>Bytes of the frame; 0 without a lease or when all of its numbers are used.</returns>
    public int Wrap(ReadOnlySpan<byte> datagram, MeshAddress target, ushort relay, Span<byte> destination)
    {
        if (Keys is not { } keys || !keys.TryNext(out var counter))
        {
            return 0;
        }

        var head = _forwards ? RelayFrame.Size + RelayFrame.SourceSize : RelayFrame.Size;
        datagram.CopyTo(destination[head..]);
        if (_forwards)
        {
            _self.Write(destination[RelayFrame.Size..]);
        }

        var frame = destination[..(head + datagram.Length)];
        new RelayFrame(DatagramType.ToRelay, Lease, target, relay, counter).Write(frame);
        RelayTag.Write(keys.Send, frame, head);
        return frame.Length;
    }

    /// <summary>Takes a datagram out of a frame that names this lease.</summary>
    /// <param name="bytes">All of the frame.</param>
    /// <param name="frame">Its head.</param>
    /// <param name="source">Whom the datagram is from, as an endpoint to answer to.</param>
    /// <returns>Why it was dropped, or null.</returns>
    public DropReason? TryUnwrap(Span<byte> bytes, in RelayFrame frame, out UdpEndpoint source)
    {
        source = default;
        if (Keys is not { } keys || frame.Lease != Lease)
        {
            return DropReason.UnknownLease;
        }

        // A frame in a frame would let one relay send this node to another one.
        if (frame.Relay > RelayLeasedFrame.MaxRelays
            || bytes[RelayFrame.Size] is DatagramType.ToRelay or DatagramType.FromRelay)
        {
            return DropReason.BadHeader;
        }

        if (keys.Window.IsTooOld(frame.Counter))
        {
            return DropReason.TooOld;
        }

        if (keys.Window.IsSeen(frame.Counter))
        {
            return DropReason.Replayed;
        }

        if (!RelayTag.Verify(keys.Receive, bytes, RelayFrame.Size))
        {
            return DropReason.AuthenticationFailed;
        }

        keys.Window.Mark(frame.Counter);
        source = RelayClients.EndpointOf(Number, frame.Relay, frame.Peer);
        return null;
    }

    public void Dispose() => Forget(RelayClientState.Released);

    private bool IsNearlyUsedUp() => Keys is { } keys && (keys.Sent >= ManyFrames || keys.Window.Next >= ManyFrames);

    private void Begin(MonoTime now)
    {
        State = RelayClientState.Asking;
        _askAt = now;
        _lostAt = now + Patience;
        _repeat = FirstRepeat;
        Draw();
    }

    private void Draw()
    {
        _attempt = (uint)(_random.NextUInt64() & uint.MaxValue);
        _isAnswered = false;
    }

    private void Forget(RelayClientState state)
    {
        Keys?.Dispose();
        Keys = null;
        Onward = [];
        State = state;
    }

    /// <summary>The list is taken over only when it changed: it seldom does.</summary>
    private void TakeOnward(in RelayLeasedFrame frame)
    {
        var same = Onward.Length == frame.RelayCount;
        for (var i = 0; same && i < Onward.Length; i++)
        {
            same = Onward[i] == frame.RelayAt(i);
        }

        if (same)
        {
            return;
        }

        var builder = ImmutableArray.CreateBuilder<(ushort, MeshAddress)>(frame.RelayCount);
        for (var i = 0; i < frame.RelayCount; i++)
        {
            builder.Add(frame.RelayAt(i));
        }

        Onward = builder.MoveToImmutable();
    }
}
