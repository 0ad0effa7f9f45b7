using System;
using System.Collections.Generic;
using Akka.Actor;
using Google.Protobuf;
using MeshActors.Transport.Remoting;
using MeshActors.Transport.Streams;

namespace MeshActors.Fuzz.Targets;

/// <summary>What peers send in companions of associations: whose they are, and payloads of Akka.Remote, which are read without Akka's own types.</summary>
internal static class AssociationReaders
{
    /// <summary>The first message of a companion, and behind it a payload that it would carry.</summary>
    public static readonly FuzzTarget Companions = new("companion", Run, Seeds);

    private const uint Instruction = (2 << 3) | 2;
    private const uint Command = 1 << 3;
    private const int Associate = 1;
    private const int Heartbeat = 3;

    private static readonly Address Claimed = new("mesh", "s", "h", 7);

    private static IEnumerable<byte[]> Seeds()
    {
        byte[] associate = [0x12, 0x10, 8, 1, 0x12, 12, 10, 8, 10, 1, .. "s"u8, 18, 1, .. "h"u8, 24, 7, 17, 0];
        yield return [.. new CompanionHello(StreamLane.Control, 1).ToBytes(), .. PayloadAddress.HeartbeatInstruction];
        yield return [.. new CompanionHello(StreamLane.Association, 1).ToBytes(), .. associate];
        yield return [2, 2, 0, 0, 0, 1, 0x12, 14, 8, 1, 0x12, 10, 10, 8, 10, 1, .. "s"u8, 18, 1, .. "h"u8, 24, 7];
        yield return [2, 2, 0, 0, 0, 1, 0x12, 2, 8, 3, 0x12, 2, 8, 1];

        // A message for an actor, then a selection with a wildcard and an acknowledgement beside it.
        yield return [2, 2, 0, 0, 0, 1, 10, 29, 18, 27, 10, 10, 10, 8, .. "a://s/b#"u8, 18, 2, 16, 16, 41, .. new byte[] { 255, 255, 255, 255, 255, 255, 255, 255 }];
        yield return [2, 2, 0, 0, 0, 1, 10, 31, 10, 0, 18, 27, 10, 3, 10, 1, (byte)'/', 18, 20, 10, 14, 10, 2, 16, 1, 18, 3, 8, 2, 18, 18, 3, 8, 3, 18, 16, 6];
    }

    private static void Run(ReadOnlySpan<byte> input)
    {
        if (CompanionHello.TryRead(input[..Math.Min(input.Length, CompanionHello.Size)], out var hello))
        {
            Finding.Unless(input.StartsWith(hello.ToBytes()), "a hello is written as it was read");
        }

        var payload = input[Math.Min(input.Length, CompanionHello.Size)..].ToArray();
        var gate = new ControlGate();
        gate.Open();
        if (gate.TryHandle(payload))
        {
            Finding.Unless(CommandOf(payload) is null or Heartbeat, "what the control lane takes is no instruction to Akka but a heartbeat");
        }

        if (HeartbeatPayload.Is(payload))
        {
            Finding.Unless(new ControlGate().TryHandle(payload), "the control lane takes what is sent by it");
        }

        if (AssociateOrigin.Is(payload, Claimed))
        {
            Finding.Unless(CommandOf(payload) is null or Associate, "an ASSOCIATE is one to Akka");
        }

        if (PayloadReference.TryRead(payload, out var reference))
        {
            Finding.Unless(payload.AsSpan().SequenceEqual(reference.ToBytes()) && PayloadReference.IsMeant(payload), "a reference is written as it was read");
        }

        if (new InboundOrder().HandleLarge(payload) != InboundOutcome.Refused)
        {
            Finding.Unless(CommandOf(payload) is null, "what comes beside an association is no instruction to Akka");
        }

        PlayOrder(payload);
        var address = PayloadAddress.Read(payload);
        Finding.Unless(address.Recipient.Length + address.Manifest.Length <= payload.Length, "what was read lies within the payload");
        _ = address.Hash;
    }

    /// <summary>The input as messages of both streams: one byte which stream and how long, then the message.</summary>
    private static void PlayOrder(ReadOnlySpan<byte> input)
    {
        var script = new Script(input);
        var order = new InboundOrder();
        var (waiting, isOver) = (0, false);
        while (!script.IsOver && !isOver)
        {
            var turn = script.Byte();
            var message = script.Take(Math.Max(1, turn >> 1)).ToArray();
            if (message.Length == 0)
            {
                break;
            }

            var outcome = (turn & 1) == 0 ? order.HandleMain(message) : order.HandleLarge(message);
            waiting += outcome == InboundOutcome.Waits ? 1 : 0;
            while (order.TryTake(out _))
            {
                waiting--;
            }

            isOver = outcome == InboundOutcome.Refused || order.IsBroken;
        }

        Finding.Unless(waiting >= 0, "what is handed over has waited");
    }

    /// <summary>The command of the instruction as Protobuf has it: what comes later counts.</summary>
    /// <returns>Null when there is no instruction, or Akka cannot read the payload.</returns>
    private static int? CommandOf(byte[] payload)
    {
        int? command = null;
        try
        {
            using var fields = new CodedInputStream(payload);
            while (fields.ReadTag() is not 0 and var tag)
            {
                if (tag != Instruction)
                {
                    fields.SkipLastField();
                    continue;
                }

                command ??= 0;
                using var inner = fields.ReadBytes().CreateCodedInput();
                while (inner.ReadTag() is not 0 and var innerTag)
                {
                    if (innerTag == Command)
                    {
                        command = inner.ReadEnum();
                    }
                    else
                    {
                        inner.SkipLastField();
                    }
                }
            }

            return command;
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }
}
