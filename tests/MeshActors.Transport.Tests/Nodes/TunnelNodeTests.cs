using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Runtime.CompilerServices;
using System.Threading;
using System.Threading.Tasks;
using MeshActors.Transport.Chance;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Nodes;
using Xunit;

namespace MeshActors.Transport.Tests.Nodes;

/// <summary>Programs without actors, over real sockets of this machine.</summary>
public sealed class TunnelNodeTests : FleetTests
{
    private readonly List<Exception> _faults = [];

    [Fact]
    public async Task Requests_of_every_size_are_answered()
    {
        var (tunnel, _) = await ConnectAsync(Echo);

        foreach (var size in (int[])[1, 1_000, 70_000, 3_000_000, PeerTunnel.MaxMessageBytes])
        {
            var request = Bytes(size);
            var reply = await tunnel.SendAsync(request).WaitAsync(Patience);
            Assert.True(reply.Span.SequenceEqual(request), $"{size} bytes came back changed");
        }

        await UntilAsync(() => tunnel.Figures is { Requests: 0, QueuedBytes: 0 });
        Assert.True(tunnel.Figures.RoundTrip > TimeSpan.Zero);
    }

    [Fact]
    public async Task A_thousand_requests_at_once_are_all_answered_each_by_its_own_reply()
    {
        var (tunnel, _) = await ConnectAsync(Echo);

        await Task.WhenAll(Enumerable.Range(1, 1_000).Select(async i =>
        {
            var request = BitConverter.GetBytes(i);
            Assert.Equal(request, (await tunnel.SendAsync(request).WaitAsync(Patience)).ToArray());
        }));
    }

    [Fact]
    public async Task A_reply_comes_part_by_part_in_order_and_may_be_empty()
    {
        var (tunnel, _) = await ConnectAsync((request, _) => Count(BitConverter.ToInt32(request.Bytes.Span), 10));

        Assert.Equal(
            Enumerable.Range(0, 500),
            await ReadAsync(tunnel.StreamAsync(BitConverter.GetBytes(500))).WaitAsync(Patience));
        Assert.Empty(await ReadAsync(tunnel.StreamAsync(BitConverter.GetBytes(0))).WaitAsync(Patience));
        Assert.True((await tunnel.SendAsync(BitConverter.GetBytes(0)).WaitAsync(Patience)).IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_request_may_be_sent_before_the_first_session(bool idempotent)
    {
        var server = await StartAsync(Echo);
        var client = await StartAsync(null);
        var options = new RequestOptions { Idempotent = idempotent };

        var tunnel = await client.BeginAsync(server.Self).WaitAsync(Patience);
        var replies = Enumerable.Range(1, 20).Select(i => tunnel.SendAsync(new byte[i * 100], options)).ToList();
        for (var i = 1; i <= replies.Count; i++)
        {
            Assert.Equal(i * 100, (await replies[i - 1].WaitAsync(Patience)).Length);
        }
    }

    [Fact]
    public async Task Both_sides_ask_in_one_tunnel()
    {
        var (tunnel, server) = await ConnectAsync(Echo, Echo);
        var back = await FirstAsync(server.AcceptAsync());

        Assert.Equal([1], (await tunnel.SendAsync(new byte[] { 1 }).WaitAsync(Patience)).ToArray());
        Assert.Equal([2], (await back.SendAsync(new byte[] { 2 }).WaitAsync(Patience)).ToArray());
        Assert.Equal(Nodes[1].Root, back.Root);
        Assert.Equal(server.Address, tunnel.Address);
    }

    [Fact]
    public async Task A_request_without_a_reply_times_out_and_its_handler_is_cancelled()
    {
        var cancelled = new TaskCompletionSource();
        var (tunnel, _) = await ConnectAsync((_, cancellation) => Never(cancelled, cancellation));

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(
            () => tunnel.SendAsync(new byte[1], new RequestOptions { Timeout = TimeSpan.FromSeconds(1) }));

        Assert.Equal((PeerTunnelError.TimedOut, true), (failure.Error, failure.MayHaveArrived));
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Cancelling_in_the_middle_of_a_stream_ends_it_at_both_ends()
    {
        var cancelled = new TaskCompletionSource();
        var (tunnel, _) = await ConnectAsync((_, cancellation) => Never(cancelled, cancellation, parts: 3));
        using var stop = new CancellationTokenSource();
        var seen = 0;

        var thrown = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var part in tunnel.StreamAsync(new byte[1], cancellation: stop.Token))
            {
                if (++seen == 3)
                {
                    await stop.CancelAsync();
                }
            }
        });

        Assert.Equal(stop.Token, thrown.CancellationToken);
        Assert.Equal(3, seen);
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Leaving_the_loop_gives_the_request_up_at_the_peer()
    {
        var cancelled = new TaskCompletionSource();
        var (tunnel, _) = await ConnectAsync((_, cancellation) => Never(cancelled, cancellation, parts: 3));

        await foreach (var part in tunnel.StreamAsync(new byte[1]))
        {
            break;
        }

        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_handler_that_throws_fails_its_request_alone()
    {
        var (tunnel, _) = await ConnectAsync((request, _) =>
            request.Bytes.Length == 2 ? throw new InvalidOperationException("a handler's fault") : Parts(request.Bytes));

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => tunnel.SendAsync(new byte[2]));

        Assert.Equal(PeerTunnelError.HandlerFailed, failure.Error);
        Assert.DoesNotContain("a handler's fault", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, (await tunnel.SendAsync(new byte[3]).WaitAsync(Patience)).Length);
        await UntilAsync(() => _faults.Count == 1);
    }

    [Fact]
    public async Task A_node_that_serves_nothing_says_so()
    {
        var (tunnel, _) = await ConnectAsync(null);

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => tunnel.SendAsync(new byte[2]));

        Assert.Equal(PeerTunnelError.NotServed, failure.Error);
    }

