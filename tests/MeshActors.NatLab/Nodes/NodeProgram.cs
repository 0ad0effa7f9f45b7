using System;
using System.IO;
using System.Linq;
using System.Net;
using System.Text.Json;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.NatLab.Matrix;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Nodes;
using MeshActors.Transport.Time;

namespace MeshActors.NatLab.Nodes;

/// <summary>A real node as a process of its own: told what to do by lines on standard input, telling what happens by lines on standard output, until its input ends.</summary>
internal sealed class NodeProgram : IDisposable
{
    /// <summary>The first argument by which the laboratory's program is a node.</summary>
    public const string Verb = "node";

    private const int WebSocketPort = 443;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    private readonly TextReader _input;
    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _end = new();
    private NodeTalk? _talk;

    private NodeProgram(TextReader input)
    {
        _input = input;
    }

    /// <summary>Runs a node.</summary>
    /// <returns>The process' exit code.</returns>
    public static async Task<int> RunAsync(TextReader input)
    {
        using var program = new NodeProgram(input);
        await program.RunAsync();
        return 0;
    }

    public void Dispose() => _end.Dispose();

    private async Task RunAsync()
    {
        var order = JsonSerializer.Deserialize<NodeOrder>((await _input.ReadLineAsync())!)!;
        var bind = IPEndPoint.Parse(order.Bind);
        await using var node = await TunnelNode.StartAsync(new TunnelNodeOptions
        {
            FleetSecretFiles = [order.SecretFile],
            Binds = [bind],
            IsRelay = order.IsRelay,
            RelayWebSocketBind = order.IsRelay ? new IPEndPoint(bind.Address, WebSocketPort) : null,
            Relays = [.. order.Relays.Select(relay => relay.ToPeer())],
            ReconnectTimeout = TimeSpan.FromSeconds(order.ReconnectSeconds),
            Serve = NodeTalk.CountAsync,
        });
        Tell(new NodeEvent(NodeEvent.Up, Now) { Peer = PeerWords.Of(node.Self with { Address = node.Address }) });
        var accepting = order.IsRelay ? Task.CompletedTask : AcceptAsync(node);
        while (await _input.ReadLineAsync() is { } line)
        {
            Carry(JsonSerializer.Deserialize<NodeWish>(line)!, node, order.Relays.Count);
        }

        await _end.CancelAsync();
        await accepting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private static long Now => Clock.System.Provider.GetTimestamp();

    private void Carry(NodeWish wish, TunnelNode node, int relays)
    {
        switch (wish.Do)
        {
            case NodeWish.Describe:
                _ = DescribeAsync(node, relays);
                break;
            case NodeWish.Talk:
                _ = OpenAsync(node, wish.Peer!.ToPeer());
                break;
            case NodeWish.Report:
                Tell(_talk?.Report() ?? new NodeEvent(NodeEvent.Figures, Now));
                break;
            default:
                Tell(new NodeEvent(NodeEvent.Failed, Now) { Error = $"nobody knows how to {wish.Do}" });
                break;
        }
    }

    private async Task DescribeAsync(TunnelNode node, int relays)
    {
        while (!_end.IsCancellationRequested)
        {
            var self = await node.DescribeAsync(_end.Token);
            if (self.Relays.Count == relays)
            {
                // Over its relays alone: where it listens behind a NAT says nothing to others.
                Tell(new NodeEvent(NodeEvent.Described, Now) { Peer = PeerWords.Of(self with { Endpoints = [] }) });
                return;
            }

            await Task.Delay(Look, Clock.System.Provider, _end.Token);
        }
    }

    private async Task OpenAsync(TunnelNode node, TunnelPeer peer)
    {
        Tell(new NodeEvent(NodeEvent.Begun, Now));
        try
        {
            await TalkAsync(await node.BeginAsync(peer, _end.Token));
        }
        catch (PeerTunnelException failure)
        {
            Tell(new NodeEvent(NodeEvent.Failed, Now) { Error = failure.Message });
        }
    }

    private async Task AcceptAsync(TunnelNode node)
    {
        await foreach (var tunnel in node.AcceptAsync(_end.Token))
        {
            await TalkAsync(tunnel);
        }
    }

    private async Task TalkAsync(PeerTunnel tunnel)
    {
        var talk = new NodeTalk(tunnel, Tell);
        _talk = talk;
        var watching = WatchAsync(tunnel);
        await talk.ListenAsync(_end.Token);
        await watching;
    }

    private async Task WatchAsync(PeerTunnel tunnel)
    {
        UdpEndpoint? last = null;
        while (!tunnel.Ended.IsCompleted && !_end.IsCancellationRequested)
        {
            if (tunnel.Endpoint is { } endpoint && endpoint != last)
            {
                last = endpoint;
                var path = RelayedEndpoint.TryRead(endpoint, out _, out _) ? LabPair.Relayed
                    : SocketEndpoint.TryRead(endpoint, out _, out var remote) ? remote.ToString()
                    : endpoint.ToString();
                Tell(new NodeEvent(NodeEvent.Moved, Now) { Path = path });
            }

            await Task.Delay(Look, Clock.System.Provider, CancellationToken.None);
        }
    }

    private void Tell(NodeEvent happened)
    {
        lock (_lock)
        {
            Console.Out.WriteLine(JsonSerializer.Serialize(happened));
        }
    }
}
