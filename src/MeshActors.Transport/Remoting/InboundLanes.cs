using System;
using System.Threading;
using Akka.Event;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>Joins what comes by the streams of an association: in main's order to Akka, heartbeats as they come, and credit back to where it came from.</summary>
/// <remarks>
/// <para>A message that is kept for another stream uses its own stream's credit and not the tunnel's, which the other may need.</para>
/// <para>What is kept has a bound in memory and a deadline: when nothing comes that it waits for, the association ends, with a warning. What waited is lost with any association that ends, which is said too.</para>
/// <para>On the driver loop, but for that deadline.</para>
/// </remarks>
internal sealed class InboundLanes
{
    private readonly InboundEvents _events;
    private readonly InboundRules _rules;
    private readonly TimeSpan _patience;
    private readonly Action _answerEnd;
    private readonly Action<ulong> _end;
    private readonly InboundOrder _order = new();
    private readonly ControlGate _gate = new();
    private readonly Inlet _main = new();
    private readonly Inlet _control = new();
    private readonly Inlet _large = new();
    private ITimer? _deadline;
    private long? _watched;
    private int _waiting;
    private volatile bool _isOver;

    /// <param name="events">Where it all goes.</param>
    /// <param name="rules">What may pass, and how much may wait.</param>
    /// <param name="patience">How long messages wait while nothing comes that they wait for.</param>
    /// <param name="answerEnd">Called when the end was handed over: what the peer took for sending has all arrived.</param>
    /// <param name="end">Called when the association must end, with the code; from any thread.</param>
    public InboundLanes(InboundEvents events, InboundRules rules, TimeSpan patience, Action answerEnd, Action<ulong> end)
    {
        _events = events;
        _rules = rules;
        _patience = patience;
        _answerEnd = answerEnd;
        _end = end;
    }

    /// <summary>Whether the first payload, which must be ASSOCIATE, was handed over.</summary>
    public bool HasBegun => _gate.IsOpen;

    private MeshAddress Peer => _main.Stream!.Tunnel.Peer.Address;

    /// <summary>The stream of the association itself.</summary>
    public void Begin(MeshStream main) => _main.TryJoin(main);

    /// <summary>Takes a companion that the peer opened.</summary>
    /// <returns>False when it is the second of its kind.</returns>
    public bool TryJoin(MeshStream companion) => InletOf(companion).TryJoin(companion);

    /// <summary>The association has ended, and with it the companions that the peer opened; what came and waited is lost, which is said.</summary>
    public void Abort(ulong code)
    {
        if (_waiting > 0)
        {
            _rules.Log.Warning("association with node {0} has ended: {1} messages that had come are lost, which waited for large ones", Peer, _waiting);
            _waiting = 0;
        }

        _isOver = true;
        _deadline?.Dispose();
        _rules.Waiting.RemoveAll(this);
        _control.Stream?.Reset(code);
        _large.Stream?.Reset(code);
    }

    /// <summary>The first payload was looked at.</summary>
    public void HandleFirst(ReadOnlyMemory<byte> payload)
    {
        Pass(payload, _main.Release);
        _gate.Open();
        PassControl();
    }

    /// <summary>A further message of main.</summary>
    public void HandleMain(ReadOnlyMemory<byte> message)
    {
        switch (_order.HandleMain(message))
        {
            case InboundOutcome.Ready:
                Pass(message, _main.Release);
                return;
            case InboundOutcome.Waits:
                Keep(message, _main);
                return;
            case InboundOutcome.Reference:
                _main.Release(message.Length);
                PassWaiting();
                return;
            default:
                _end(AssociationResetCode.BadReference);
                return;
        }
    }

    /// <summary>A message of a companion.</summary>
    public void HandleCompanion(MeshStream companion, ReadOnlyMemory<byte> message)
    {
        if (companion == _control.Stream)
        {
            HandleControl(message);
            return;
        }

        switch (_order.HandleLarge(message))
        {
            case InboundOutcome.Ready:
                Pass(message, _large.Release);
                break;
            case InboundOutcome.Waits:
                Keep(message, _large);
                break;
            default:
                _end(AssociationResetCode.WrongOrigin);
                return;
        }

        PassWaiting();
        if (_order.IsBroken)
        {
            _end(AssociationResetCode.BadReference);
        }
    }

