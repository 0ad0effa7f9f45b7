using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;
using System.Text.Json.Serialization.Metadata;

namespace MeshActors.Messages;

/// <summary>The messages that a program's actors send to other nodes: a manifest for each type, and how it is written.</summary>
/// <remarks>
/// Types are written as UTF-8 JSON by code that the compiler generated (<c>System.Text.Json</c> source generation), and no byte of a peer chooses a type: what is not here cannot be read.
/// A manifest stays what it is for ever; a message that changes in more than added members gets another one.
/// </remarks>
public sealed class MessageCatalogue
{
    /// <summary>Types at most.</summary>
    public const int MostTypes = 1_024;

    /// <summary>Characters of a manifest at most.</summary>
    public const int LongestManifest = 128;

    private readonly Dictionary<Type, MessageType> _byType = [];
    private readonly Dictionary<string, MessageType> _byManifest = new(StringComparer.Ordinal);

    /// <summary>The types that were added, in that order.</summary>
    internal ImmutableArray<Type> Types => [.. _byType.Values.OrderBy(type => type.Order).Select(type => type.Json.Type)];

    /// <summary>Adds a type.</summary>
    /// <param name="manifest">What its bytes are called between nodes, 1 to 128 characters of ASCII without <c>*</c>, for example <c>order-placed-1</c>.</param>
    /// <param name="type">Of a source-generated context, for example <c>ShopJson.Default.OrderPlaced</c>. Sent are values of exactly this type, not of types derived from it.</param>
    /// <exception cref="ArgumentException">The manifest is no manifest, or it or the type was added before, or there are 1,024.</exception>
    public MessageCatalogue Add<T>(string manifest, JsonTypeInfo<T> type)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(type);
        if (manifest.Length is 0 or > LongestManifest || manifest.Any(letter => letter is <= ' ' or > '~' or '*'))
        {
            throw new ArgumentException($"The manifest '{manifest}' of {typeof(T)} is not 1 to {LongestManifest} visible characters of ASCII without '*'.", nameof(manifest));
        }

        if (_byManifest.TryGetValue(manifest, out var other))
        {
            throw new ArgumentException($"The manifest '{manifest}' is that of {other.Json.Type}; {typeof(T)} needs another one.", nameof(manifest));
        }

        if (_byType.TryGetValue(typeof(T), out var before))
        {
            throw new ArgumentException($"{typeof(T)} has the manifest '{before.Manifest}' already.", nameof(type));
        }

        if (_byType.Count == MostTypes)
        {
            throw new ArgumentException($"A catalogue has at most {MostTypes} types.", nameof(type));
        }

        var added = new MessageType(manifest, type, _byType.Count);
        _byType.Add(typeof(T), added);
        _byManifest.Add(manifest, added);
        return this;
    }

    /// <summary>How values of a type are written; null when it was not added.</summary>
    internal MessageType? Find(Type type) => _byType.GetValueOrDefault(type);

    /// <summary>What a manifest means; null when it was not added.</summary>
    internal MessageType? Find(string manifest) => _byManifest.GetValueOrDefault(manifest);

    /// <summary>A copy that later additions do not change.</summary>
    internal MessageCatalogue Freeze()
    {
        var copy = new MessageCatalogue();
        foreach (var type in _byType.Values)
        {
            copy._byType.Add(type.Json.Type, type);
            copy._byManifest.Add(type.Manifest, type);
        }

        return copy;
    }
}
