using System;
using CsCheck;
using Google.Protobuf;
using MeshActors.Capabilities;
using MeshActors.Tasks;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Time;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class InboundTaskTests
{
    private static readonly MeshAddress Caller = new(0, 7);

    [Fact]
    public void A_worker_reads_what_the_caller_wrote()
    {
        var order = new TaskOrder(
            new TaskId((UInt128)42),
            "fx-pricing",
            CapabilityFilter.Any,
            ReadOnlyMemory<byte>.Empty,
            Raw: false,
            Streaming: true,
            new TaskOptions { Priority = TaskPriority.Low },
            "order-7",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "vendor=1",
            new MonoTime(0),
            new ResultSink());

        var header = order.WriteHeader(CapabilityVersion.Parse("1.2"), TimeSpan.FromMilliseconds(1_500.2));

        Assert.True(InboundTask.TryRead(InboundTaskReader.ReadHeader(header)!, Caller, out var task));
        Assert.Equal(
            new InboundTask(
                new TaskKey(Caller, order.Id),
                "fx-pricing",
                CapabilityVersion.Parse("1.2"),
                TimeSpan.FromMilliseconds(1_501),
                TaskPriority.Low,
                Streaming: true,
                order.TraceParent,
                order.TraceState,
                "order-7"),
            task);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("capability")]
    [InlineData("version")]
    [InlineData("no time")]
    [InlineData("too much time")]
    public void A_field_out_of_its_bounds_makes_it_no_request(string broken)
    {
        var request = new TaskRequest
        {
            TaskId = ByteString.CopyFrom(new byte[broken == "id" ? 15 : 16]),
            Capability = broken == "capability" ? "Fx Pricing" : "fx-pricing",
            Version = broken == "version" ? "one" : "1.2",
            RemainingMs = broken == "no time" ? 0u : broken == "too much time" ? 86_400_001u : 1u,
        };

        Assert.False(InboundTask.TryRead(new StreamHeader { Task = request }, Caller, out _));
    }

    [Fact]
    public void A_correlation_id_that_is_none_is_replaced_by_the_task_id()
    {
        var header = new StreamHeader
        {
            Task = new TaskRequest
            {
                TaskId = ByteString.CopyFrom(new byte[16]),
                Capability = "a",
                Version = "1.0",
                RemainingMs = 1,
            },
            MeshTraceId = "two\nlines",
            Traceparent = new string('0', 1_000),
        };

        Assert.True(InboundTask.TryRead(header, Caller, out var task));
        Assert.Equal(task.Key.Id.ToString(), task.TraceId);
        Assert.Empty(task.TraceParent);
    }

    [Fact]
    public void No_bytes_make_the_header_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes =>
        {
            var header = InboundTaskReader.ReadHeader(bytes);
            return header is null || !InboundTask.TryRead(header, Caller, out var task) || task.Capability.Length > 0;
        });
}
