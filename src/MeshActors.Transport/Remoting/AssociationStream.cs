using System;
using System.Threading;
using System.Threading.Tasks;
using Akka.Remote.Transport;
using Google.Protobuf;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>One association on one stream of the association lane: a hello each way, then payloads.</summary>
/// <remarks>
/// Whoever greets decides what the first message means; all that follows are payloads for Akka. A tunnel that fails and
/// comes back is not seen here. When the peer has finished, or the stream has ended, Akka sees one
/// <see cref="Disassociated"/>.
/// </remarks>
internal sealed class AssociationStream : IStreamHandler
{
    /// <summary>Akka measures the inner envelope against the payload limit; the outer one is this much longer at most.</summary>
    public const int EnvelopeTolerance = 64;

    /// <summary>From Disassociate until the stream is reset when the peer does not take what was accepted.</summary>
    public static readonly TimeSpan FlushTimeout = TimeSpan.FromSeconds(30);

    private readonly IAssociationGreeter _greeter;
    private readonly InboundGuard? _guard;
    private readonly int _longestPayload;
    private readonly Clock _clock;
    private readonly InboundEvents _inbound;
    private readonly OutboundPayloads _outbound;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ControlGate _gate = new();
    private readonly Action<int> _release;
    private Action<int>? _releaseControl;
    private volatile ControlSender? _control;
    private volatile bool _disassociated;
    private MeshStream? _inboundControl;
    private MeshStream? _stream;
    private ITimer? _flushTimer;
    private bool _greeted;

    /// <param name="greeter">Handles the first message.</param>
    /// <param name="bounds">How much it takes.</param>
    /// <param name="guard">Says which payloads may pass to Akka; null for all.</param>
    /// <param name="clock">Of the flush's deadline.</param>
    public AssociationStream(IAssociationGreeter greeter, AssociationBounds bounds, InboundGuard? guard, Clock clock)
    {
        _greeter = greeter;
        _guard = guard;
        _longestPayload = bounds.MaximumPayloadBytes + EnvelopeTolerance;
        _clock = clock;
        _release = bytes => Stream.Release(bytes);
        _inbound = new InboundEvents();
        _outbound = new OutboundPayloads(message => Stream.TrySend(message), () => Stream.Finish(), bounds.HighWaterMark);
    }

    /// <summary>Completed when nothing can happen on it any more.</summary>
    public Task Ended => _ended.Task;

    public MeshStream Stream => _stream ?? throw new InvalidOperationException("The association has no stream.");

    /// <summary>Whether it has begun, in that tunnel.</summary>
    public bool IsIn(MeshTunnel tunnel) => _stream?.Tunnel == tunnel;

    /// <summary>Sets the stream, before its first event.</summary>
    public void Begin(MeshStream stream) => _stream = stream;

    /// <summary>Sends our hello, before any payload.</summary>
    public bool TryGreet(AssociationHello hello) => Stream.TrySend(hello.ToBytes());

    /// <summary>Opens the companion for our heartbeats; on the driver loop.</summary>
    /// <param name="number">What the peer calls this association; 0 when it takes no companions.</param>
    public void OpenControl(uint number) => _control = number == 0 ? null : new ControlSender(Stream.Tunnel, number);

    /// <summary>Takes the companion that the peer opened; on the driver loop.</summary>
    /// <returns>False when there is one already, or the association has ended.</returns>
    public bool TryJoin(MeshStream companion)
    {
        if (_inboundControl is not null || _ended.Task.IsCompleted)
        {
            return false;
        }

        _inboundControl = companion;
        _releaseControl = companion.Release;
        return true;
    }

    /// <summary>Passes what arrives to Akka's listener as soon as it is there.</summary>
    public async Task ListenAsync(Task<IHandleEventListener> listener) =>
        _inbound.Attach(await listener.ConfigureAwait(false));

    /// <summary>Takes a payload for sending, without a copy; from any thread.</summary>
    /// <returns>False when it was not taken: above the high-water mark, too long, or disassociated.</returns>
    public bool TryWrite(ReadOnlyMemory<byte> payload)
    {
        if (_control is { IsOpen: true } control && !_disassociated && HeartbeatPayload.Is(payload.Span))
        {
            control.Write(payload);
            return true;
        }

        return payload.Length <= _longestPayload && !payload.IsEmpty && _outbound.TryWrite(payload);
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

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (!_greeted)
        {
            _greeted = true;
            stream.Release(message.Length);
            Greet(message.Span);
            return;
        }

        if (message.Length > _longestPayload || !_greeter.Admits(this, message))
        {
            stream.Release(message.Length);
            Abort(message.Length > _longestPayload
                ? AssociationResetCode.PayloadTooLong
                : AssociationResetCode.WrongOrigin);
            return;
        }

        switch (Judge(message))
        {
            case ManifestVerdict.Pass:
                Pass(message, _release);
                break;
            case ManifestVerdict.Drop:
                stream.Release(message.Length);
                return;
            default:
                stream.Release(message.Length);
                Abort(AssociationResetCode.NotAllowed);
                return;
        }

        if (!_gate.IsOpen)
        {
            _gate.Open();
            PassControl();
        }
    }

    /// <summary>A payload came by the companion; on the driver loop.</summary>
    public void HandleControl(MeshStream companion, ReadOnlyMemory<byte> payload)
    {
        if (!_gate.TryHandle(payload))
        {
            companion.Reset(AssociationResetCode.WrongOrigin);
            Abort(AssociationResetCode.WrongOrigin);
            return;
        }

        PassControl();
    }

    void IStreamHandler.OnWritable(MeshStream stream) => _outbound.Resume();

    void IStreamHandler.OnFinished(MeshStream stream)
    {
        _inbound.Add(new Disassociated(DisassociateInfo.Unknown));
        Disassociate();
    }

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end)
    {
        _ended.TrySetResult();
        _flushTimer?.Dispose();
        _control?.Abort(AssociationResetCode.GivenUp);
        _inboundControl?.Reset(AssociationResetCode.GivenUp);
        _greeter.HandleEnded(this, end);
        _inbound.Add(new Disassociated(DisassociateInfo.Unknown));
    }

    private void PassControl()
    {
        while (_gate.TryTake(out var payload))
        {
            if (Judge(payload) == ManifestVerdict.Pass)
            {
                Pass(payload, _releaseControl!);
            }
            else
            {
                // What the gate lets through is no system message, so nothing is missing without it.
                _releaseControl!(payload.Length);
            }
        }
    }

    private ManifestVerdict Judge(ReadOnlyMemory<byte> payload) =>
        _guard?.Judge(payload.Span, Stream.Tunnel.Peer.Address) ?? ManifestVerdict.Pass;

    private void Pass(ReadOnlyMemory<byte> payload, Action<int> release) =>
        _inbound.Add(new InboundPayload(UnsafeByteOperations.UnsafeWrap(payload)), release);

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
