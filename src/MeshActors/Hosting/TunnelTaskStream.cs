using System;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Io;

namespace MeshActors.Hosting;

/// <summary>A task's stream over a tunnel.</summary>
internal sealed class TunnelTaskStream : ITaskStream
{
    private readonly MeshStream _stream;

    public TunnelTaskStream(MeshStream stream)
    {
        _stream = stream;
    }

    public MeshAddress Peer => _stream.Tunnel.Peer.Address;

    public bool TrySend(ReadOnlyMemory<byte> message) => _stream.TrySend(message);

    public void Release(int messageBytes) => _stream.Release(messageBytes);

    public void Finish() => _stream.Finish();

    public void Reset(ulong code) => _stream.Reset(code);
}
