using System;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Google.Protobuf;
using MeshActors.Tasks;
using MeshActors.Tests.Tasks;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Io;
using MeshActors.Transport.Streams;
using MeshActors.Transport.Time;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Hosting;

/// <summary>Which tasks go ahead of the tunnel that is opened for them, between real nodes on loopback, and which their worker takes.</summary>
public sealed class EarlyTaskTests : IAsyncLifetime
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(20);

    private readonly LoopbackFleet _fleet = LoopbackFleet.Start();
    private readonly HalfDeafSockets.Deafness _deafness = new();
    private readonly Gate _gate = new();
    private LoopbackFleet.Node _worker = null!;
    private LoopbackFleet.Node _caller = null!;

    /// <summary>The worker has been up for long, or it would take nothing early.</summary>
    public async Task InitializeAsync()
    {
        var time = new LateTime();
        _worker = _fleet.StartNode(clock: new Clock(time));
        _caller = _fleet.StartNode(overSockets: sockets => new HalfDeafSockets(sockets, _deafness));
        await _worker.AddAsync<GatedAgent>("desk", _gate);
        await _worker.AddAsync<FxAgent>("prices");
        time.Lag = TimeSpan.Zero;
    }

    public async Task DisposeAsync() => await _fleet.DisposeAsync();

    [Fact]
    public async Task An_idempotent_task_begins_before_its_tunnel_is_open_and_once()
    {
        _deafness.Port = _worker.Tunnels.LocalEndpoints[0].Port;

        var asked = AskAsync("EURUSD", idempotent: true);
        var context = await _gate.Entered.Task.WaitAsync(Soon);
        Assert.Equal(_caller.Mesh.Address, context.Caller);
        Assert.DoesNotContain(_caller.Tunnels.Snapshot(), IsOpenToWorker);
        _deafness.Port = 0;
        _gate.Open.SetResult();

        Assert.Equal(new Price(21, 1), await asked);
        Assert.Single(_gate.Started);
    }

    [Fact]
    public async Task Another_task_waits_for_its_tunnel()
    {
        _deafness.Port = _worker.Tunnels.LocalEndpoints[0].Port;
        _gate.Open.SetResult();

        var asked = AskAsync("EURUSD", idempotent: false);
        await _deafness.SpokenTwice.Task.WaitAsync(Soon);
        Assert.Empty(_gate.Started);
        _deafness.Port = 0;

        Assert.Equal(new Price(21, 1), await asked);
        Assert.Single(_gate.Started);
    }

    [Fact]
    public async Task A_task_that_has_no_room_in_the_first_message_is_done_all_the_same()
    {
        _gate.Open.SetResult();

        Assert.Equal(new Price(21, 1), await AskAsync(new string('x', 100_000), idempotent: true));

        Assert.Single(_gate.Started);
    }

    [Fact]
    public async Task Tasks_asked_for_at_once_are_each_done_once()
    {
        _gate.Open.SetResult();

        await Task.WhenAll(AskAsync("EURUSD", idempotent: true), AskAsync("EURGBP", idempotent: true), AskAsync("EURJPY", idempotent: false));

        Assert.Equal(3, _gate.Started.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_worker_takes_no_task_early_that_was_not_declared_idempotent(bool idempotent)
    {
        var replies = new Replies();
        var header = new StreamHeader
        {
            Task = new TaskRequest
            {
                TaskId = ByteString.CopyFrom(Guid.Parse("6f1c3d52-2c3e-4b0b-8b1c-5f1a2d3c4b5a").ToByteArray()),
                Capability = "fx-pricing",
                Version = "1.2",
                RemainingMs = 10_000,
                Idempotent = idempotent,
            },
        }.ToByteArray();
        var early = new EarlyRequest(
            replies, [header, Encoding.UTF8.GetBytes("""{"pair":"EURUSD","amount":21}""")], _ => { });

        await _caller.Tunnels.OpenAsync(
            new PeerRecord(_worker.Tunnels.Identity.Certificate, _worker.Tunnels.LocalEndpoints), Soon, early);

        if (idempotent)
        {
            Assert.Equal(TaskReply.KindOneofCase.Started, (await replies.First.Task.WaitAsync(Soon)).KindCase);
        }
        else
        {
            var end = await replies.End.Task.WaitAsync(Soon);
            Assert.Equal((StreamEndReason.ResetByPeer, TaskStreamCode.BadMessage), (end.Reason, end.Code));
            Assert.False(replies.First.Task.IsCompleted);
        }
    }

    private bool IsOpenToWorker(MeshTunnel tunnel) =>
        tunnel.Peer.Address == _worker.Mesh.Address && tunnel.State == Transport.Tunnels.TunnelState.Open;

    private async Task<Price> AskAsync(string pair, bool idempotent) => await _caller.Mesh.AskAsync<Quote, Price>(
        "gated", new Quote(pair, 21), new TaskOptions { Idempotent = idempotent, Deadline = TimeSpan.FromSeconds(30) });

    /// <summary>Wall time of a node that is three minutes behind until the spec has it right.</summary>
    private sealed class LateTime : TimeProvider
    {
        private long _lag = TimeSpan.FromMinutes(3).Ticks;

        public TimeSpan Lag
        {
            set => Volatile.Write(ref _lag, value.Ticks);
        }

        public override long TimestampFrequency => Clock.System.Provider.TimestampFrequency;

        public override long GetTimestamp() => Clock.System.Provider.GetTimestamp();

        public override DateTimeOffset GetUtcNow() =>
            Clock.System.UtcNow - TimeSpan.FromTicks(Volatile.Read(ref _lag));
    }

    private sealed class Replies : IStreamHandler
    {
        public TaskCompletionSource<TaskReply> First { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TaskCompletionSource<StreamEnd> End { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void OnMessage(MeshStream stream, ReadOnlyMemory<byte> message)
        {
            First.TrySetResult(TaskReply.Parser.ParseFrom(message.Span));
            stream.Release(message.Length);
        }

        public void OnWritable(MeshStream stream)
        {
        }

        public void OnFinished(MeshStream stream)
        {
        }

        public void OnEnded(MeshStream stream, StreamEnd end) => End.TrySetResult(end);
    }
}
