using System;
using System.Net;
using System.Threading;
using MeshActors.Benchmarks.Children;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;

namespace MeshActors.Benchmarks.Idle;

/// <summary>The node that is measured: an engine that opens many tunnels, sends one message through each, and then is idle.</summary>
/// <remarks>It takes the peers' addresses for derived, see <see cref="PeerNode"/>; all else is what every program has.</remarks>
internal sealed class IdleNode : ILoadSide, ITunnelCount, IEngineHandler, IStreamHandler
{
    /// <summary>Handshakes under way at most: as many as the peers' sockets take at once.</summary>
    private const int Window = 32;

    private const int MessageBytes = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly IPAddress _address;
    private readonly SemaphoreSlim _window = new(Window);
    private readonly byte[] _message = new byte[MessageBytes];
    private FleetSecret? _secret;
    private NodeIdentity? _identity;
    private MeshEngine? _engine;
    private int _open;
    private int _answered;
    private string _fault = string.Empty;

    public IdleNode(IPAddress address)
    {
        _address = address;
    }

    public int OpenTunnels => Volatile.Read(ref _open);

    public LoadCounters Counters => new(0, Volatile.Read(ref _answered), 0, 0, 0, _engine?.Statistics.AllocatedBytes ?? 0);

    public ChildAnswer Open(ChildCommand command)
    {
        _secret = FleetSecret.Parse(command.Secret);
        _identity = DrawnIdentity.Make(SystemRandomSource.Instance);
        var settings = new EngineSettings(
            [new IPEndPoint(_address, 0)], new TunnelSettings { MaxTunnels = command.Count });
        _engine = MeshEngine.StartOn(
            NodeSockets.Bind(settings.Sockets, settings.Binds),
            settings,
            _identity,
            new TrustSettings(0, [_secret], []),
            Clock.System,
            SystemRandomSource.Instance,
            this,
            claim => claim.Address);
        return new ChildAnswer();
    }

    /// <summary>Opens a tunnel to each peer of the command, and waits until each has carried a message.</summary>
    public void Begin(ChildCommand command)
    {
        foreach (var peer in command.Peers)
        {
            var parts = peer.Split('@');
            if (!NodeCertificate.TryRead(Convert.FromBase64String(parts[0]), out var certificate)
                || !UdpEndpoint.TryParse(parts[1], out var endpoint))
            {
                throw new BenchException("A peer's certificate or endpoint cannot be read.");
            }

            Take();
            var stream = _engine!.Open(new PeerRecord(certificate, [endpoint])).OpenStream(StreamLane.Streams, this);
            stream.TrySend(_message);
            stream.Finish();
        }

        for (var i = 0; i < Window; i++)
        {
            Take();
        }

        _window.Release(Window);
    }

    public void End()
    {
    }

    public Latencies RoundTrips(ChildCommand command) => throw new NotSupportedException();

    public void OnTunnelOpened(MeshTunnel tunnel) => Interlocked.Increment(ref _open);

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure)
    {
        Interlocked.Decrement(ref _open);
        _fault = failure.ToString();
    }

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason) => _fault = reason.ToString();

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => null;

    public void OnFault(string where, Exception fault) => _fault = $"{where}: {fault}";

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) => stream.Release(message);

    public void OnWritable(MeshStream stream)
    {
    }

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
        if (end.Reason == StreamEndReason.Completed)
        {
            Interlocked.Increment(ref _answered);
        }

        _window.Release();
    }

    public void Dispose()
    {
        _engine?.DisposeAsync().AsTask().Wait(Patience);
        _identity?.Dispose();
        _secret?.Dispose();
        _window.Dispose();
    }

    private void Take()
    {
        if (!_window.Wait(Patience))
        {
            throw new BenchException($"{_answered} tunnels have carried a message, then no more. {_fault}");
        }
    }
}
