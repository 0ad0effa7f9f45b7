using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.Remote.Transport;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>One association: its stream of the association lane ("main"), with a hello each way, then payloads; and, where the peer takes them, companions each way: for heartbeats, and for large payloads.</summary>
/// <remarks>
/// Whoever greets decides what the first message means; all that follow are payloads for Akka, or references to what comes by a companion. A tunnel that fails and
/// comes back is not seen here. When the peer has finished, or the stream has ended, Akka sees one
/// <see cref="Disassociated"/>; companions end with it.
/// </remarks>
internal sealed class AssociationStream : IStreamHandler
{
    /// <summary>Akka measures the inner envelope against the payload limit; the outer one is this much longer at most.</summary>
    public const int EnvelopeTolerance = 64;

    /// <summary>From Disassociate until the stream is reset when the peer does not take what was accepted.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);

    private readonly IAssociationGreeter _greeter;
    private readonly int _longestPayload;
    private readonly Clock _clock;
    private readonly InboundEvents _inbound = new();
    private readonly InboundLanes _lanes;
    private readonly OutboundPayloads _outbound;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ControlSender? _control;
    private volatile LargeSender? _large;
    private volatile bool _disassociated;
    private MeshStream? _stream;
    private ITimer? _flushTimer;
    private bool _greeted;

    /// <param name="greeter">Handles the first message.</param>
    /// <param name="bounds">How much it takes.</param>
    /// <param name="rules">What holds for what comes in.</param>
    public AssociationStream(IAssociationGreeter greeter, AssociationBounds bounds, InboundRules rules)
    {
        _greeter = greeter;
        _longestPayload = bounds.MaximumPayloadBytes + EnvelopeTolerance;
        _clock = rules.Clock;
        _lanes = new InboundLanes(_inbound, rules, bounds.LargePatience, Disassociate, Abort);
        _outbound = new OutboundPayloads(message => Stream.TrySend(message), () => Stream.Finish(), bounds.HighWaterMark);
    }

    /// <summary>Completed when nothing can happen on it any more.</summary>
    public Task Ended => _ended.Task;

    public MeshStream Stream => _stream ?? throw new InvalidOperationException("The association has no stream.");

    /// <summary>Whether its large payloads go beside the others.</summary>
    public bool HasLarge => _large is not null;

    /// <summary>Whether it has begun, in that tunnel.</summary>
    public bool IsIn(MeshTunnel tunnel) => _stream?.Tunnel == tunnel;

    /// <summary>Sets the stream, before its first event.</summary>
    public void Begin(MeshStream stream)
    {
        _lanes.Begin(stream);
        _stream = stream;
    }

    /// <summary>Sends our hello, before any payload.</summary>
    public bool TryGreet(AssociationHello hello) => Stream.TrySend(hello.ToBytes());

    /// <summary>Opens the companions for what we send; on the driver loop.</summary>
    /// <param name="number">What the peer calls this association; 0 when it takes no companions.</param>
    /// <param name="withLarge">Whether large payloads may go beside the others.</param>
    public void OpenCompanions(uint number, bool withLarge)
    {
        if (number == 0)
        {
            return;
        }

        _control = new ControlSender(Stream.Tunnel, number);
        if (withLarge)
        {
            _large = new LargeSender(Stream.Tunnel, number, () => _outbound.Resume(isLarge: true), () => Abort(AssociationResetCode.CompanionLost));
        }
    }

    /// <summary>Takes a companion that the peer opened; on the driver loop.</summary>
    /// <returns>False when there is one of its kind already, or the association has ended.</returns>
    public bool TryJoin(MeshStream companion) => !_ended.Task.IsCompleted && _lanes.TryJoin(companion);

    /// <summary>Passes what arrives to Akka's listener as soon as it is there.</summary>
    public async Task ListenAsync(Task<IHandleEventListener> listener) =>
        _inbound.Attach(await listener.ConfigureAwait(false));

    /// <summary>Takes a payload for sending, without a copy; from any thread.</summary>
    /// <returns>False when it was not taken: above the high-water mark, too long, disassociated, or none of Akka's, which never begin with a zero.</returns>
    public bool TryWrite(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length > _longestPayload || payload.IsEmpty || PayloadReference.IsMeant(payload.Span))
        {
            return false;
        }

        if (_control is { IsOpen: true } control && !_disassociated && HeartbeatPayload.Is(payload.Span))
        {
            control.Write(payload);
            return true;
        }

        return _large is { IsOpen: true } large && LargePayload.TryReference(payload.Span, out var reference)
            ? _outbound.TryWriteLarge(payload, reference.ToBytes(), large.TrySend, large.Finish)
            : _outbound.TryWrite(payload);
    }

    /// <summary>Ends the association behind what was taken; from any thread, any number of times.</summary>
    public void Disassociate()
    {
        _disassociated = true;
        _control?.Finish();
        _outbound.Close();
        var timer = _clock.Provider.CreateTimer(
            static state => ((AssociationStream)state!).Stream.Reset(AssociationResetCode.GivenUp),
            this,
            FlushTimeout,
            Timeout.InfiniteTimeSpan);
        if (Interlocked.CompareExchange(ref _flushTimer, timer, null) is not null || _ended.Task.IsCompleted)
        {
            timer.Dispose();
        }
    }

    /// <summary>Drops the association and what waits.</summary>
    public void Abort(ulong code) => Stream.Reset(code);

    /// <summary>A message came by a companion; on the driver loop.</summary>
    public void HandleCompanion(MeshStream companion, ReadOnlyMemory<byte> message)
    {
        if (message.Length > _longestPayload)
        {
            Abort(AssociationResetCode.PayloadTooLong);
        }
        else
        {
            _lanes.HandleCompanion(companion, message);
        }
    }

    /// <summary>A companion has come to its end, or was reset; on the driver loop.</summary>
    public void HandleCompanionEnd(MeshStream companion) => _lanes.HandleCompanionEnd(companion);

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (!_greeted)
        {
            _greeted = true;
            stream.Release(message.Length);
            Greet(message.Span);
        }
        else if (message.Length > _longestPayload)
        {
            Abort(AssociationResetCode.PayloadTooLong);
        }
        else if (_lanes.HasBegun)
        {
            _lanes.HandleMain(message);
        }
        else if (PayloadReference.IsMeant(message.Span) || !_greeter.Admits(this, message))
        {
            Abort(AssociationResetCode.WrongOrigin);
        }
        else
        {
            _lanes.HandleFirst(message);
        }
    }

    void IStreamHandler.OnWritable(MeshStream stream) => _outbound.Resume();

    void IStreamHandler.OnFinished(MeshStream stream) => _lanes.HandleMainEnd();

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end)
    {
        _ended.TrySetResult();
        _flushTimer?.Dispose();
        _control?.Abort(AssociationResetCode.GivenUp);
        _large?.Abort(AssociationResetCode.GivenUp);
        _lanes.Abort(AssociationResetCode.GivenUp);
        _greeter.HandleEnded(this, end);
        _inbound.Add(new Disassociated(DisassociateInfo.Unknown));
    }

    private void Greet(ReadOnlySpan<byte> message)
    {
        if (!AssociationHello.TryRead(message, out var hello))
        {
            Abort(AssociationResetCode.BadHello);
            return;
        }

        if (_greeter.HandleHello(this, hello) is { } refusal)
        {
            Abort(refusal);
        }
    }
}
