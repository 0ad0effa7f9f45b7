using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Linq;

namespace MeshActors.Capabilities;

/// <summary>What an agent can do: a named, versioned ability with the shape of its request and result.</summary>
/// <remarks>
/// Valid from construction on: every name is kebab-case of at most 63 characters; there are at most 16 tags and 16
/// metadata entries, whose values have at most 256 characters; a schema has at most 16,384 characters. Tags and metadata
/// are kept in order, so equal descriptors have equal bytes.
/// </remarks>
public sealed class CapabilityDescriptor : IEquatable<CapabilityDescriptor>
{
    /// <summary>Describes a capability.</summary>
    /// <param name="name">Kebab-case, as in <c>fx-pricing</c>.</param>
    /// <param name="version">What <see cref="CapabilityVersion.Serves"/> compares.</param>
    /// <param name="requestSchema">JSON Schema of the request, or null for any JSON.</param>
    /// <param name="resultSchema">JSON Schema of the result, or null for any JSON.</param>
    /// <param name="tags">Domains the agent declares; each opens the group of its name.</param>
    /// <param name="metadata">What callers may want to read; nothing is decided by it.</param>
    /// <exception cref="ArgumentException">A part is out of its bounds; the message says which.</exception>
    public CapabilityDescriptor(
        string name,
        CapabilityVersion version,
        string? requestSchema = null,
        string? resultSchema = null,
        IEnumerable<string>? tags = null,
        IEnumerable<KeyValuePair<string, string>>? metadata = null)
        : this(
            name,
            version,
            requestSchema,
            resultSchema,
            [.. (tags ?? []).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            (metadata ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal))
    {
        if (FindProblem() is { } problem)
        {
            throw new ArgumentException($"Capability '{name}': {problem}.", nameof(name));
        }
    }

    private CapabilityDescriptor(
        string name,
        CapabilityVersion version,
        string? requestSchema,
        string? resultSchema,
        ImmutableArray<string> tags,
        ImmutableSortedDictionary<string, string> metadata)
    {
        Name = name;
        Version = version;
        RequestSchema = requestSchema;
        ResultSchema = resultSchema;
        Tags = tags;
        Metadata = metadata;
    }

    /// <summary>Kebab-case, as in <c>fx-pricing</c>.</summary>
    public string Name { get; }

    /// <summary>The version offered.</summary>
    public CapabilityVersion Version { get; }

    /// <summary>JSON Schema of the request, or null for any JSON.</summary>
    public string? RequestSchema { get; }

    /// <summary>JSON Schema of the result, or null for any JSON.</summary>
    public string? ResultSchema { get; }

    /// <summary>Domains the agent declares, in ordinal order, each once.</summary>
    public ImmutableArray<string> Tags { get; }

    /// <summary>What callers may want to read, in ordinal order of the keys.</summary>
    public ImmutableSortedDictionary<string, string> Metadata { get; }

    /// <summary>True when it has the tags and serves the version that the filter asks for.</summary>
    public bool Matches(CapabilityFilter filter)
    {
        ArgumentNullException.ThrowIfNull(filter);
        if (filter.Version is { } wanted && !Version.Serves(wanted))
        {
            return false;
        }

        foreach (var tag in filter.Tags)
        {
            if (Tags.BinarySearch(tag, StringComparer.Ordinal) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <inheritdoc/>
    public bool Equals(CapabilityDescriptor? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && Name == other.Name
            && Version == other.Version
            && RequestSchema == other.RequestSchema
            && ResultSchema == other.ResultSchema
            && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan())
            && Metadata.SequenceEqual(other.Metadata));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as CapabilityDescriptor);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Version, RequestSchema?.Length, Tags.Length);

    /// <summary><c>fx-pricing 1.2</c>.</summary>
    public override string ToString() => $"{Name} {Version}";

    /// <summary>The constructor for what came off the network: false in place of the exception.</summary>
    internal static bool TryCreate(
        string name,
        CapabilityVersion version,
        string? requestSchema,
        string? resultSchema,
        IReadOnlyCollection<string> tags,
        IReadOnlyCollection<KeyValuePair<string, string>> metadata,
        [NotNullWhen(true)] out CapabilityDescriptor? descriptor)
    {
        descriptor = null;
        if (tags.Count > CapabilityBounds.MaxTags || metadata.Count > CapabilityBounds.MaxMetadata)
        {
            return false;
        }

        var candidate = new CapabilityDescriptor(
            name,
            version,
            requestSchema,
            resultSchema,
            [.. tags.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            metadata.ToImmutableSortedDictionary(StringComparer.Ordinal));
        if (candidate.FindProblem() is not null)
        {
            return false;
        }

        descriptor = candidate;
        return true;
    }

    private string? FindProblem()
    {
        if (!KebabCase.IsValid(Name))
        {
            return $"the name must be kebab-case of 1 to {KebabCase.MaxLength} characters, as in fx-pricing";
        }

        if (Tags.Length > CapabilityBounds.MaxTags || !Tags.All(tag => KebabCase.IsValid(tag)))
        {
            return $"at most {CapabilityBounds.MaxTags} tags, each kebab-case of 1 to {KebabCase.MaxLength} characters";
        }

        if (Metadata.Count > CapabilityBounds.MaxMetadata
            || !Metadata.All(e => KebabCase.IsValid(e.Key) && e.Value?.Length <= CapabilityBounds.MaxMetadataValue))
        {
            return $"at most {CapabilityBounds.MaxMetadata} metadata entries, each a kebab-case key and a value of at "
                + $"most {CapabilityBounds.MaxMetadataValue} characters";
        }

        return RequestSchema?.Length > CapabilityBounds.MaxSchema || ResultSchema?.Length > CapabilityBounds.MaxSchema
            ? $"a schema has at most {CapabilityBounds.MaxSchema} characters"
            : null;
    }
}
