using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Net;
using System.Threading.Channels;
using System.Threading.Tasks;
using MeshActors.TestKit.Memory;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Sockets;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Transport.Tunnels;
using Xunit;

namespace MeshActors.Transport.Tests.Io;

/// <summary>A node on loopback: a real engine whose events can be awaited, and which answers streams as told.</summary>
internal sealed class EngineNode : IEngineHandler, IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly RootIdentity _root = RootIdentity.Create(SystemRandomSource.Instance);
    private readonly FleetSecret _secret;
    private readonly NodeIdentity _identity;
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();

    public EngineNode(
        string secret,
        IPAddress? address = null,
        TunnelSettings? settings = null,
        int port = 0,
        SocketKind sockets = SocketKind.Auto,
        MemoryNetwork? network = null)
    {
        _secret = FleetSecret.Parse(secret);
        Span<byte> root = stackalloc byte[RootKey.Size];
        _root.PublicKey.CopyTo(root);
        _identity = NodeIdentity.Issue(
            _root,
            AddressDerivation.Derive(root, 0, 0)!.Value,
            0,
            NodeRoles.Agent,
            Clock.System.UtcNow,
            TimeSpan.FromDays(1),
            SystemRandomSource.Instance);
        var bind = new IPEndPoint(address ?? IPAddress.Loopback, port);
        Engine = MeshEngine.StartOn(
            network?.Bind(UdpEndpoint.From(bind)) ?? NodeSockets.Bind(sockets, [bind]),
            new EngineSettings([bind], settings ?? new TunnelSettings()),
            _identity,
            new TrustSettings(0, [_secret], []),
            Clock.System,
            SystemRandomSource.Instance,
            this);
    }

    public MeshEngine Engine { get; }

    public UdpEndpoint Endpoint => Engine.LocalEndpoints[0];

    public PeerRecord Record => new(_identity.Certificate, [Endpoint]);

    /// <summary>Who handles a stream that the peer opened; echoes when not set.</summary>
    public Func<MeshStream, IStreamHandler?> Accept { get; set; } = _ => new EchoHandler();

    /// <summary>Datagrams that arrived.</summary>
    public Channel<ReadOnlyMemory<byte>> Datagrams { get; } = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();

    public ConcurrentQueue<Exception> Faults { get; } = new();

    /// <summary>Waits for the next of the given event, skipping others.</summary>
    public async Task ExpectAsync(string happened)
    {
        while (await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience) != happened)
        {
        }
    }

    public void OnTunnelOpened(MeshTunnel tunnel) => _events.Writer.TryWrite("opened");

    public void OnTunnelFailed(MeshTunnel tunnel, TunnelFailure failure) =>
        _events.Writer.TryWrite($"failed {failure}");

    public void OnTunnelClosed(MeshTunnel tunnel, TunnelCloseReason reason) =>
        _events.Writer.TryWrite($"closed {reason.Cause}");

    public IStreamHandler? OnStreamAccepted(MeshStream stream) => Accept(stream);

    public void OnDatagram(MeshTunnel tunnel, ReadOnlyMemory<byte> datagram) => Datagrams.Writer.TryWrite(datagram);

    public void OnFault(string where, Exception fault) => Faults.Enqueue(fault);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Assert.Empty(Faults);
        _identity.Dispose();
        _secret.Dispose();
        _root.Dispose();
    }
}

/// <summary>Sends every message back, and finishes when the peer has.</summary>
internal sealed class EchoHandler : IStreamHandler
{
    private readonly Queue<ReadOnlyMemory<byte>> _waiting = new();
    private bool _peerFinished;

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        _waiting.Enqueue(message);
        Send(stream);
    }

    public void OnWritable(MeshStream stream) => Send(stream);

    public void OnFinished(MeshStream stream)
    {
        _peerFinished = true;
        Send(stream);
    }

    public void OnEnded(MeshStream stream, StreamEnd end)
    {
    }

    private void Send(MeshStream stream)
    {
        while (_waiting.TryPeek(out var message) && stream.TrySend(message))
        {
            _waiting.Dequeue();
            stream.Release(message.Length);
        }

        if (_peerFinished && _waiting.Count == 0)
        {
            stream.Finish();
        }
    }
}

/// <summary>Keeps what arrives in a channel that a test reads.</summary>
internal sealed class InboxHandler : IStreamHandler
{
    private readonly Channel<ReadOnlyMemory<byte>> _messages = Channel.CreateUnbounded<ReadOnlyMemory<byte>>();
    private readonly TaskCompletionSource<StreamEnd> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<bool> _writable = Channel.CreateUnbounded<bool>();

    public Task<StreamEnd> Ended => _ended.Task.WaitAsync(EngineNode.Patience);

    /// <summary>The next message; its credit goes back to <paramref name="stream"/> at once, if one is given.</summary>
    public async Task<ReadOnlyMemory<byte>> NextAsync(MeshStream? stream)
    {
        var message = await _messages.Reader.ReadAsync().AsTask().WaitAsync(EngineNode.Patience);
        stream?.Release(message.Length);
        return message;
    }

    /// <summary>Sends, waiting for room when there is none.</summary>
    public async Task SendAsync(MeshStream stream, ReadOnlyMemory<byte> message)
    {
        while (!stream.TrySend(message))
        {
            await _writable.Reader.ReadAsync().AsTask().WaitAsync(EngineNode.Patience);
        }
    }

    public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message) => _messages.Writer.TryWrite(message);

    public void OnWritable(MeshStream stream) => _writable.Writer.TryWrite(true);

    public void OnFinished(MeshStream stream)
    {
    }

    public void OnEnded(MeshStream stream, StreamEnd end) => _ended.TrySetResult(end);
}