    [Fact]
    public async Task A_slow_reader_holds_up_its_own_handler_and_no_other_request()
    {
        var sent = 0;
        var (tunnel, _) = await ConnectAsync((request, _) =>
            request.Bytes.Length == 2 ? Endless(() => Interlocked.Increment(ref sent)) : Parts(request.Bytes));
        await using var slow = tunnel.StreamAsync(new byte[2]).GetAsyncEnumerator();
        Assert.True(await slow.MoveNextAsync());

        for (var i = 0; i < 200; i++)
        {
            Assert.Equal(1_000, (await tunnel.SendAsync(new byte[1_000]).WaitAsync(Patience)).Length);
        }

        // 10,000 bytes each: the receiver's window and what the sender queues bound what the handler got rid of.
        Assert.InRange(Volatile.Read(ref sent), 2, 1_000);
        await UntilAsync(() => Nodes[0].Tunnels.Single().Figures.WaitingForPeer == 1);
    }

    [Fact]
    public async Task A_peer_that_goes_down_fails_what_is_under_way_and_ends_the_tunnel()
    {
        var (begun, cancelled) = (new TaskCompletionSource(), new TaskCompletionSource());
        var (tunnel, server) = await ConnectAsync((_, cancellation) =>
        {
            begun.TrySetResult();
            return Never(cancelled, cancellation);
        });
        var waiting = tunnel.SendAsync(new byte[1]);
        await begun.Task.WaitAsync(Patience);

        await server.DisposeAsync();

        Assert.Equal(PeerTunnelError.TunnelClosed, (await Assert.ThrowsAsync<PeerTunnelException>(() => waiting)).Error);
        Assert.True((await tunnel.Ended.WaitAsync(Patience)).ByPeer);
        Assert.False(tunnel.IsOpen);
        var late = await Assert.ThrowsAsync<PeerTunnelException>(() => tunnel.SendAsync(new byte[1]));
        Assert.Equal((PeerTunnelError.TunnelClosed, false), (late.Error, late.MayHaveArrived));
        Assert.False(tunnel.TrySendDatagram(new byte[1], Patience));
        await cancelled.Task.WaitAsync(Patience);
    }

