using System;
using System.Net;
using System.Threading.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Transport.Tests.Remoting;

/// <summary>A real node of the fleet whose associations take everything and say nothing.</summary>
internal sealed class SilentPeer : IEngineHandler, IStreamHandler, IAsyncDisposable
{
    private readonly NodeIdentity _identity;
    private readonly TaskCompletionSource _greeted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<StreamEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private SilentPeer(NodeIdentity identity, TrustSettings trust)
    {
        _identity = identity;
        Engine = MeshEngine.Start(
            new EngineSettings([new IPEndPoint(IPAddress.Loopback, 0)], new TunnelSettings()),
            identity,
            trust,
            new Clock(Clock.System.Provider),
            SystemRandomSource.Instance,
            this);
    }

    public MeshEngine Engine { get; }

    /// <summary>Completed when the hello of the first association is here.</summary>
    public Task Greeted => _greeted.Task;

    /// <summary>How its stream ended.</summary>
    public Task<StreamEnd> Ended => _ended.Task;

    public static SilentPeer Start(FleetSecret secret)
    {
        using var root = RootIdentity.Create(SystemRandomSource.Instance);
        Span<byte> key = stackalloc byte[RootKey.Size];
        root.PublicKey.CopyTo(key);
        var identity = NodeIdentity.Issue(
            root,
            AddressDerivation.Derive(key, realm: 0, salt: 0)!.Value,
            0,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
        return new SilentPeer(identity, new TrustSettings(0, [secret], []));
    }

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        _identity.Dispose();
    }

    public void OnTunnelOpened(MeshTunnel tunnel)
    {
    }

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure)
    {
    }

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason)
    {
    }

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => this;

    public void OnFault(string where, Exception fault) => _ended.TrySetException(fault);

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) => _greeted.TrySetResult();

    public void OnWritable(MeshStream stream)
    {
    }

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end) => _ended.TrySetResult(end);
}
