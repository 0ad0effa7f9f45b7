using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using Google.Protobuf;
using MeshActors.Backbone;
using MeshActors.Capabilities;
using MeshActors.Discovery;
using MeshActors.Tasks;
using MeshActors.TestKit.Simulation;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Identity;
using MeshActors.Transport.Time;
using MeshActors.Wire;

namespace MeshActors.Fuzz.Targets;

/// <summary>Messages between nodes: stream headers, replies of workers, the directory, and JSON against its schema.</summary>
internal static class MessageReaders
{
    /// <summary>The header of a stream, then the replies of a worker.</summary>
    public static readonly FuzzTarget Tasks = new("stream-header", RunTasks, TaskSeeds);

    /// <summary>Requests to a directory and replies of one.</summary>
    public static readonly FuzzTarget Directory = new("directory", RunDirectory, DirectorySeeds);

    /// <summary>A schema, a zero byte, a payload.</summary>
    public static readonly FuzzTarget Schemas = new("schema", RunSchema, SchemaSeeds);

    private static readonly UdpEndpoint Seen = new(UdpEndpoint.MappedPrefix | 0x0A00_0001, 7400);

    private static byte[] Prefixed(byte[] message) => [(byte)(message.Length >> 8), (byte)(message.Length & 0xFF), .. message];

    private static IEnumerable<byte[]> TaskSeeds()
    {
        var header = new StreamHeader
        {
            Task = new TaskRequest
            {
                TaskId = ByteString.CopyFrom(new byte[16]),
                Capability = "fx-pricing",
                Version = "1.2",
                RemainingMs = 5_000,
                Streaming = true,
            },
            Traceparent = "00-00000000000000000000000000000001-0000000000000002-01",
            MeshTraceId = "abc",
        };
        yield return Prefixed(header.ToByteArray());
        yield return Prefixed(new StreamHeader { Directory = new DirectoryHello { Version = 1 } }.ToByteArray());
        TaskReply[] replies =
        [
            new() { Started = new TaskStarted() },
            new() { Part = new TaskPart { Index = 0 } },
            new() { Part = new TaskPart { Index = 1 } },
            new() { Completed = new TaskCompleted { HasPayload = true, Parts = 1 } },
            new() { Failed = new TaskFailed { Code = TaskFailureCode.Busy, Message = "later", Field = "$.a", NotStarted = true } },
        ];
        yield return [0, 0, .. replies.SelectMany(reply => Prefixed(reply.ToByteArray()))];
    }

    private static void RunTasks(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var reader = new InboundTaskReader(SimIdentities.Of(0).Certificate.Address);
        var header = InboundTaskReader.ReadHeader(script.Take(script.UInt16()).ToArray());
        if (reader.HandleHeader(header))
        {
            Finding.Unless(reader.HandlePayload(out var task), "a header that is good is a task once its payload came");
            Finding.Unless(task.Remaining > TimeSpan.Zero && task.Remaining <= TaskOptions.LongestDeadline, "a task has a deadline");
            Finding.Unless(!reader.HandlePayload(out _), "a task has one payload");
        }

        var replies = new TaskReplyReader();
        var ended = false;
        while (!script.IsOver)
        {
            var told = replies.Handle(script.Take(script.UInt16()).ToArray());
            Finding.Unless(!ended || told.Kind == TaskReplyKind.Bad, "nothing follows the end of a task");
            ended |= told.Kind is TaskReplyKind.Completed or TaskReplyKind.Failed;
            _ = told.Failure?.FinalCode(told.NotStarted);
            Finding.Unless(
                told.Failure is not { } failure || failure.Message.Length <= TaskFailure.MaxTextLength, "texts of failures are bounded");
        }
    }

    private static IEnumerable<byte[]> DirectorySeeds()
    {
        var capability = new WireCapability
        {
            Name = "fx-pricing",
            Version = "1.2",
            Tags = { "fx" },
            Metadata = { ["desk"] = "spot" },
            RequestSchema = """{"type":"object"}""",
        };
        var register = new DirectoryRequest
        {
            Id = 1,
            Register = new RegisterRecord
            {
                Sequence = 3,
                Certificate = ByteString.CopyFrom(Certificate(0)),
                Endpoints = { EndpointCodec.ToWire(Seen) },
                Region = "eu-west",
                LeaseSeconds = 600,
                Capabilities = { capability },
            },
        };
        var renew = new DirectoryRequest { Id = 2, Renew = new RenewRecord { Sequence = 3 } };
        var query = new DirectoryRequest
        {
            Id = 3,
            Query = new QueryRecords
            {
                Capability = "fx-pricing",
                Limit = 3,
                Filter = new CapabilityQuestion { Tags = { "fx" }, Region = "eu-west", Version = "1.0", MinUptimeMillionths = 1 },
            },
        };
        var release = new DirectoryRequest { Id = 4, Release = new ReleaseRecord() };
        var result = new DirectoryReply
        {
            Id = 3,
            Result = new QueryResult
            {
                Similar = { "fx-price" },
                Records =
                {
                    new WireRecord
                    {
                        Certificate = ByteString.CopyFrom(Certificate(1)),
                        Endpoints = { EndpointCodec.ToWire(Seen) },
                        Capabilities = { capability },
                        Sequence = 9,
                        UptimeMillionths = 999_000,
                    },
                },
            },
        };
        yield return [.. new[] { register, renew, query, release }.SelectMany(request => (byte[])[0x00, .. Prefixed(request.ToByteArray())])];
        yield return [0x40, .. Prefixed(result.ToByteArray())];
        yield return [0x00, .. Prefixed(query.ToByteArray())];
    }