    [Fact]
    public async Task Closing_tells_the_peer_why()
    {
        var (tunnel, server) = await ConnectAsync(Echo);
        var back = await FirstAsync(server.AcceptAsync());

        var here = await tunnel.CloseAsync("work is done", 7).WaitAsync(Patience);
        var there = await back.Ended.WaitAsync(Patience);

        Assert.Equal(new TunnelEnd(false, 7, "work is done"), here);
        Assert.Equal(new TunnelEnd(true, 7, "work is done"), there);
        Assert.Empty(Nodes[1].Tunnels);
    }

    [Fact]
    public async Task Datagrams_go_both_ways_until_the_tunnel_ends()
    {
        var (tunnel, server) = await ConnectAsync(Echo);
        var back = await FirstAsync(server.AcceptAsync());

        Assert.True(tunnel.TrySendDatagram(Bytes(PeerTunnel.MaxDatagramBytes), Patience));
        Assert.Equal(PeerTunnel.MaxDatagramBytes, (await FirstAsync(back.ReadDatagramsAsync())).Length);
        Assert.True(back.TrySendDatagram(new byte[] { 5 }, Patience));
        Assert.Equal([5], (await FirstAsync(tunnel.ReadDatagramsAsync())).ToArray());
        var rest = ReadAsync(tunnel.ReadDatagramsAsync());
        await tunnel.CloseAsync();
        Assert.Empty(await rest.WaitAsync(Patience));
    }

    [Fact]
    public async Task What_awaits_never_goes_on_on_the_driver_thread()
    {
        var (tunnel, _) = await ConnectAsync(Echo);
        await Task.Run(async () =>
        {
            for (var i = 0; i < 50; i++)
            {
                await tunnel.SendAsync(new byte[1]);
                Assert.True(Thread.CurrentThread.IsThreadPoolThread);
            }

            await tunnel.CloseAsync();
            Assert.True(Thread.CurrentThread.IsThreadPoolThread);
        });
    }

    [Fact]
    public async Task Nobody_at_the_endpoint_is_unreachable()
    {
        var node = await StartAsync(null);
        var gone = await StartAsync(null);
        await gone.DisposeAsync();

        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => node.OpenAsync(gone.Self).WaitAsync(Patience));

