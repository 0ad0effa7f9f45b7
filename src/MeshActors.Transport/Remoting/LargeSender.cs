using System;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>The companion by which this side's large payloads go beside everything else of the association.</summary>
/// <remarks>References to what it carries stand in the association's own stream, so the association ends with it.</remarks>
internal sealed class LargeSender : IStreamHandler
{
    private readonly Action _writable;
    private readonly Action _broken;
    private readonly MeshStream _stream;

    /// <param name="tunnel">The association's.</param>
    /// <param name="number">What the peer calls the association.</param>
    /// <param name="writable">Called when there is room again.</param>
    /// <param name="broken">Called when it has ended.</param>
    public LargeSender(MeshTunnel tunnel, uint number, Action writable, Action broken)
    {
        _writable = writable;
        _broken = broken;
        TrySend = message => _stream!.TrySend(message);
        Finish = () => _stream!.Finish();
        _stream = tunnel.OpenStream(StreamLane.Association, this);
        _stream.TrySend(new CompanionHello(StreamLane.Association, number).ToBytes());
    }

    /// <summary>Whether what is written goes out; it is not before the peer allows one more stream.</summary>
    public bool IsOpen => _stream is { Id: not null, HasEnded: false };

    /// <summary>Takes a payload; false when there is no room.</summary>
    public Func<ReadOnlyMemory<byte>, bool> TrySend { get; }

    /// <summary>Nothing follows.</summary>
    public Action Finish { get; }

    /// <summary>The association has ended.</summary>
    public void Abort(ulong code) => _stream.Reset(code);

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        // A companion carries one way.
        stream.Release(message.Length);
        stream.Reset(AssociationResetCode.BadHello);
    }

    void IStreamHandler.OnWritable(MeshStream stream) => _writable();

    void IStreamHandler.OnFinished(MeshStream stream)
    {
        // The receiver ends its own direction as soon as it has taken the companion.
    }

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end)
    {
        if (end.Reason != StreamEndReason.Completed)
        {
            _broken();
        }
    }
}