    private static byte[] Certificate(int number)
    {
        var bytes = new byte[NodeCertificate.Size];
        SimIdentities.Of(number).Certificate.Write(bytes);
        return bytes;
    }

    private static void RunDirectory(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var table = new RecordTable(new RecordTableSettings(2, RecordLimits.LongestLease), new SimRandom(1));
        var service = new DirectoryService(table);
        var now = new MonoTime(0);
        var utcNow = SimIdentities.Epoch + TimeSpan.FromHours(1);
        var held = 0ul;
        while (!script.IsOver)
        {
            var operation = script.Byte();
            now += TimeSpan.FromSeconds((operation & 0x3F) * 10);
            var message = script.Take(script.UInt16()).ToArray();
            if ((operation & 0x40) != 0)
            {
                CheckReply(message);
                continue;
            }

            if (!DirectoryFraming.TryRead(message, out DirectoryRequest? request))
            {
                continue;
            }

            // Ids of records are chance; those that name none become the one that was given last.
            if (request.KindCase == DirectoryRequest.KindOneofCase.Renew && request.Renew.RecordId == 0)
            {
                request.Renew.RecordId = held;
            }
            else if (request.KindCase == DirectoryRequest.KindOneofCase.Release && request.Release.RecordId == 0)
            {
                request.Release.RecordId = held;
            }

            var peer = new PeerRecord(SimIdentities.Of(operation >> 7).Certificate, [Seen]);
            var reply = service.Answer(request, peer, now, utcNow);
            Finding.Unless(reply.Id == request.Id && reply.KindCase != DirectoryReply.KindOneofCase.None, "each request has its reply");
            Finding.Unless(table.Count <= 2, "a directory keeps its bound");
            held = reply.Registered?.RecordId ?? held;
            CheckReply(reply.ToByteArray());
        }
    }

    private static void CheckReply(byte[] message)
    {
        if (DirectoryFraming.TryRead(message, out DirectoryReply? reply) && reply.Result is { } result)
        {
            foreach (var match in RecordCodec.Read(result).Matches)
            {
                Finding.Unless(match.Uptime is >= 0 and <= 1, "an uptime is a part of one");
                Finding.Unless(RecordCodec.TryRead(RecordCodec.ToWire(match), out _), "a record that was read is written as one");
            }
        }
    }

    private static IEnumerable<byte[]> SchemaSeeds()
    {
        string[] schemas =
        [
            """{"type":"object","required":["a"],"properties":{"a":{"type":"integer","minimum":0},"b":{"type":"string","pattern":"^[a-z]+$","maxLength":5}},"additionalProperties":false}""",
            """{"type":"array","items":{"enum":["x","y"]},"minItems":1,"uniqueItems":true}""",
            """{"$defs":{"n":{"type":"number"}},"anyOf":[{"$ref":"#/$defs/n"},{"type":"null"},{"format":"date-time","type":"string"}]}""",
        ];
        string[] payloads = ["""{"a":1,"b":"abc"}""", """["x","y"]""", "1.5"];
        return schemas.Zip(payloads, (schema, payload) => Encoding.UTF8.GetBytes($"{schema}\0{payload}"));
    }

    private static void RunSchema(ReadOnlySpan<byte> input)
    {
        var end = input.IndexOf((byte)0);
        if (end < 0)
        {
            return;
        }

        var schema = Encoding.UTF8.GetString(input[..end]);
        var validator = new SchemaValidator();
        var problem = validator.CheckSchema(schema);
        var violation = validator.Validate(schema, input[(end + 1)..].ToArray());
        Finding.Unless(problem is null || violation is not null, "a schema that cannot be enforced takes nothing");
        Finding.Unless(validator.Count <= 1, "a schema is remembered once");
    }
}
