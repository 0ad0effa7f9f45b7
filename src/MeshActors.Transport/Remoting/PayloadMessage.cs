using System;

namespace MeshActors.Transport.Remoting;

/// <summary>A message as its serializer wrote it: Akka's <c>Payload</c> { message 1, serializerId 2, manifest 3 }, read without copies.</summary>
internal readonly ref struct PayloadMessage
{
    private const uint MessageTag = (1 << 3) | 2;
    private const uint SerializerTag = 2 << 3;
    private const uint ManifestTag = (3 << 3) | 2;

    /// <summary>Number of its serializer.</summary>
    public int Serializer { get; private init; }

    /// <summary>What its serializer calls its type; empty when it does not.</summary>
    public ReadOnlySpan<byte> Manifest { get; private init; }

    /// <summary>What its serializer wrote.</summary>
    public ReadOnlySpan<byte> Content { get; private init; }

    /// <summary>True when there is nothing, as where no message was given.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>True when it cannot be read.</summary>
    public bool IsBroken { get; private init; }

    public static PayloadMessage Read(ReadOnlySpan<byte> message)
    {
        var serializer = 0;
        ReadOnlySpan<byte> manifest = default;
        ReadOnlySpan<byte> content = default;
        var fields = new ProtobufFields(message);
        while (fields.Read())
        {
            switch (fields.Tag)
            {
                case MessageTag:
                    content = fields.Content;
                    break;
                case SerializerTag:
                    serializer = unchecked((int)fields.Value);
                    break;
                case ManifestTag:
                    manifest = fields.Content;
                    break;
            }
        }

        return new PayloadMessage
        {
            Serializer = serializer,
            Manifest = manifest,
            Content = content,
            IsEmpty = message.IsEmpty,
            IsBroken = fields.IsBroken,
        };
    }
}
