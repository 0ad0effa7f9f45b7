using System.Runtime.Serialization;
using System.Text.Json;
using Akka.Actor;
using Akka.Serialization;

namespace MeshActors.Messages;

/// <summary>Akka's serializer for the types of a <see cref="MessageCatalogue"/>.</summary>
internal sealed class MessageSerializer : SerializerWithStringManifest
{
    /// <summary>Its number in Akka's envelopes; the same on every node.</summary>
    public const int Id = 28_008;

    private readonly MessageCatalogue _catalogue;

    public MessageSerializer(ExtendedActorSystem system, MessageCatalogue catalogue)
        : base(system)
    {
        _catalogue = catalogue;
    }

    public override int Identifier => Id;

    public override string Manifest(object o) => TypeOf(o).Manifest;

    public override byte[] ToBinary(object obj) => JsonSerializer.SerializeToUtf8Bytes(obj, TypeOf(obj).Json);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var type = _catalogue.Find(manifest) ?? throw new SerializationException(
            $"The manifest '{manifest}' is not in this node's message catalogue; the sender is newer, or it is missing where WithMeshMessages is called.");
        try
        {
            return JsonSerializer.Deserialize(bytes, type.Json)
                ?? throw new SerializationException($"A message '{manifest}' is null, and {type.Json.Type} was expected.");
        }
        catch (JsonException e)
        {
            throw new SerializationException($"A message '{manifest}' does not fit {type.Json.Type} at {e.Path ?? "$"}: {e.Message}", e);
        }
    }

    private MessageType TypeOf(object message) => _catalogue.Find(message.GetType()) ?? throw new SerializationException(
        $"{message.GetType()} is not in this node's message catalogue: types derived from a message need a manifest of their own; add it where WithMeshMessages is called.");
}
