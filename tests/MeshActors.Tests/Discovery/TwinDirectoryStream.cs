using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading.Tasks;
using Akka.Actor;
using MeshActors.Discovery;
using MeshActors.Transport.Identity;

namespace MeshActors.Tests.Discovery;

/// <summary>One end of a directory stream in memory.</summary>
internal sealed class TwinDirectoryStream(PeerRecord peer, IActorRef owner) : IDirectoryStream
{
    private TwinDirectoryStream? _other;

    public PeerRecord Peer => peer;

    public bool HasEnded { get; private set; }

    /// <summary>Takes nothing while true.</summary>
    public bool IsFull { get; set; }

    public ulong? ResetCode { get; private set; }

    /// <summary>Bytes that arrived and were released.</summary>
    public int Released { get; private set; }

    public static (TwinDirectoryStream Node, TwinDirectoryStream Backbone) Pair(
        PeerRecord node, IActorRef nodeOwner, PeerRecord backbone, IActorRef backboneOwner)
    {
        var nodeEnd = new TwinDirectoryStream(backbone, nodeOwner);
        var backboneEnd = new TwinDirectoryStream(node, backboneOwner) { _other = nodeEnd };
        nodeEnd._other = backboneEnd;
        return (nodeEnd, backboneEnd);
    }

    public bool TrySend(ReadOnlyMemory<byte> message)
    {
        if (HasEnded || IsFull)
        {
            return false;
        }

        _other!.Receive(message);
        return true;
    }

    /// <summary>What the peer sent, whoever the peer is.</summary>
    public void Receive(ReadOnlyMemory<byte> message) => owner.Tell(new DirectoryMessageArrived(this, message));

    public void HaveRoom()
    {
        IsFull = false;
        owner.Tell(new DirectoryStreamWritable(this));
    }

    public void Release(int messageBytes) => Released += messageBytes;

    public void Finish() => End();

    public void Reset(ulong code)
    {
        ResetCode ??= code;
        End();
    }

    public void End()
    {
        if (!HasEnded)
        {
            HasEnded = true;
            owner.Tell(new DirectoryStreamEnded(this));
            _other?.End();
        }
    }
}

/// <summary>How nodes reach a backbone in memory: while it runs they get a stream to it, else a failure.</summary>
internal sealed class TwinBackbone(PeerRecord self)
{
    private readonly List<TwinDirectoryStream> _streams = [];
    private IActorRef? _backbone;

    public int Connects { get; private set; }

    public IReadOnlyList<TwinDirectoryStream> NodeEnds => _streams;

    public void Start(IActorRef backbone) => _backbone = backbone;

    /// <summary>The process is gone, and the tunnels notice.</summary>
    public void Kill(ActorSystem system)
    {
        system.Stop(_backbone!);
        _backbone = null;
        foreach (var stream in _streams.ToList())
        {
            stream.End();
        }
    }

    public DirectoryConnector ConnectorOf(PeerRecord node) => (_, owner, _) =>
    {
        Connects++;
        if (_backbone is null)
        {
            return Task.FromException<IDirectoryStream>(new TimeoutException("nobody answers"));
        }

        var (nodeEnd, backboneEnd) = TwinDirectoryStream.Pair(node, owner, self, _backbone);
        _streams.Add(nodeEnd);
        _backbone.Tell(new DirectoryStreamOpened(backboneEnd));
        return Task.FromResult<IDirectoryStream>(nodeEnd);
    };
}