        Assert.Equal(PeerTunnelError.Unreachable, failure.Error);
        using var stop = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => node.OpenAsync(gone.Self, stop.Token));
    }

    [Fact]
    public async Task Nodes_that_pin_each_other_need_no_secret_and_others_are_not_dialled()
    {
        var identities = (Client: Path.Combine(FleetDirectory, "client"), Server: Path.Combine(FleetDirectory, "server"));
        var roots = new List<RootKey>();
        foreach (var path in (string[])[identities.Client, identities.Server])
        {
            await using var once = await TunnelNode.StartAsync(new() { IdentityPath = path, FleetSecretFiles = [Secret] });
            roots.Add(once.Root);
        }

        var server = await AddAsync(new() { IdentityPath = identities.Server, PinnedRoots = [roots[0]], Serve = Echo });
        var client = await AddAsync(new() { IdentityPath = identities.Client, PinnedRoots = [roots[1]] });
        var tunnel = await client.OpenAsync(server.Endpoints[0]).WaitAsync(Patience);

        Assert.Equal([9], (await tunnel.SendAsync(new byte[] { 9 }).WaitAsync(Patience)).ToArray());
        Assert.Equal((roots[0], roots[1]), (client.Root, tunnel.Root));
        var stranger = RootKey.From(Bytes(RootKey.Size));
        var failure = await Assert.ThrowsAsync<PeerTunnelException>(() => client.OpenAsync(server.Endpoints[0], stranger));
        Assert.Equal(PeerTunnelError.NoTrust, failure.Error);
    }

    [Fact]
    public async Task Mistakes_of_the_caller_are_named()
    {
        var (tunnel, server) = await ConnectAsync(Echo);

        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => tunnel.SendAsync(default));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => tunnel.SendAsync(new byte[PeerTunnel.MaxMessageBytes + 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RequestOptions { Timeout = TimeSpan.Zero });
        await Assert.ThrowsAsync<ArgumentException>(() => server.OpenAsync(new TunnelPeer(null, [])));
        Assert.Equal("FleetSecretFiles", (await StartFailureAsync(new())).ParamName);
        Assert.Equal("MaxTunnels", (await StartFailureAsync(new() { FleetSecretFiles = [Secret], MaxTunnels = 0 })).ParamName);
        Assert.Equal("ReconnectTimeout", (await StartFailureAsync(new()
        {
            FleetSecretFiles = [Secret],
            ReconnectTimeout = TimeSpan.Zero,
        })).ParamName);
        Assert.Equal("options", (await StartFailureAsync(new() { FleetSecretFiles = [Secret + "?"] })).ParamName);
    }

    private static async Task<ArgumentException> StartFailureAsync(TunnelNodeOptions options) =>
        await Assert.ThrowsAnyAsync<ArgumentException>(() => TunnelNode.StartAsync(options));

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Parts(params ReadOnlyMemory<byte>[] parts)
    {
        await Task.Yield();
        foreach (var part in parts)
        {
            yield return part;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Count(int parts, int size)
    {
        for (var i = 0; i < parts; i++)
        {
            await Task.Yield();
            var part = new byte[size];
            BitConverter.TryWriteBytes(part, i);
            yield return part;
        }
    }

    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Endless(Action sent)
    {
        while (true)
        {
            await Task.Yield();
            yield return new byte[10_000];
            sent();
        }
    }

    /// <summary>Sends some parts, and then waits for its cancellation, which it tells of wherever it is then.</summary>
    private static async IAsyncEnumerable<ReadOnlyMemory<byte>> Never(
        TaskCompletionSource cancelled, [EnumeratorCancellation] CancellationToken cancellation, int parts = 0)
    {
        _ = cancellation.Register(() => cancelled.TrySetResult());
        for (var i = 0; i < parts; i++)
        {
            yield return new byte[4];
        }

        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registered = cancellation.Register(() => end.TrySetResult());
        await end.Task;
        cancellation.ThrowIfCancellationRequested();
    }

    private static async Task<List<int>> ReadAsync(IAsyncEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var read = new List<int>();
        await foreach (var part in parts)
        {
            read.Add(BitConverter.ToInt32(part.Span));
        }

        return read;
    }

    private static async Task<T> FirstAsync<T>(IAsyncEnumerable<T> all)
    {
        await using var one = all.GetAsyncEnumerator();
        Assert.True(await one.MoveNextAsync().AsTask().WaitAsync(Patience));
        return one.Current;
    }

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!holds())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static byte[] Bytes(int size)
    {
        var bytes = new byte[size];
        SystemRandomSource.Instance.Fill(bytes);
        return bytes;
    }

    private async Task<(PeerTunnel Tunnel, TunnelNode Server)> ConnectAsync(ServeRequest? serve, ServeRequest? back = null)
    {
        var server = await StartAsync(serve);
        var client = await StartAsync(back);
        return (await client.OpenAsync(server.Self).WaitAsync(Patience), server);
    }

    private Task<TunnelNode> StartAsync(ServeRequest? serve) =>
        AddAsync(new() { FleetSecretFiles = [Secret], Serve = serve, OnFault = Note });

    private void Note(Exception fault)
    {
        lock (_faults)
        {
            _faults.Add(fault);
        }
    }
}
