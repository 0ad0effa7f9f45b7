using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Whom a payload of Akka.Remote is for, and what it is, read without copies.</summary>
/// <remarks>
/// <para>Akka.Remote's own types are internal to it, so the fields on the way are read here: <c>AkkaProtocolMessage</c> { payload 1, instruction 2 }, <c>AkkaControlMessage</c> { commandType 1 },
/// <c>AckAndEnvelopeContainer</c> { ack 1, envelope 2 }, <c>RemoteEnvelope</c> { recipient 1, message 2, sender 4, seq 5 }, <c>ActorRefData</c> { path 1 }, <c>Payload</c> { message 1, serializerId 2, manifest 3 },
/// <c>SelectionEnvelope</c> { payload 1, pattern 2 }, <c>Selection</c> { type 1, matcher 2 }.</para>
/// <para><c>seq</c> is 2^64 − 1 for messages that are no system messages, and left out for the first system message, whose number is 0.</para>
/// </remarks>
internal readonly ref struct PayloadAddress
{
    /// <summary>Of what is sent to a selection: the recipient is where it begins, the rest stands in the message.</summary>
    private const int SelectionSerializer = 6;

    private const ulong NoSequence = ulong.MaxValue;
    private const ulong HeartbeatCommand = 3;
    private const ulong ChildName = 2;

    private PayloadAddress(PayloadKind kind)
    {
        Kind = kind;
    }

    public PayloadKind Kind { get; }

    /// <summary>The recipient's path as it was written, with address and number; of a selection where it begins.</summary>
    public ReadOnlySpan<byte> Recipient { get; private init; }

    /// <summary>Names the recipient: the same for a reference and a selection of one actor; null when any may be meant (wildcards, parents) or it is nobody's.</summary>
    public ulong? Hash { get; private init; }

    /// <summary>Number of the message's serializer; of what is inside for selections.</summary>
    public int Serializer { get; private init; }

    /// <summary>The message's manifest; of what is inside for selections. Empty when the serializer has none.</summary>
    public ReadOnlySpan<byte> Manifest { get; private init; }

    /// <summary>Reads what a payload is; <see cref="PayloadKind.Unknown"/> when it cannot be read.</summary>
    public static PayloadAddress Read(ReadOnlySpan<byte> payload)
    {
        var fields = new ProtobufFields(payload);
        while (fields.Read())
        {
            switch (fields.Number)
            {
                case 1:
                    return OfContainer(fields.Content);
                case 2:
                    return OfInstruction(fields.Content);
            }
        }

        return default;
    }

    private static PayloadAddress OfInstruction(ReadOnlySpan<byte> instruction)
    {
        var fields = new ProtobufFields(instruction);
        while (fields.Read())
        {
            if (fields.Number == 1)
            {
                return new PayloadAddress(fields.Value == HeartbeatCommand ? PayloadKind.Heartbeat : PayloadKind.Instruction);
            }
        }

        return default;
    }

    private static PayloadAddress OfContainer(ReadOnlySpan<byte> container)
    {
        var fields = new ProtobufFields(container);
        ReadOnlySpan<byte> envelope = default;
        var hasAcknowledgement = false;
        while (fields.Read())
        {
            hasAcknowledgement |= fields.Number == 1;
            envelope = fields.Number == 2 ? fields.Content : envelope;
        }

        return fields.IsBroken ? default
            : !envelope.IsEmpty ? OfEnvelope(envelope)
            : hasAcknowledgement ? new PayloadAddress(PayloadKind.Acknowledgement) : default;
    }

    private static PayloadAddress OfEnvelope(ReadOnlySpan<byte> envelope)
    {
        var fields = new ProtobufFields(envelope);
        ReadOnlySpan<byte> recipient = default;
        ReadOnlySpan<byte> message = default;
        var sequence = 0ul;
        while (fields.Read())
        {
            switch (fields.Number)
            {
                case 1:
                    recipient = ProtobufFields.Find(fields.Content, 1);
                    break;
                case 2:
                    message = fields.Content;
                    break;
                case 5:
                    sequence = fields.Value;
                    break;
            }
        }

        if (fields.IsBroken || recipient.IsEmpty)
        {
            return default;
        }

        var hash = new PathHash();
        hash.AddPath(recipient);
        var read = Message.Read(message);
        var isOne = true;
        if (read.Serializer == SelectionSerializer)
        {
            isOne = AddElements(read.Content, ref hash, out var inner);
            read = Message.Read(inner);
        }

        return new PayloadAddress(sequence == NoSequence ? PayloadKind.User : PayloadKind.System)
        {
            Recipient = recipient,
            Hash = isOne ? hash.Value : null,
            Serializer = read.Serializer,
            Manifest = read.Manifest,
        };
    }

    /// <summary>Follows a selection from where it begins.</summary>
    /// <returns>False when it may mean several actors, or goes up.</returns>
    private static bool AddElements(ReadOnlySpan<byte> selection, scoped ref PathHash hash, out ReadOnlySpan<byte> inner)
    {
        inner = default;
        var isOne = true;
        var fields = new ProtobufFields(selection);
        while (fields.Read())
        {
            if (fields.Number == 1)
            {
                inner = fields.Content;
            }
            else if (fields.Number == 2)
            {
                isOne &= TryElement(fields.Content, out var name);
                hash.AddElement(name);
            }
        }

        return isOne && !fields.IsBroken;
    }

    private static bool TryElement(ReadOnlySpan<byte> element, out ReadOnlySpan<byte> name)
    {
        name = default;
        var type = 0ul;
        var fields = new ProtobufFields(element);
        while (fields.Read())
        {
            type = fields.Number == 1 ? fields.Value : type;
            name = fields.Number == 2 ? fields.Content : name;
        }

        return type == ChildName && !fields.IsBroken;
    }

    /// <summary>A message as its serializer wrote it.</summary>
    private readonly ref struct Message
    {
        private Message(int serializer, ReadOnlySpan<byte> manifest, ReadOnlySpan<byte> content)
        {
            Serializer = serializer;
            Manifest = manifest;
            Content = content;
        }

        public int Serializer { get; }

        public ReadOnlySpan<byte> Manifest { get; }

        public ReadOnlySpan<byte> Content { get; }

        public static Message Read(ReadOnlySpan<byte> message)
        {
            var serializer = 0;
            ReadOnlySpan<byte> manifest = default;
            ReadOnlySpan<byte> content = default;
            var fields = new ProtobufFields(message);
            while (fields.Read())
            {
                switch (fields.Number)
                {
                    case 1:
                        content = fields.Content;
                        break;
                    case 2:
                        serializer = unchecked((int)fields.Value);
                        break;
                    case 3:
                        manifest = fields.Content;
                        break;
                }
            }

            return new Message(serializer, manifest, content);
        }
    }
}
