namespace MeshActors.Capabilities;

/// <summary>How large the parts of a capability may be; what is beyond is refused whole, never cut.</summary>
internal static class CapabilityBounds
{
    /// <summary>Domain tags of one capability.</summary>
    public const int MaxTags = 16;

    /// <summary>Metadata entries of one capability.</summary>
    public const int MaxMetadata = 16;

    /// <summary>Characters of a metadata value; for a sentence or a link, not for content.</summary>
    public const int MaxMetadataValue = 256;

    /// <summary>Characters of one schema: several such still fit into one record.</summary>
    public const int MaxSchema = 16 * 1024;

    /// <summary>How deep JSON may nest, in payloads and in schemas.</summary>
    public const int MaxDepth = 64;
}
