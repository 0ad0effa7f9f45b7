using System;
using System.Collections.Generic;
using System.Linq;
using CsCheck;
using Google.Protobuf;
using MeshActors.Tasks;
using MeshActors.Wire;
using Xunit;

namespace MeshActors.Tests.Tasks;

public sealed class TaskReplyReaderTests
{
    [Fact]
    public void What_a_transcript_says_is_what_the_reader_reads() =>
        Gen.Select(Gen.Byte.Array[1, 20].Array[0, 8], Gen.Bool, Gen.Bool).Sample((parts, hasResult, fails) =>
        {
            var transcript = new TaskTranscript();
            transcript.AddStarted();
            Array.ForEach(parts, part => transcript.AddPart(part));
            if (fails)
            {
                transcript.AddFailed(new TaskFailure(TaskFailureCode.AgentFailed, "broken"));
            }
            else
            {
                transcript.AddCompleted(hasResult ? new ReadOnlyMemory<byte>([1, 2]) : default(ReadOnlyMemory<byte>?));
            }

            var read = Read(new TaskReplyReader(), transcript);

            var kinds = read.Select(reply => reply.Kind).Where(kind => kind != TaskReplyKind.AwaitingPayload).ToList();
            var expected = new List<TaskReplyKind> { TaskReplyKind.Started };
            expected.AddRange(parts.Select(_ => TaskReplyKind.Part));
            expected.Add(fails ? TaskReplyKind.Failed : TaskReplyKind.Completed);
            return kinds.SequenceEqual(expected)
                && read.Where(reply => reply.Kind == TaskReplyKind.Part)
                    .Zip(parts, (reply, part) => reply.Payload!.Value.Span.SequenceEqual(part)).All(same => same)
                && (fails || read[^1].Payload is not null == hasResult);
        });

    [Fact]
    public void No_bytes_make_it_throw_and_after_an_end_nothing_is_taken() =>
        Gen.Byte.Array[0, 40].Array[1, 30].Sample(messages =>
        {
            var reader = new TaskReplyReader();
            var ended = false;
            foreach (var message in messages)
            {
                var reply = reader.Handle(message);
                if (ended && reply.Kind != TaskReplyKind.Bad)
                {
                    return false;
                }

                ended |= reply.Kind is TaskReplyKind.Completed or TaskReplyKind.Failed;
            }

            return true;
        });

    [Fact]
    public void A_part_out_of_order_or_before_the_start_is_bad()
    {
        var part = new TaskReply { Part = new TaskPart { Index = 1 } }.ToByteArray();
        var reader = new TaskReplyReader();
        Assert.Equal(TaskReplyKind.Bad, reader.Handle(part).Kind);

        reader.Handle(new TaskReply { Started = new TaskStarted() }.ToByteArray());
        Assert.Equal(TaskReplyKind.Bad, reader.Handle(part).Kind);
    }

    [Fact]
    public void A_refusal_after_the_start_is_none()
    {
        var reader = new TaskReplyReader();
        reader.Handle(new TaskReply { Started = new TaskStarted() }.ToByteArray());

        var failed = reader.Handle(
            new TaskFailure(TaskFailureCode.Busy, new string('x', 5_000)).ToReply(notStarted: true).ToByteArray());

        Assert.False(failed.NotStarted);
        Assert.Equal(TaskFailure.MaxTextLength, failed.Failure!.Message.Length);
    }

    private static List<TaskReplyEvent> Read(TaskReplyReader reader, TaskTranscript transcript) =>
        [.. Enumerable.Range(0, transcript.Count).Select(index => reader.Handle(transcript[index]))];
}
