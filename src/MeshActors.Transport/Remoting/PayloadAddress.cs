using System;

namespace MeshActors.Transport.Remoting;

/// <summary>Whom a payload of Akka.Remote is for, and what it is, read without copies.</summary>
/// <remarks>
/// <para>Akka.Remote's own types are internal to it, so the fields on the way are read here: <c>AkkaProtocolMessage</c> { payload 1, instruction 2 }, <c>AkkaControlMessage</c> { commandType 1 },
/// <c>AckAndEnvelopeContainer</c> { ack 1, envelope 2 }, <c>RemoteEnvelope</c> { recipient 1, message 2, sender 4, seq 5 }, <c>ActorRefData</c> { path 1 }, <c>Payload</c> { message 1, serializerId 2, manifest 3 },
/// <c>SelectionEnvelope</c> { payload 1, pattern 2 }, <c>Selection</c> { type 1, matcher 2 }.</para>
/// <para><c>seq</c> is 2^64 − 1 for messages that are no system messages, and left out for the first system message, whose number is 0.</para>
/// <para>Protobuf merges a field that comes twice, and Akka obeys an instruction whatever stands beside it. So what has anything but one payload or one instruction is <see cref="PayloadKind.Unknown"/>,
/// and only the very bytes that Akka writes are a heartbeat: nobody can have an instruction taken for something else here.</para>
/// </remarks>
internal readonly ref struct PayloadAddress
{
    /// <summary>Of what is sent to a selection: the recipient is where it begins, the rest stands in the message.</summary>
    private const int SelectionSerializer = 6;

    /// <summary>Tags of fields that are bytes, text or messages, by their number.</summary>
    private const uint FirstTag = (1 << 3) | 2;
    private const uint SecondTag = (2 << 3) | 2;
    private const uint SenderTag = (4 << 3) | 2;

    /// <summary>That of the sequence, 64 bits of fixed length.</summary>
    private const uint SequenceTag = (5 << 3) | 1;

    private const ulong NoSequence = ulong.MaxValue;
    private const ulong ChildName = 2;

    private readonly ReadOnlySpan<byte> _selection;

    private PayloadAddress(PayloadKind kind, ReadOnlySpan<byte> selection = default)
    {
        Kind = kind;
        _selection = selection;
    }

    /// <summary>The protocol's own sign of life: an instruction (field 2) with the command (field 1) HEARTBEAT (3), and nothing else.</summary>
    public static ReadOnlySpan<byte> HeartbeatInstruction => [(2 << 3) | 2, 2, 1 << 3, 3];

    public PayloadKind Kind { get; }

    /// <summary>The recipient's path as it was written, with address and number; of a selection where it begins.</summary>
    public ReadOnlySpan<byte> Recipient { get; private init; }

    /// <summary>The sender's path as it was written; empty when there is none.</summary>
    public ReadOnlySpan<byte> Sender { get; private init; }

    /// <summary>Whether it also acknowledges system messages.</summary>
    public bool HasAcknowledgement { get; private init; }

    /// <summary>Whether it says that system messages are missing: <c>AcknowledgementInfo</c> { cumulativeAck 1, nacks 2 }.</summary>
    public bool HasMissing { get; private init; }

    /// <summary>Number of the message's serializer; of what is inside for selections.</summary>
    public int Serializer { get; private init; }

    /// <summary>The message's manifest; of what is inside for selections. Empty when the serializer has none.</summary>
    public ReadOnlySpan<byte> Manifest { get; private init; }

    /// <summary>What the message's serializer wrote; of what is inside for selections.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>Names the recipient: the same for a reference and a selection of one actor; null when any may be meant (wildcards, parents) or it is nobody's. Costs a nanosecond for each byte of the path.</summary>
    public ulong? Hash
    {
        get
        {
            if (Recipient.IsEmpty)
            {
                return null;
            }

            var hash = new PathHash();
            hash.AddPath(Recipient);
            return AddElements(_selection, ref hash) ? hash.Value : null;
        }
    }

    /// <summary>Reads what a payload is; <see cref="PayloadKind.Unknown"/> when it cannot be read.</summary>
    public static PayloadAddress Read(ReadOnlySpan<byte> payload)
    {
        if (payload.SequenceEqual(HeartbeatInstruction))
        {
            return new PayloadAddress(PayloadKind.Heartbeat);
        }

        var fields = new ProtobufFields(payload);
        if (!fields.Read())
        {
            return default;
        }

        var tag = fields.Tag;
        var content = fields.Content;
        return fields.Read() || fields.IsBroken ? default
            : tag == FirstTag ? OfContainer(content)
            : tag == SecondTag ? new PayloadAddress(PayloadKind.Instruction)
            : default;
    }

    private static PayloadAddress OfContainer(ReadOnlySpan<byte> container)
    {
        var fields = new ProtobufFields(container);
        ReadOnlySpan<byte> envelope = default;
        var hasAcknowledgement = false;
        var hasMissing = false;
        while (fields.Read())
        {
            if (fields.Tag == FirstTag)
            {
                hasAcknowledgement = true;
                hasMissing |= HasField(fields.Content, 2);
            }

            if (fields.Tag == SecondTag)
            {
                if (!envelope.IsEmpty)
                {
                    return default;
                }

                envelope = fields.Content;
            }
        }

        return fields.IsBroken ? default
            : !envelope.IsEmpty ? OfEnvelope(envelope, hasAcknowledgement, hasMissing)
            : hasAcknowledgement ? new PayloadAddress(PayloadKind.Acknowledgement) { HasAcknowledgement = true, HasMissing = hasMissing } : default;
    }

    private static bool HasField(ReadOnlySpan<byte> message, int number)
    {
        var fields = new ProtobufFields(message);
        var has = false;
        while (fields.Read())
        {
            has |= fields.Number == number;
        }

        return has || fields.IsBroken;
    }

    private static PayloadAddress OfEnvelope(ReadOnlySpan<byte> envelope, bool hasAcknowledgement, bool hasMissing)
    {
        var fields = new ProtobufFields(envelope);
        ReadOnlySpan<byte> recipient = default;
        ReadOnlySpan<byte> message = default;
        ReadOnlySpan<byte> sender = default;
        var sequence = 0ul;
        while (fields.Read())
        {
            switch (fields.Tag)
            {
                case FirstTag when recipient.IsEmpty && ProtobufFields.TryFindOnce(fields.Content, FirstTag, out recipient):
                    break;
                case SecondTag when message.IsEmpty:
                    message = fields.Content;
                    break;
                case SenderTag when sender.IsEmpty && ProtobufFields.TryFindOnce(fields.Content, FirstTag, out sender):
                    break;
                case SequenceTag:
                    sequence = fields.Value;
                    break;
                case FirstTag or SecondTag or SenderTag:
                    return default;
            }
        }

        if (fields.IsBroken || recipient.IsEmpty)
        {
            return default;
        }

        var read = PayloadMessage.Read(message);
        var selection = read.Serializer == SelectionSerializer ? read.Content : default;
        if (!selection.IsEmpty)
        {
            if (!ProtobufFields.TryFindOnce(selection, FirstTag, out var inner))
            {
                return default;
            }

            read = PayloadMessage.Read(inner);
        }

        return read.IsBroken ? default : new PayloadAddress(sequence == NoSequence ? PayloadKind.User : PayloadKind.System, selection)
        {
            Recipient = recipient,
            Sender = sender,
            HasAcknowledgement = hasAcknowledgement,
            HasMissing = hasMissing,
            Serializer = read.Serializer,
            Manifest = read.Manifest,
            Content = read.Content,
        };
    }

    /// <summary>Follows a selection from where it begins.</summary>
    /// <returns>False when it may mean several actors, or goes up.</returns>
    private static bool AddElements(ReadOnlySpan<byte> selection, ref PathHash hash)
    {
        var fields = new ProtobufFields(selection);
        while (fields.Read())
        {
            if (fields.Number != 2)
            {
                continue;
            }

            if (!TryElement(fields.Content, out var name))
            {
                return false;
            }

            hash.AddElement(name);
        }

        return !fields.IsBroken;
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
}