    /// <summary>No more comes by a companion: the association ends when something is missing for which it waits.</summary>
    public void HandleCompanionEnd(MeshStream companion)
    {
        if (companion == _large.Stream && !_order.TryHandleLargeEnd())
        {
            _end(AssociationResetCode.CompanionLost);
        }
    }

    /// <summary>No more comes by main: the end is handed over behind what waits.</summary>
    public void HandleMainEnd()
    {
        _order.HandleMainEnd();
        PassWaiting();
    }

    private Inlet InletOf(MeshStream companion) => companion.Lane == StreamLane.Control ? _control : _large;

    private void HandleControl(ReadOnlyMemory<byte> message)
    {
        if (!_gate.TryHandle(message))
        {
            _end(AssociationResetCode.WrongOrigin);
        }

        PassControl();
    }

    private void PassControl()
    {
        while (_gate.TryTake(out var payload))
        {
            Pass(payload, _control.Release);
        }
    }

    private void Keep(ReadOnlyMemory<byte> message, Inlet inlet)
    {
        inlet.Stream!.Hold(message.Length);
        _waiting++;
        if (!_isOver)
        {
            _rules.Waiting.Add(this, message.Length)?.GiveUp("more waited for large messages to come than is kept");
        }

        Watch();
    }

    private void PassWaiting()
    {
        while (_order.TryTake(out var next))
        {
            if (next.IsEnd)
            {
                _events.Add(new Disassociated(DisassociateInfo.Unknown));
                _answerEnd();
                continue;
            }

            var inlet = next.IsLarge ? _large : _main;
            _waiting--;
            _rules.Waiting.Remove(this, next.Payload.Length);
            if (next.IsReference)
            {
                inlet.ReleaseHeld(next.Payload.Length);
            }
            else
            {
                Pass(next.Payload, inlet.ReleaseHeld);
            }
        }

        Watch();
    }

    /// <summary>Hands a payload over, if it may pass.</summary>
    private void Pass(ReadOnlyMemory<byte> payload, Action<int> release)
    {
        var verdict = _isOver ? ManifestVerdict.Drop : _rules.Guard?.Judge(payload.Span, Peer) ?? ManifestVerdict.Pass;
        if (verdict == ManifestVerdict.Pass)
        {
            _events.Add(new InboundPayload(UnsafeByteOperations.UnsafeWrap(payload)), release);
            return;
        }

        release(payload.Length);
        if (verdict == ManifestVerdict.End)
        {
            _isOver = true;
            _end(AssociationResetCode.NotAllowed);
        }
    }

    /// <summary>Begins to count the time anew when something went on, and as soon as something waits.</summary>
    private void Watch()
    {
        long? watched = _order.IsWaiting ? _order.Filled : null;
        if (watched == _watched || _isOver)
        {
            return;
        }

        _watched = watched;
        _deadline ??= _rules.Clock.Provider.CreateTimer(
            static lanes => ((InboundLanes)lanes!).GiveUp("a large message that was announced did not come in time"), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _deadline.Change(watched is null ? Timeout.InfiniteTimeSpan : _patience, Timeout.InfiniteTimeSpan);
    }

    private void GiveUp(string reason)
    {
        _isOver = true;
        _rules.Log.Warning("association with node {0} is ended: {1}", Peer, reason);
        _end(AssociationResetCode.Stalled);
    }

    /// <summary>A stream by which payloads come, and how its credit is given back.</summary>
    private sealed class Inlet
    {
        public MeshStream? Stream { get; private set; }

        public Action<int> Release { get; private set; } = static _ => { };

        public Action<int> ReleaseHeld { get; private set; } = static _ => { };

        public bool TryJoin(MeshStream stream)
        {
            if (Stream is not null)
            {
                return false;
            }

            Stream = stream;
            Release = stream.Release;
            ReleaseHeld = stream.ReleaseHeld;
            return true;
        }
    }
}
