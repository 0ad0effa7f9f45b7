using System.Text.Json.Serialization.Metadata;

namespace MeshActors.Messages;

/// <summary>A type of a <see cref="MessageCatalogue"/>.</summary>
/// <param name="Manifest">What its bytes are called between nodes.</param>
/// <param name="Json">How it is written.</param>
/// <param name="Order">0 for the first that was added.</param>
internal sealed record MessageType(string Manifest, JsonTypeInfo Json, int Order);
