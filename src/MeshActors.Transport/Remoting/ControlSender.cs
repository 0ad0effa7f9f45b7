using System;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Transport.Remoting;

/// <summary>The companion by which this side's heartbeats go ahead of everything else of the association.</summary>
/// <remarks>
/// The peer may have sixteen streams of that lane open for us and no more, and those of an association that ended may be among them for a moment. While it is not open, and when the peer has ended it, heartbeats go
/// with everything else.
/// </remarks>
internal sealed class ControlSender : IStreamHandler
{
    private readonly ControlPayloads _payloads;
    private readonly MeshStream _stream;

    /// <param name="tunnel">The association's.</param>
    /// <param name="number">What the peer calls the association.</param>
    public ControlSender(MeshTunnel tunnel, uint number)
    {
        _payloads = new ControlPayloads(message => _stream!.TrySend(message));
        _stream = tunnel.OpenStream(StreamLane.Control, this);
        _stream.TrySend(new CompanionHello(StreamLane.Control, number).ToBytes());
    }

    /// <summary>Whether what is written now goes out.</summary>
    public bool IsOpen => _stream is { Id: not null, HasEnded: false };

    /// <summary>Takes a heartbeat for sending, without a copy; from any thread.</summary>
    public void Write(ReadOnlyMemory<byte> payload) => _payloads.Write(payload);

    /// <summary>Nothing follows.</summary>
    public void Finish() => _stream.Finish();

    /// <summary>The association has ended.</summary>
    public void Abort(ulong code) => _stream.Reset(code);

    void IStreamHandler.OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        // A companion carries one way.
        stream.Release(message.Length);
        stream.Reset(AssociationResetCode.BadHello);
    }

    void IStreamHandler.OnWritable(MeshStream stream) => _payloads.Resume();

    void IStreamHandler.OnFinished(MeshStream stream)
    {
        // The receiver ends its own direction as soon as it has taken the companion.
    }

    void IStreamHandler.OnEnded(MeshStream stream, StreamEnd end)
    {
        // From here on heartbeats go with everything else.
    }
}
