using System;
using Akka.Actor;
using MeshActors.Discovery;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;

namespace MeshActors.Hosting;

/// <summary>A directory stream over a tunnel, from either end: passes everything to the actor that owns it.</summary>
internal sealed class TunnelDirectoryStream : IDirectoryStream, IStreamHandler
{
    private readonly MeshTunnel _tunnel;
    private readonly IActorRef _owner;
    private MeshStream? _stream;

    private TunnelDirectoryStream(MeshTunnel tunnel, IActorRef owner)
    {
        _tunnel = tunnel;
        _owner = owner;
    }

    public PeerRecord Peer => _tunnel.Peer;

    private MeshStream Stream => _stream ?? throw new InvalidOperationException("The stream is not open yet.");

    /// <summary>Opens the node's end.</summary>
    /// <param name="tunnel">To the backbone.</param>
    /// <param name="owner">Who is told what happens.</param>
    /// <param name="header">The stream's first message.</param>
    public static TunnelDirectoryStream Open(MeshTunnel tunnel, IActorRef owner, ReadOnlyMemory<byte> header)
    {
        var opened = new TunnelDirectoryStream(tunnel, owner);
        opened._stream = tunnel.OpenStream(StreamLane.Streams, opened);
        opened._stream.TrySend(header);
        return opened;
    }

    /// <summary>Takes the backbone's end of a stream whose header was read.</summary>
    public static TunnelDirectoryStream Accept(MeshStream stream, IActorRef backbone)
    {
        var accepted = new TunnelDirectoryStream(stream.Tunnel, backbone) { _stream = stream };
        backbone.Tell(new DirectoryStreamOpened(accepted));
        return accepted;
    }

    public bool TrySend(ReadOnlyMemory<byte> message) => Stream.TrySend(message);

    public void Release(int messageBytes) => Stream.Release(messageBytes);

    public void Finish() => Stream.Finish();

    public void Reset(ulong code) => Stream.Reset(code);

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) =>
        _owner.Tell(new DirectoryMessageArrived(this, message));

    public void OnWritable(MeshStream stream) => _owner.Tell(new DirectoryStreamWritable(this));

    /// <summary>Neither end goes on alone.</summary>
    public void OnFinished(MeshStream stream) => stream.Finish();

    public void OnEnded(MeshStream stream, StreamEnd end) => _owner.Tell(new DirectoryStreamEnded(this));
}
