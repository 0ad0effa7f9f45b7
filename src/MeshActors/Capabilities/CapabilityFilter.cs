using System;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.Linq;

namespace MeshActors.Capabilities;

/// <summary>Which of the nodes that offer a capability a caller wants; what is not set, is not asked for.</summary>
/// <remarks>Valid from construction on, and equal by value, so that equal questions are asked once.</remarks>
public sealed record CapabilityFilter
{
    /// <summary>Asks for nothing beyond the capability itself.</summary>
    public static readonly CapabilityFilter Any = new();

    private readonly ImmutableArray<string> _tags = [];
    private readonly string? _region;
    private readonly double _minUptime;

    /// <summary>Tags the capability must all declare: at most 16, kebab-case; kept in order, each once.</summary>
    /// <exception cref="ArgumentException">There are too many, or one is not kebab-case.</exception>
    public IReadOnlyList<string> Tags
    {
        get => _tags;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            _tags = [.. value.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (_tags.Length > CapabilityBounds.MaxTags || !_tags.All(tag => KebabCase.IsValid(tag)))
            {
                throw new ArgumentException(
                    $"A filter has at most {CapabilityBounds.MaxTags} tags, each kebab-case.", nameof(value));
            }
        }
    }

    /// <summary>The region the node must be in, kebab-case, or null for any.</summary>
    /// <exception cref="ArgumentException">It is not kebab-case.</exception>
    public string? Region
    {
        get => _region;
        init => _region = value is null || KebabCase.IsValid(value)
            ? value
            : throw new ArgumentException("A region is kebab-case, as in eu-west.", nameof(value));
    }

    /// <summary>The version that must be served (<see cref="CapabilityVersion.Serves"/>), or null for any.</summary>
    public CapabilityVersion? Version { get; init; }

    /// <summary>Least share of beats the directory saw of those it expected, 0 (any) to 1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It is outside of 0 to 1.</exception>
    public double MinUptime
    {
        get => _minUptime;
        init => _minUptime = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "An uptime is 0 to 1, as in 0.995.");
    }

    /// <inheritdoc/>
    public bool Equals(CapabilityFilter? other) =>
        other is not null
        && _region == other._region
        && Version == other.Version
        && _minUptime.Equals(other._minUptime)
        && _tags.AsSpan().SequenceEqual(other._tags.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.Add(_region);
        hash.Add(Version);
        hash.Add(_minUptime);
        foreach (var tag in _tags)
        {
            hash.Add(tag);
        }

        return hash.ToHashCode();
    }
}
