using System;
using System.Collections.Generic;
using MeshActors.Transport.Addressing;
using MeshActors.Transport.Stun;

namespace MeshActors.Fuzz.Targets;

/// <summary>The readers of STUN and of what it found out: whatever is read is written again and read alike.</summary>
internal static class StunTargets
{
    public static readonly FuzzTarget Messages = new("stun", RunMessage, Seeds);

    public static readonly FuzzTarget Behaviours = new(
        "nat-behaviour", RunBehaviour, () => [[1, 3, 1, 1, 0, 0, 0, 0, 0, 0], [3, 2, 2, 0, 0xFE, 0, 0, 0, 0, 0], [3, 3, 3, 6, 0, 0, 4, 0, 0xFF, 0xFF]]);

    private static readonly ushort[] Endpoints =
    [
        StunAttributeType.MappedAddress, StunAttributeType.XorMappedAddress, StunAttributeType.ResponseOrigin,
        StunAttributeType.OtherAddress,
    ];

    private static List<byte[]> Seeds()
    {
        var id = new TransactionId(1, 2);
        var buffer = new byte[StunMessage.MaxSize];
        var request = new StunWriter(buffer, StunMessageType.BindingRequest, id);
        request.AddChange(StunChange.Address);
        request.AddResponsePort(7);
        request.AddPadding(5);
        request.AddFingerprint();
        List<byte[]> seeds = [buffer[..request.Length]];

        var answer = new StunWriter(buffer, StunMessageType.BindingSuccess, id);
        answer.AddEndpoint(StunAttributeType.XorMappedAddress, new UdpEndpoint(UdpEndpoint.MappedPrefix | 0xC000_0201, 9));
        answer.AddEndpoint(StunAttributeType.OtherAddress, new UdpEndpoint(new UInt128(0x2001_0DB8_0000_0000, 1), 9));
        answer.AddIntegrity(StunAttributeType.MessageIntegrity, "key"u8);
        answer.AddIntegrity(StunAttributeType.MessageIntegritySha256, "key"u8);
        answer.AddFingerprint();
        seeds.Add(buffer[..answer.Length]);

        var error = new StunWriter(buffer, StunMessageType.BindingError, id);
        error.AddError(420, "no"u8);
        error.AddUnknown([0x24, 0x25, 0x26]);
        seeds.Add(buffer[..error.Length]);
        return seeds;
    }

    private static void RunMessage(ReadOnlySpan<byte> input)
    {
        if (!StunMessage.TryRead(input, out var message))
        {
            return;
        }

        Finding.Unless(StunMessage.IsStun(input), "what is read is told from others");
        Finding.Unless(message.Size == input.Length && message.Size <= StunMessage.MaxSize, "all of a datagram is the message");
        Span<byte> written = stackalloc byte[StunMessage.MaxSize];
        var writer = new StunWriter(written, message.Type, message.Id);
        var count = 0;
        foreach (var attribute in message)
        {
            writer.Add(attribute.Type, attribute.Value);
            count++;
        }

        Finding.Unless(count <= StunMessage.MaxAttributes, "attributes keep their bound");
        Finding.Unless(writer.Length == message.Size, "a message is written as long as it was");
        Finding.Unless(
            StunMessage.TryRead(written[..writer.Length], out var again) && again.Id == message.Id && again.Type == message.Type,
            "a written message is read");
        var second = again.GetEnumerator();
        foreach (var attribute in message)
        {
            Finding.Unless(
                second.MoveNext() && second.Current.Type == attribute.Type && second.Current.Value.SequenceEqual(attribute.Value),
                "attributes are read as they were");
        }

        CheckFields(message);
    }

    private static void CheckFields(StunMessage message)
    {
        Span<byte> value = stackalloc byte[StunAddress.IPv6Size];
        foreach (var type in Endpoints)
        {
            if (message.TryReadEndpoint(type, out var endpoint))
            {
                var isXored = type == StunAttributeType.XorMappedAddress;
                StunAddress.Write(value, endpoint, isXored, message.Id);
                Finding.Unless(
                    StunAddress.TryRead(value[..StunAddress.Size(endpoint)], isXored, message.Id, out var same) && same == endpoint,
                    "an endpoint is read as it is written");
            }
        }

        Finding.Unless(!message.TryReadErrorCode(out var code) || code is >= 300 and <= 699, "a code is 300 to 699");
        _ = message.TryReadChange(out _);
        _ = message.IsFingerprintRightOrAbsent();
        _ = message.VerifyIntegrity(StunAttributeType.MessageIntegrity, "key"u8);
        _ = message.VerifyIntegrity(StunAttributeType.MessageIntegritySha256, "key"u8);
    }

    private static void RunBehaviour(ReadOnlySpan<byte> input)
    {
        if (!NatBehaviour.TryRead(input, out var behaviour))
        {
            return;
        }

        Finding.Unless(Enum.IsDefined(behaviour.Mapping) && Enum.IsDefined(behaviour.Filtering), "kinds are known ones");
        var ports = behaviour.Ports;
        Finding.Unless(
            ports.Pattern switch
            {
                PortPattern.Sequential => Math.Abs(ports.Step) is >= 1 and <= PortSamples.MaxStep,
                PortPattern.Random => ports.BlockLow >= 1 && ports.BlockLow <= ports.BlockHigh && ports.BlockHigh <= ushort.MaxValue,
                _ => ports == new NatPorts(ports.Pattern),
            },
            "step and block go with the pattern");
        Span<byte> written = stackalloc byte[NatBehaviour.Size];
        behaviour.Write(written);
        Finding.Unless(NatBehaviour.TryRead(written, out var again) && again == behaviour, "a summary is read as it is written");
    }
}
