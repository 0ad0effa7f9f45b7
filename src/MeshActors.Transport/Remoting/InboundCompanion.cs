using System;
using System.Threading;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;

namespace MeshActors.Transport.Remoting;

/// <summary>A stream that the peer opened beside an association's own: says whose it is, then carries payloads one way.</summary>
/// <remarks>On the driver loop, but for its deadline.</remarks>
internal sealed class InboundCompanion : IStreamHandler
{
    /// <summary>From the opening until the stream is reset when it has not said whose it is: long, since what says so may be lost and sent again over a tunnel that failed meanwhile.</summary>
    public static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(60);

    private readonly CompanionRegister _register;
    private readonly ITimer _deadline;
    private AssociationStream? _association;

    public InboundCompanion(CompanionRegister register, MeshStream stream, Clock clock)
    {
        _register = register;
        _deadline = clock.Provider.CreateTimer(
            static state => ((MeshStream)state!).Reset(AssociationResetCode.GivenUp), stream, HelloTimeout, Timeout.InfiniteTimeSpan);
    }

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        if (_association is { } association)
        {
            association.HandleCompanion(stream, message);
            return;
        }

        _deadline.Dispose();
        stream.Release(message.Length);
        if (!CompanionHello.TryRead(message.Span, out var hello))
        {
            stream.Reset(AssociationResetCode.BadHello);
            return;
        }

        if (hello.Lane != stream.Lane || _register.Find(stream.Tunnel, hello.Number) is not { } found || !found.TryJoin(stream))
        {
            stream.Reset(AssociationResetCode.NoSuchAssociation);
            return;
        }

        // Streams are forgotten when both directions are over, and a side may have sixteen open.
        stream.Finish();
        _association = found;
    }

    void IStreamHandler.OnWritable(MeshStream stream)
    {
        // Nothing is sent on it.
    }

    void IStreamHandler.OnFinished(MeshStream stream) => _association?.HandleCompanionEnd(stream);

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end)
    {
        _deadline.Dispose();
        if (end.Reason != StreamEndReason.Completed)
        {
            _association?.HandleCompanionEnd(stream);
        }
    }
}
